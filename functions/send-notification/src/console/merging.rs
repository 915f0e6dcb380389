//! Two versions of a meeting that become one.

use axum::response::Response;
use serde_json::{Value, json};
use usher_api::meeting::MeetingInput;
use usher_console::{ConsolePages, Merge, MergePage, PageError, Said, Staff, merge, read};
use usher_domain::{id::MeetingId, meeting::Meeting};
use usher_flows::{
    App,
    console::{MeetingForm, meeting_form},
    manage,
};
use usher_web::Problem;

use super::page::{Page, as_document};

/// The same form of a new meeting, sent twice: by a double click, or by Back, with other
/// words in it. Then nothing of them is lost.
pub(super) async fn made_already(
    app: &App,
    pages: &ConsolePages,
    staff: &Staff,
    id: &MeetingId,
    v: Value,
) -> Result<Response, PageError> {
    let form = meeting_form(app, Some(id)).await?;
    let Some(meeting) = &form.meeting else {
        return Err(Problem::internal().into());
    };
    let stored = as_document(meeting);
    let v = paired(v, &stored);
    let input = read::<MeetingInput>(&v)?;
    if manage::says_the_same(app, id, &input.into(), app.clock.now()).await? {
        let said = Said::good("It was saved already, as it stands here.");
        return Ok(pages.done(&format!("/console/meetings/{id}"), said));
    }
    let merged = merge(&json!({}), &v, &stored);
    Ok(merge_page(app, pages, staff, &form, meeting, merged, true))
}

/// The typed attendees with the ids of those that are stored: of whoever has the same
/// address, number or name, else of whoever is left, in their order.
fn paired(mut v: Value, stored: &Value) -> Value {
    let mut left: Vec<&Value> = stored["attendees"]
        .as_array()
        .into_iter()
        .flatten()
        .collect();
    let same = |row: &Value, other: &Value| {
        let says = |field: &&str| !row[*field].is_null() && row[*field] == other[*field];
        ["email", "phone", "name"].iter().any(says)
    };
    let mut rows: Vec<_> = v["attendees"]
        .as_array_mut()
        .into_iter()
        .flatten()
        .collect();
    for by_place in [false, true] {
        for row in rows.iter_mut().filter(|row| row["id"].is_null()) {
            let found = left.iter().position(|each| by_place || same(row, each));
            if let Some(found) = found {
                row["id"] = left.remove(found)["id"].clone();
            }
        }
    }
    v
}

/// The page on which two versions of a meeting become one.
pub(super) fn merge_page(
    app: &App,
    pages: &ConsolePages,
    staff: &Staff,
    form: &MeetingForm,
    meeting: &Meeting,
    mut merge: Merge,
    own: bool,
) -> Response {
    let (id, stored) = (&meeting.id, as_document(meeting));
    let merged = merge.document();
    let shown = Page::new(app, form, Some(&stored), id.to_string(), merged);
    pages.labels("edit.html", staff, shown).name(&mut merge);
    MergePage {
        here: "calendar",
        action: format!("/console/meetings/{id}/edit"),
        version: meeting.edits,
        base: stored.to_string(),
        merge,
        own,
    }
    .show(pages, staff)
}
