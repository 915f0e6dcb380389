//! Attendees of coming meetings whom messages will not reach.

use serde::Serialize;
use usher_domain::{
    meeting::{Attendee, Meeting},
    reach::{Obstacle, Unreached},
    template::Template,
};
use utoipa::ToSchema;

use crate::{meeting::SharedDetails, word};

/// An attendee of a coming meeting whom a message that is still to come will not reach, as
/// things stand.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UnreachableAttendee {
    /// The meeting.
    pub meeting_id: String,
    /// Its title in the template's format, with the status filled in.
    pub title: String,
    /// The start (RFC 3339, in the meeting's zone).
    pub starts_at: String,
    /// The IANA zone it was agreed in.
    pub timezone: String,
    /// The attendee.
    pub attendee: ReachAttendee,
    /// The types of the messages that will not reach them. For each that reaches them on one
    /// of two channels, that is enough.
    pub misses: Vec<word::NotificationType>,
    /// The types of those that will: empty when the attendee cannot be reached at all.
    /// `reminder` is in both lists when one reminder reaches them and another does not.
    pub gets: Vec<word::NotificationType>,
    /// Why, channel by channel.
    pub reasons: Vec<ReachReason>,
}

/// An attendee, with what they are reached at.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReachAttendee {
    /// Names them within the meeting.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their number, in E.164.
    pub phone: Option<String>,
}

/// Why a channel does not take messages to an attendee.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReachReason {
    /// The channel.
    pub channel: word::Channel,
    /// A stable word. Of the attendee: `no_email`, `no_phone`, `opted_out`, `held`, `unsubscribed`,
    /// `suppressed`, `country_not_allowed`. Of the settings, for everybody: `no_sender`,
    /// `sender_not_verified`, `no_sms_sender`, `sms_settings_unreadable`.
    pub reason: &'static str,
    /// The same as a sentence for staff.
    pub text: String,
}

/// One page of those whom messages will not reach.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnreachableList {
    /// Those of the earliest meeting first; of one meeting, the lead attendee first.
    pub unreachable: Vec<UnreachableAttendee>,
    /// Where the list goes on; null at its end. A page may be short, or empty, and still go on.
    pub next_cursor: Option<String>,
    /// How many meetings that this page looked at are stored but cannot be read: 0 as a rule.
    pub unreadable: usize,
}

impl UnreachableAttendee {
    /// An attendee of a meeting.
    pub fn new(meeting: &Meeting, template: Option<&Template>, unreached: &Unreached) -> Self {
        let Unreached {
            attendee,
            misses,
            gets,
            obstacles,
            ..
        } = unreached;
        let shared = SharedDetails::new(meeting, template);
        Self {
            meeting_id: shared.id,
            title: shared.shown_title,
            starts_at: shared.starts_at,
            timezone: shared.timezone,
            attendee: attendee.into(),
            misses: misses.iter().copied().map(Into::into).collect(),
            gets: gets.iter().copied().map(Into::into).collect(),
            reasons: obstacles.iter().map(ReachReason::from).collect(),
        }
    }
}

impl From<&Attendee> for ReachAttendee {
    fn from(attendee: &Attendee) -> Self {
        Self {
            id: attendee.id.to_string(),
            name: attendee.name.to_string(),
            email: attendee.email.as_ref().map(ToString::to_string),
            phone: attendee.phone.as_ref().map(ToString::to_string),
        }
    }
}

impl From<&Obstacle> for ReachReason {
    fn from(Obstacle { channel, why }: &Obstacle) -> Self {
        Self {
            channel: (*channel).into(),
            reason: why.code(),
            text: why.reason().to_owned(),
        }
    }
}
