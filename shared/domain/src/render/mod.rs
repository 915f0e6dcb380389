//! Messages: what a customer reads, made from a meeting and a config; and what
//! staff read of a customer's answer.
//!
//! Everything is pure: the same scene gives the same bytes. What staff write is
//! a template of a small language ([`lint`](crate::authoring::lint())); what customers and staff typed as
//! data stays data, whatever it looks like. The layout, the buttons and the
//! links are the program's own, so that no edited text can add, remove or break
//! them. Nothing here may read a clock, draw a random number, or let a value
//! become markup, a header or a calendar property.

mod answer_notice;
mod auto_reply;
mod built_in;
mod calendar;
mod calendar_removal;
mod changes;
pub(crate) mod clean;
mod context;
mod dates;
pub(crate) mod engine;
mod fields;
mod filters;
mod greeting;
pub(crate) mod html;
mod invitation;
mod layout;
mod links;
mod lint_error;
pub(crate) mod localized;
pub(crate) mod message;
mod mime;
pub(crate) mod paths;
mod preview;
mod reader;
mod sentence;
pub(crate) mod sms;
mod subject;
pub(crate) mod syntax;
pub(crate) mod variables;
pub(crate) mod words;
mod zone;

#[cfg(test)]
mod tests;

use crate::values::{
    part::Part,
    segments::{Encoding, Segments, segments},
};
pub use answer_notice::{AnswerNews, AnswerNotice, answer_notice};
pub use auto_reply::{AutoReply, Choosable, ask_back, auto_reply, too_many};
pub use calendar::{CalendarLinks, calendar_links};
pub use calendar_removal::{CalendarRemoval, calendar_removal};
pub use changes::changes;
pub use context::RenderContext;
pub use fields::{ContactFields, MessageFields, fields};
pub use filters::{FILTERS, TextFilter};
pub use invitation::{calendar_owner, calendar_type, ics};
pub use links::Links;
pub use lint_error::LintError;
pub use message::{
    EmailMessage, RenderError, RenderedMessage, SmsMessage, message, not_too_dear, warnings,
};
pub use mime::{EmailParts, Envelope, mime, reply_to};
pub use preview::{ChannelProblem, MessagePreview, Preview, PreviewRecipient};
pub use variables::Variable;
