//! The row of a template. Whatever it lacks is as in a template that says nothing.

use std::collections::BTreeMap;

use usher_domain::{
    answer::Answer,
    id::{ConfigId, TriggerId},
    kind::NotificationType,
    language::Language,
    location::LocationKind,
    template::{
        AutoReplies, ButtonToggles, ChannelMode, Code, ConfigColors, IfLate, MeetingType,
        NotificationConfig, ReminderTrigger, ReplyCodes, TemplateBody, Translation, usual,
    },
    text::Name,
    web::Color,
};

use super::{Kind, Stored, Word, row};

impl Default for ReplyCodesRow {
    fn default() -> Self {
        ReplyCodes::default().to_row()
    }
}

row! {
    TemplateRow of TemplateBody {
        name: Name,
        #[serde(default)]
        sequence: i32,
        #[serde(default = "usual::active")]
        active: bool,
        #[serde(default = "usual::duration_minutes")]
        duration_minutes: u32,
        #[serde(default)]
        buffer_before_minutes: u32,
        #[serde(default)]
        buffer_after_minutes: u32,
        #[serde(default)]
        meeting_type: MeetingType,
        #[serde(default)]
        location_kind: Option<LocationKind>,
        #[serde(default)]
        video_platform: Option<Name>,
        #[serde(default)]
        title_format: Option<Name>,
        #[serde(default)]
        require_address: bool,
        #[serde(default = "usual::manual_confirmation_only")]
        manual_confirmation_only: bool,
        #[serde(default)]
        lead_only_reminders: bool,
        #[serde(default = "usual::notify_followers")]
        notify_followers: bool,
        #[serde(default)]
        answer_cutoff_minutes: u32,
        #[serde(default)]
        configs: Vec<NotificationConfig>,
        #[serde(default)]
        reminder_triggers: Vec<ReminderTrigger>,
    }
}

impl Kind for TemplateBody {
    /// 2: says who acted. 3: says whether the other channel may take over.
    const SHAPE: u32 = 3;
}

row! {
    NotificationConfigRow of NotificationConfig {
        id: ConfigId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<Name>,
        #[serde(rename = "type")]
        kind: NotificationType,
        #[serde(default)]
        channel_mode: ChannelMode,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email_body: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sms_text: Option<String>,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        translations: BTreeMap<Language, Translation>,
        #[serde(default)]
        buttons: ButtonToggles,
        #[serde(default)]
        colors: ConfigColors,
        #[serde(default)]
        reply_codes: ReplyCodes,
        #[serde(default)]
        ask_decline_reason: bool,
        #[serde(default)]
        keep_answer: bool,
        #[serde(default = "usual::failover")]
        failover: bool,
    }
}

row! {
    #[derive(Default)]
    #[serde(default)]
    TranslationRow of Translation {
        #[serde(skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        email_body: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        sms_text: Option<String>,
        auto_replies: AutoReplies,
    }
}

row! {
    #[derive(Default)]
    #[serde(default)]
    ButtonTogglesRow of ButtonToggles {
        #[serde(skip_serializing_if = "Option::is_none")]
        accept: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        decline: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        reschedule: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        view_details: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        add_to_calendar: Option<bool>,
    }
}

row! {
    #[derive(Default)]
    #[serde(default)]
    ConfigColorsRow of ConfigColors {
        #[serde(skip_serializing_if = "Option::is_none")]
        button: Option<Color>,
        #[serde(skip_serializing_if = "Option::is_none")]
        calendar: Option<Color>,
    }
}

row! {
    #[serde(default)]
    ReplyCodesRow of ReplyCodes {
        enabled: bool,
        accept: String,
        reschedule: String,
        decline: String,
        auto_replies: AutoReplies,
    }
}

row! {
    #[derive(Default)]
    #[serde(default)]
    AutoRepliesRow of AutoReplies {
        #[serde(skip_serializing_if = "Option::is_none")]
        accept: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        reschedule: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        decline: Option<String>,
    }
}

/// A code and what it answers.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct CodeRow {
    word: String,
    answer: Word<Answer>,
}

impl Stored for Code {
    type Row = CodeRow;
    fn to_row(&self) -> CodeRow {
        CodeRow {
            word: self.word.clone(),
            answer: Word::of(self.answer),
        }
    }
    /// None for an answer that this release does not know: a code must not answer what
    /// nobody asked.
    fn from_row(row: CodeRow) -> Option<Self> {
        let answer = row.answer.known()?;
        Some(Self {
            word: row.word,
            answer,
        })
    }
}

row! {
    ReminderTriggerRow of ReminderTrigger {
        id: TriggerId,
        config_id: ConfigId,
        minutes_before: u32,
        #[serde(default)]
        if_late: IfLate,
    }
}
