//! Templates: the defaults and the behaviour of a kind of meeting.

mod bounds;
mod config;
pub mod usual;

pub use bounds::{ANSWER_CUTOFF, BUFFER, DURATION, MAX_PARTS, MAX_REPLY_CODE, MINUTES_BEFORE};
pub use config::{
    AutoReplies, ButtonToggles, Buttons, ChannelMode, Code, ConfigColors, ConfigText,
    NotificationConfig, ReplyCodes, Translation,
};

use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{
    id::{ConfigId, TemplateId, TriggerId},
    text::Name,
    unread::Unread,
    values::{kind::NotificationType, location::LocationKind},
};

/// A template that may be used: every rule of [`Template::new`] holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// Its name in URLs and on meetings; chosen by the caller.
    pub id: TemplateId,
    /// Moves with every save, from 1.
    pub version: u64,
    /// Whether part of it could not be read as it was stored: that part is as usual.
    pub damaged: bool,
    /// What is stored of it besides.
    pub unread: Unread,
    body: TemplateBody,
}

/// What a template says. Only `name` is required.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateBody {
    /// What staff choose it by.
    pub name: Name,
    /// Its place in lists, smallest first.
    pub sequence: i32,
    /// Whether it is offered for new meetings.
    pub active: bool,
    /// How long a meeting takes when it does not say; 1 to 1440 minutes.
    pub duration_minutes: u32,
    /// Time blocked before, hidden from the customer; 0 to 1440 minutes.
    pub buffer_before_minutes: u32,
    /// Time blocked after, hidden from the customer; 0 to 1440 minutes.
    pub buffer_after_minutes: u32,
    /// How people meet.
    pub meeting_type: MeetingType,
    /// Where people meet, when the meeting does not say.
    pub location_kind: Option<LocationKind>,
    /// The video service, by name.
    pub video_platform: Option<Name>,
    /// How titles are shown: `{title}` is the meeting's own, `{status}` its
    /// current booking status.
    pub title_format: Option<Name>,
    /// Whether a meeting without an address is refused.
    pub require_address: bool,
    /// Whether even the first confirmation waits for staff to send it.
    pub manual_confirmation_only: bool,
    /// Whether reminders go to the lead attendee only.
    pub lead_only_reminders: bool,
    /// Whether organizer and followers are told of answers.
    pub notify_followers: bool,
    /// How long before the start answers are closed; 0 to 43200 minutes (30 days).
    pub answer_cutoff_minutes: u32,
    /// How each notification type looks and travels; a type without one uses
    /// the built-in.
    pub configs: Vec<NotificationConfig>,
    /// When reminders go out.
    pub reminder_triggers: Vec<ReminderTrigger>,
}

/// A template as it was written. Nothing is checked yet, but what each field can hold.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateDraft {
    /// Its id, where the caller repeats it.
    pub id: Option<String>,
    /// What it is to say.
    pub body: TemplateBody,
    /// Whether its reminder triggers are to apply to upcoming meetings that customers were
    /// told of already. These keep the triggers they had otherwise.
    pub apply_to_upcoming: bool,
}

/// What came of applying a template to its upcoming meetings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Applied {
    /// How many meetings have other reminders now.
    pub meetings: usize,
    /// How many could not be changed in time; saving it so again goes on there.
    pub remaining: usize,
}

/// How people meet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum MeetingType {
    /// Face to face.
    #[default]
    InPerson,
    /// By telephone.
    Phone,
    /// By video call.
    Video,
    /// Some in the room, some on video.
    Hybrid,
    /// Not known yet.
    ToBeDecided,
}

impl MeetingType {
    /// All of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As staff read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::InPerson => "In person",
            Self::Phone => "Phone",
            Self::Video => "Video",
            Self::Hybrid => "Hybrid",
            Self::ToBeDecided => "To be decided",
        }
    }
}

/// One reminder, a fixed time before the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReminderTrigger {
    /// Its name within the template.
    pub id: TriggerId,
    /// The reminder config it sends.
    pub config_id: ConfigId,
    /// How long before the start, in minutes of elapsed time; 1 to 525600 (a year).
    pub minutes_before: u32,
    /// What to do when the moment has passed already when the meeting is announced.
    pub if_late: IfLate,
}

/// What to do with a reminder whose moment has passed already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum IfLate {
    /// Leave it out.
    #[default]
    Skip,
    /// Send it at once.
    SendNow,
}

impl Template {
    /// A template as it was stored, after [`Template::new`] had checked it.
    pub fn from_store(id: TemplateId, version: u64, body: TemplateBody) -> Self {
        Self {
            id,
            version,
            damaged: false,
            unread: Unread::default(),
            body,
        }
    }

    /// What it says.
    pub fn body(&self) -> &TemplateBody {
        &self.body
    }

    /// The config that a notification was made from; the type's own when it is
    /// gone.
    pub fn config_of(&self, kind: NotificationType, id: &ConfigId) -> NotificationConfig {
        let same = |config: &&NotificationConfig| &config.id == id && config.kind == kind;
        self.body
            .configs
            .iter()
            .find(same)
            .cloned()
            .unwrap_or_else(|| self.config(kind))
    }

    /// The config for a notification type other than reminders (which name
    /// theirs): the template's own, or the built-in one.
    pub fn config(&self, kind: NotificationType) -> NotificationConfig {
        let own = self.body.configs.iter().find(|config| config.kind == kind);
        own.cloned()
            .unwrap_or_else(|| NotificationConfig::built_in(kind))
    }
}

impl NotificationConfig {
    /// The config for a notification type other than reminders, as
    /// [`Template::config`] says; the built-in one of a meeting without a template.
    pub fn of_type(template: Option<&Template>, kind: NotificationType) -> Self {
        template.map_or_else(|| Self::built_in(kind), |template| template.config(kind))
    }

    /// The config that a notification was made from, as [`Template::config_of`] says;
    /// the built-in one of a meeting without a template.
    pub fn named(template: Option<&Template>, kind: NotificationType, id: &ConfigId) -> Self {
        template.map_or_else(
            || Self::built_in(kind),
            |template| template.config_of(kind, id),
        )
    }
}

impl TemplateBody {
    /// A template that says nothing but its name: what a field left out is taken for,
    /// wherever it is left out.
    pub fn built_in(name: Name) -> Self {
        Self {
            name,
            sequence: 0,
            active: usual::active(),
            duration_minutes: usual::duration_minutes(),
            buffer_before_minutes: 0,
            buffer_after_minutes: 0,
            meeting_type: MeetingType::default(),
            location_kind: None,
            video_platform: None,
            title_format: None,
            require_address: false,
            manual_confirmation_only: usual::manual_confirmation_only(),
            lead_only_reminders: false,
            notify_followers: usual::notify_followers(),
            answer_cutoff_minutes: 0,
            configs: Vec::new(),
            reminder_triggers: Vec::new(),
        }
    }
}
