//! What the queries of lists ask for.

use serde::Deserialize;
use usher_domain::id::MeetingId;
use utoipa::IntoParams;

use crate::word;

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// 1 to 100; 50 when left out.
    pub limit: Option<usize>,
}

/// Which meetings.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Between {
    /// Meetings that start at or after this: RFC 3339, or a date in the
    /// settings' zone. Now when left out.
    pub from: Option<String>,
    /// Meetings that start before this, a year after `from` at most: RFC 3339,
    /// or a date, which includes that day. 31 days after `from` when left out.
    pub to: Option<String>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// 1 to 100; 50 when left out.
    pub limit: Option<usize>,
}

/// Of which meetings the attendees are looked at.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Coming {
    /// Meetings that start at or after this: RFC 3339, or a date in the settings' zone. Now
    /// when left out. Those that have started by now are left out in any case.
    pub from: Option<String>,
    /// Meetings that start before this, a year after `from` at most: RFC 3339, or a date,
    /// which includes that day. 14 days after `from` when left out.
    pub to: Option<String>,
    /// `next_cursor` of the page before, which goes on in the range of the first page.
    pub cursor: Option<String>,
    /// How many attendees a page lists at most: 1 to 100; 50 when left out.
    pub limit: Option<usize>,
}

/// Which notifications.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filters {
    /// Only of this status; `unknown`: in doubt on some channel; `needs_attention`: failed
    /// or in doubt, and nobody has dealt with it. While its meeting is held for it, for
    /// seconds, a notification is listed by none.
    pub status: Option<word::StatusFilter>,
    /// Only of this type; when left out, of all but `answer_notice`, which are listed
    /// then only if they failed or are in doubt.
    #[serde(rename = "type")]
    #[param(rename = "type")]
    pub kind: Option<word::MessageKind>,
    /// Only those that took this channel, or were meant to.
    pub channel: Option<word::Channel>,
    /// Only created at or after this: RFC 3339, or a date in the settings' zone.
    pub from: Option<String>,
    /// Only created before this: RFC 3339, or a date, which includes that day.
    pub to: Option<String>,
    /// Only of this meeting.
    #[param(value_type = Option<String>)]
    pub meeting: Option<MeetingId>,
    /// Only to this email address or phone number.
    pub recipient: Option<String>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// 1 to 100; 50 when left out.
    pub limit: Option<usize>,
}

/// Whose examples are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Reader {
    /// The language of the examples; English when left out.
    #[serde(default)]
    pub language: word::Language,
}
