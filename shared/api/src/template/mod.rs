//! Templates: what they say, what they are tried on, and what their texts may name.

mod body;
mod config;
mod reference;

pub use body::{Applied, ReminderTrigger, TemplateBody};
pub use config::{
    AutoReplies, ButtonToggles, ConfigColors, NotificationConfig, ReplyCodes, Translation,
};
pub use reference::{Reference, TextFilter, Variable};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::word;

/// What is to be looked at.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// The template as it is being written; the saved one when left out.
    #[serde(default)]
    pub template: Option<TemplateBody>,
    /// The notification type.
    #[serde(rename = "type")]
    pub kind: word::NotificationType,
    /// Which config of that type, where there are several; the first when left out.
    #[serde(default)]
    pub config_id: Option<String>,
    /// The reader's language tag; the attendee's when left out.
    #[serde(default)]
    pub language: Option<String>,
    /// A meeting to try it on, for its lead attendee; a sample when left out, which was
    /// moved by an hour if the type is an update.
    #[serde(default)]
    pub meeting_id: Option<String>,
}

/// One page of templates.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateList {
    /// By sequence, then by name.
    pub templates: Vec<TemplateBody>,
    /// Where the list goes on; null at its end. A page may be short and still go on.
    pub next_cursor: Option<String>,
    /// How many entries of this page are stored but cannot be read: 0 as a rule.
    pub unreadable: usize,
}
