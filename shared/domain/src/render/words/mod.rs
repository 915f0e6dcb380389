//! What the program itself says to customers, in each language it speaks. A
//! language is one value of [`Words`], so that none can lack a sentence.
//!
//! SMS are written so that the alphabet of SMS has every letter of them, once
//! accents are dropped that it lacks.

mod de;
mod en;
mod es;
mod fr;

use serde::Serialize;

use crate::{language::Language, meeting::BookingStatus, values::answer::Answer};

/// The words of one language.
pub(crate) struct Words {
    pub(super) labels: Labels,
    pub(super) places: Places,
    /// Like `1 hour`.
    pub(super) hours: fn(u32) -> String,
    /// Like `45 minutes`.
    pub(super) minutes: fn(u32) -> String,
    /// The word that goes behind a time, like `Uhr`; empty where there is none.
    pub(super) clock: &'static str,
    /// A date and a time of that day, like `Jan 15 at 2:00 PM`.
    pub(super) moment: fn(&str, &str) -> String,
    pub(super) changes: Changes,
    /// How a booking stands.
    pub(super) status: fn(BookingStatus) -> &'static str,
    pub(super) buttons: Buttons,
    pub(super) sms: Sms,
    pub(super) calendar_removal: CalendarRemoval,
    pub(super) replies: Replies,
}

/// What stands before a value.
#[derive(Debug, Serialize)]
pub(super) struct Labels {
    /// What stands between a label and its value, but for the space: French sets the
    /// colon off.
    pub(super) colon: &'static str,
    pub(super) when: &'static str,
    pub(super) place: &'static str,
    pub(super) map: &'static str,
    pub(super) video: &'static str,
    /// The text of the link to the video call.
    pub(super) join: &'static str,
    /// Whom the customer can turn to.
    pub(super) contact: &'static str,
    /// The same in a calendar's entry.
    pub(super) organizer: &'static str,
    /// The landing page, in a calendar's entry.
    pub(super) details: &'static str,
    /// The date and time that held before.
    pub(super) before: &'static str,
    /// That the meeting will not take place.
    pub(super) cancelled: &'static str,
    /// The link that ends reminders by email.
    pub(super) stop_reminders: &'static str,
}

/// Places without an address.
pub(super) struct Places {
    pub(super) video_call: &'static str,
    pub(super) phone_call: &'static str,
    pub(super) our_office: &'static str,
    pub(super) your_home: &'static str,
    pub(super) jobsite: &'static str,
}

/// What has changed since customers were told, a sentence each.
pub(super) struct Changes {
    /// Day or time: now, and before.
    pub(super) when: fn(&str, &str) -> String,
    /// The duration: now, and before.
    pub(super) duration: fn(&str, &str) -> String,
    /// The place: now, and before.
    pub(super) place: fn(&str, &str) -> String,
    /// A place where there was none.
    pub(super) place_set: fn(&str) -> String,
    /// No place any more where there was this one.
    pub(super) place_gone: fn(&str) -> String,
    /// Another video call.
    pub(super) video: &'static str,
    /// A video call where there was none.
    pub(super) video_set: &'static str,
    /// No video call any more.
    pub(super) video_gone: &'static str,
}

/// The buttons of an email.
pub(super) struct Buttons {
    pub(super) accept: &'static str,
    pub(super) decline: &'static str,
    pub(super) reschedule: &'static str,
    pub(super) view_details: &'static str,
    pub(super) add_to_calendar: &'static str,
}

/// What is appended to an SMS.
pub(super) struct Sms {
    /// Before the link, when it only shows.
    pub(super) details: &'static str,
    /// Before the link, when the page behind it can be answered.
    pub(super) respond: &'static str,
    /// Before the offers, like `Reply`.
    pub(super) reply: &'static str,
    /// What one word does, like `1 to confirm`.
    pub(super) offer: fn(&str, Answer) -> String,
}

/// What an address reads that its owner has left: nothing of the meeting.
pub(super) struct CalendarRemoval {
    pub(super) subject: &'static str,
    pub(super) body: &'static str,
    /// What the entry is called that is taken out.
    pub(super) entry: &'static str,
}

/// A meeting, as an automatic reply names it.
pub(super) struct About<'a> {
    pub(super) title: &'a str,
    /// Date and time.
    pub(super) moment: &'a str,
}

/// Automatic replies.
pub(super) struct Replies {
    /// Accepted, at this place.
    pub(super) confirmed_at: fn(&About<'_>, &str) -> String,
    /// Accepted.
    pub(super) confirmed: fn(&About<'_>) -> String,
    /// Another time is asked for.
    pub(super) reschedule: fn(&About<'_>) -> String,
    /// Declined.
    pub(super) declined: fn(&About<'_>) -> String,
    /// The details have changed since the question: in these sentences, if there are any.
    pub(super) moved: fn(&About<'_>, &str) -> String,
    /// What was answered cannot be read; how to answer follows.
    pub(super) not_understood: fn(&About<'_>) -> String,
    /// A later answer stands.
    pub(super) overtaken: fn(&About<'_>, Answer) -> String,
    /// The meeting was called off.
    pub(super) cancelled: fn(&About<'_>) -> String,
    /// The meeting may have been called off.
    pub(super) perhaps_cancelled: fn(&About<'_>) -> String,
    /// The meeting has started.
    pub(super) started: fn(&About<'_>) -> String,
    /// The meeting is put away.
    pub(super) archived: fn(&About<'_>) -> String,
    /// Answers are closed before the start.
    pub(super) cut_off: fn(&About<'_>) -> String,
    /// Where to call.
    pub(super) questions: fn(&str) -> String,
    /// Which of these is meant.
    pub(super) which_one: fn(&[String]) -> String,
    /// One of them: the word, what it answers, the meeting, and whose it is.
    pub(super) option: fn(&str, Answer, &About<'_>, Option<&str>) -> String,
    /// There are too many to ask.
    pub(super) too_many: &'static str,
}

impl Words {
    /// Those of a language.
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &en::WORDS,
            Language::German => &de::WORDS,
            Language::Spanish => &es::WORDS,
            Language::French => &fr::WORDS,
        }
    }
}

/// `n` of something, where only one is singular.
fn count(n: u32, one: &str, more: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { more })
}
