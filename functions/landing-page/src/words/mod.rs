//! What the public pages say, in each language. A language is one value of [`Words`],
//! so that none can lack a sentence.

mod de;
mod en;
mod es;
mod fr;

use serde::Serialize;
use usher_domain::{answer::Answer, language::Language, respond::Closed, text::TextError};

/// The words of one language.
pub(crate) struct Words {
    pub(crate) labels: Labels,
    /// A day, a time and a zone, like `Thursday, January 15, 2026 at 2:00 PM EST`.
    pub(crate) when: fn(&str, &str, &str) -> String,
    pub(crate) tabs: Tabs,
    pub(crate) choices: Choices,
    pub(crate) notices: Notices,
    pub(crate) messages: Messages,
    pub(crate) reminders: Reminders,
}

/// What stands in the templates.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Labels {
    /// The language, as HTML names it.
    pub(crate) language: &'static str,
    pub(crate) date: &'static str,
    pub(crate) time: &'static str,
    /// Between start and end.
    pub(crate) to: &'static str,
    pub(crate) duration: &'static str,
    pub(crate) location: &'static str,
    pub(crate) map: &'static str,
    pub(crate) video: &'static str,
    pub(crate) join: &'static str,
    pub(crate) contact: &'static str,
    pub(crate) before: &'static str,
    pub(crate) about: &'static str,
    pub(crate) calendar: &'static str,
    pub(crate) calendar_file: &'static str,
    pub(crate) questions: &'static str,
    pub(crate) or: &'static str,
    pub(crate) send_again: &'static str,
    pub(crate) reach_us: &'static str,
    pub(crate) reply_instead: &'static str,
}

/// What goes before the meeting's title in the browser's tab.
pub(crate) struct Tabs {
    pub(crate) answered: &'static str,
    pub(crate) moved: &'static str,
    pub(crate) too_late: &'static str,
    pub(crate) unclear: &'static str,
    pub(crate) refused: &'static str,
}

/// What can be answered.
pub(crate) struct Choices {
    pub(crate) heading: &'static str,
    pub(crate) heading_again: &'static str,
    /// Until when answers can be changed: the start, or another time.
    pub(crate) until_the_start: &'static str,
    pub(crate) until: fn(&str) -> String,
    pub(crate) answer: fn(Answer) -> AnswerWords,
    /// What is left to do after a link, and after a refusal.
    pub(crate) confirm: &'static str,
    /// The same where another answer stands.
    pub(crate) confirm_change: &'static str,
    pub(crate) send: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) times: &'static str,
    pub(crate) times_hint: &'static str,
    pub(crate) comment: &'static str,
}

/// One answer.
pub(crate) struct AnswerWords {
    pub(crate) label: &'static str,
    pub(crate) question: &'static str,
    /// What opens the fields; empty where there are none.
    pub(crate) invitation: &'static str,
}

/// How things stand.
pub(crate) struct Notices {
    /// An answer that stands.
    pub(crate) stands: fn(Answer) -> &'static str,
    /// Thanks for an answer to this title at this time.
    pub(crate) thanks: fn(Answer, &str, &str) -> [String; 2],
    /// The answer was for other details: it is at this time, and these sentences say what
    /// has changed, if anything does.
    pub(crate) moved: fn(&str, &str) -> [String; 2],
    pub(crate) too_late: &'static str,
    pub(crate) not_sent: &'static str,
    pub(crate) press_a_button: &'static str,
    pub(crate) bad_times: fn(&TextError) -> String,
    pub(crate) bad_reason: fn(&TextError) -> String,
    /// What is wrong with a text, beside its field.
    pub(crate) bad_text: fn(&TextError) -> String,
    pub(crate) not_taken: &'static str,
    pub(crate) overtaken: &'static str,
    pub(crate) not_offered: &'static str,
    pub(crate) too_many_answers: &'static str,
    pub(crate) closed: fn(Closed) -> &'static str,
    /// What was answered before a change.
    pub(crate) answered_before: fn(Answer) -> &'static str,
    pub(crate) answer_again: &'static str,
    pub(crate) changed_since: [&'static str; 2],
    pub(crate) not_answered: &'static str,
}

/// A heading and a sentence.
pub(crate) type NoticeWords = [&'static str; 2];

/// Pages without a meeting.
pub(crate) struct Messages {
    pub(crate) no_such_link: NoticeWords,
    pub(crate) cross_origin: NoticeWords,
    pub(crate) too_large: NoticeWords,
    pub(crate) not_a_form: NoticeWords,
    pub(crate) trouble: NoticeWords,
    /// The same, when an answer may be lost.
    pub(crate) trouble_unsent: &'static str,
}

/// The page that ends reminders by email.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Reminders {
    pub(crate) heading: &'static str,
    /// Before the address.
    pub(crate) address: &'static str,
    /// What a press of the button does.
    pub(crate) wanted: &'static str,
    pub(crate) stop: &'static str,
    pub(crate) stopped: &'static str,
    pub(crate) resume: &'static str,
    /// What still comes.
    pub(crate) others: &'static str,
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
