//! Where a page that could not be shown leads back to.

use serde::Serialize;

use usher_web::ProblemKind;

/// The page that somebody goes on from after one that could not be shown.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Back {
    path: String,
    label: &'static str,
}

impl Back {
    /// What the page at `path` is about; the calendar where that is not there.
    pub(crate) fn from(path: &str, problem: ProblemKind) -> Self {
        let steps: Vec<_> = path.split('/').skip(2).collect();
        let found = match (problem, steps.as_slice()) {
            (ProblemKind::NotFound, _) => None,
            (_, ["meetings", id, _, ..]) => Some((format!("meetings/{id}"), "Back to the meeting")),
            (_, ["notifications", id, _, ..]) => {
                Some((format!("notifications/{id}"), "Back to the notification"))
            }
            (_, ["templates", id, ..]) => Some((format!("templates/{id}"), "Back to the template")),
            (_, ["settings" | "test-message"]) => Some(("settings".to_owned(), "Back to Settings")),
            (_, ["inbox"]) => Some(("inbox".to_owned(), "Back to the inbox")),
            _ => None,
        };
        match found {
            Some((page, label)) => Self {
                path: format!("/console/{page}"),
                label,
            },
            None => Self {
                path: "/console".to_owned(),
                label: "To the calendar",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_leads_back_to_what_it_is_about() {
        for (path, problem, back) in [
            (
                "/console/meetings/m1/send/update",
                ProblemKind::Refused,
                "/console/meetings/m1",
            ),
            (
                "/console/meetings/m1/answer",
                ProblemKind::Refused,
                "/console/meetings/m1",
            ),
            (
                "/console/meetings/m1/answer",
                ProblemKind::NotFound,
                "/console",
            ),
            ("/console/meetings/new", ProblemKind::BadRequest, "/console"),
            ("/console/meetings/m1", ProblemKind::Internal, "/console"),
            (
                "/console/notifications/a~b/resolve",
                ProblemKind::Refused,
                "/console/notifications/a~b",
            ),
            (
                "/console/templates/t1",
                ProblemKind::Forbidden,
                "/console/templates/t1",
            ),
            (
                "/console/settings",
                ProblemKind::Forbidden,
                "/console/settings",
            ),
        ] {
            assert_eq!(Back::from(path, problem).path, back, "{path}");
        }
    }
}
