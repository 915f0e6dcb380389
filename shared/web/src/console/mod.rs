//! What the functions share that show the staff console: the session, the gate before
//! its pages, forms as documents, emails in frames, and the look.

mod back;
pub(crate) mod choices;
mod form;
mod frame;
mod gate;
mod labels;
mod merge;
mod rows;
mod said;
mod session;

use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
};

pub use choices::{action_label, question};
pub use form::{Fields, Mistake, document, filled_up, mistakes, own, read};
pub use frame::{Styles, framed};
pub use gate::{
    CONSOLE_SCRIPT_PATH, CONSOLE_STYLESHEET_PATH, Desk, PageError, SIGN_IN_PATH, Staff, console,
    console_entrance, see_other,
};
pub use labels::{Label, Labels};
pub use merge::{Field, FieldConflict, Merge, MergePage, fields, label, merge};
pub use said::{Said, SaidLine, Tone};
pub use session::{SESSION_HOURS, SessionKey, forget, sign_out};

use crate::page;

/// The pages that every function of the console can extend, include or fall back on.
pub(crate) const TEMPLATES: [(&str, &str); 7] = [
    ("console.html", include_str!("console.html")),
    ("problem.html", include_str!("problem.html")),
    ("email.html", include_str!("email.html")),
    ("merge.html", include_str!("merge.html")),
    ("errors.html", include_str!("errors.html")),
    ("test_message.html", include_str!("test_message.html")),
    ("unreadable.html", include_str!("unreadable.html")),
];

/// What pages load, by its name: stylesheet, script and icon, to be kept for a year.
pub async fn asset(Path(file): Path<String>) -> Response {
    match file.as_str() {
        "console.css" => page::asset("text/css; charset=utf-8", gate::CONSOLE_STYLESHEET),
        "console.js" => page::asset("text/javascript; charset=utf-8", gate::CONSOLE_SCRIPT),
        "icon.svg" => page::asset("image/svg+xml", include_str!("icon.svg")),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
