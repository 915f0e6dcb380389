//! Prompts: what a customer was asked by SMS and may answer by a code.

use chrono::{DateTime, Utc};

use crate::values::keywords::is_code;
use crate::{
    contact::PhoneNumber,
    id::{AttendeeId, MeetingId, NotificationId, TemplateId},
    template::Code,
    values::answer::Answer,
};

/// A question that went out by SMS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The message that asked it.
    pub asked_by: NotificationId,
    /// The notification that its answers are noted on: that message, unless an
    /// automatic reply asked again.
    pub notification: NotificationId,
    /// Who was asked.
    pub attendee: AttendeeId,
    /// The number it went to.
    pub theirs: PhoneNumber,
    /// The number it came from, where we know.
    pub ours: Option<PhoneNumber>,
    /// The revision it told of.
    pub revision: u32,
    /// The codes it named.
    pub codes: Vec<Code>,
    /// When it was asked.
    pub asked_at: DateTime<Utc>,
    /// The template that its meeting had then, which it probably has still.
    pub template_id: Option<TemplateId>,
}

impl Prompt {
    /// The meeting it asks about.
    pub fn meeting(&self) -> &MeetingId {
        self.notification.meeting()
    }

    /// What a word answers to it.
    pub fn answer(&self, word: &str) -> Option<Answer> {
        let code = self.codes.iter().find(|code| is_code(word, &code.word))?;
        Some(code.answer)
    }

    /// Whether it is about the same attendee of the same meeting.
    pub fn same_subject(&self, other: &Self) -> bool {
        self.meeting() == other.meeting() && self.attendee == other.attendee
    }
}
