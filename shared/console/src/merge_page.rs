//! The page on which two versions of a document become one.

use axum::{http::StatusCode, response::Response};
use serde::Serialize;

use crate::{
    merge::Merge,
    pages::{ConsolePages, Staff},
};

/// The page on which two versions of a document become one.
#[derive(Serialize)]
pub struct MergePage {
    /// The part of the console it belongs to, as the navigation names it.
    pub here: &'static str,
    /// Where the form it makes is sent to, which is also where it is read anew.
    pub action: String,
    /// The version that is stored.
    pub version: u64,
    /// What is stored, as JSON: what the next form is made of.
    pub base: String,
    /// What became of the two.
    pub merge: Merge,
    /// Whether it was this very form that made what is stored.
    pub own: bool,
}

impl MergePage {
    /// The page, as a 409.
    pub fn show(self, pages: &ConsolePages, staff: &Staff) -> Response {
        pages.page_with(StatusCode::CONFLICT, "merge.html", staff, self)
    }
}
