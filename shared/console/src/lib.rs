//! What the two functions share that show the staff console: the session, the
//! middleware before its pages, forms as documents, emails in frames, and the look.
//!
//! Customers' pages have nothing of it: the landing page does not link this crate.

mod back;
mod choices;
mod field;
mod form;
mod frame;
mod labels;
mod merge;
mod merge_page;
mod middleware;
mod pages;
mod rows;
mod said;
mod session;
mod times;

use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
};

pub use choices::{action_label, question};
pub use field::{Field, FieldConflict, fields, label};
pub use form::{Fields, Mistake, document, filled_up, mistakes, own, read};
pub use frame::{Styles, framed};
pub use labels::{Label, Labels};
pub use merge::{Merge, merge};
pub use merge_page::MergePage;
pub use middleware::{SIGN_IN_PATH, console, console_entrance};
pub use pages::{
    CONSOLE_SCRIPT_PATH, CONSOLE_STYLESHEET_PATH, ConsolePages, PageError, Staff, see_other,
    with_shared,
};
pub use said::{Said, SaidLine, Tone};
pub use session::{SESSION_HOURS, SessionKey, forget, sign_out};

/// What pages load, by its name: stylesheet, script and icon, to be kept for a year.
pub async fn asset(Path(file): Path<String>) -> Response {
    match file.as_str() {
        "console.css" => usher_web::asset("text/css; charset=utf-8", pages::CONSOLE_STYLESHEET),
        "console.js" => usher_web::asset("text/javascript; charset=utf-8", pages::CONSOLE_SCRIPT),
        "icon.svg" => usher_web::asset("image/svg+xml", include_str!("icon.svg")),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
