//! A template as it is written and read.

use serde::{Deserialize, Serialize};
use usher_domain::{
    id::{ConfigId, TriggerId},
    template::{self, Template, TemplateDraft, usual},
    text::Name,
};
use utoipa::ToSchema;

use super::NotificationConfig;
use crate::{Word, word};

/// What a template says, as it is written and read. Only `name` is required.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TemplateBody {
    /// What staff choose it by.
    #[schema(value_type = String)]
    pub name: Name,
    /// Its place in lists, smallest first.
    #[serde(default)]
    pub sequence: i32,
    /// Whether it is offered for new meetings.
    #[serde(default = "usual::active")]
    pub active: bool,
    /// How long a meeting takes when it does not say; 1 to 1440 minutes.
    #[serde(default = "usual::duration_minutes")]
    pub duration_minutes: u32,
    /// Time blocked before, hidden from the customer; 0 to 1440 minutes.
    #[serde(default)]
    pub buffer_before_minutes: u32,
    /// Time blocked after, hidden from the customer; 0 to 1440 minutes.
    #[serde(default)]
    pub buffer_after_minutes: u32,
    /// How people meet.
    #[serde(default)]
    pub meeting_type: word::MeetingType,
    /// Where people meet, when the meeting does not say.
    #[serde(default)]
    pub location_kind: Option<word::LocationKind>,
    /// The video service, by name.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub video_platform: Option<Name>,
    /// How titles are shown: `{title}` is the meeting's own, `{status}` its
    /// current booking status.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub title_format: Option<Name>,
    /// Whether a meeting without an address is refused.
    #[serde(default)]
    pub require_address: bool,
    /// Whether even the first confirmation waits for staff to send it.
    #[serde(default = "usual::manual_confirmation_only")]
    pub manual_confirmation_only: bool,
    /// Whether reminders go to the lead attendee only.
    #[serde(default)]
    pub lead_only_reminders: bool,
    /// Whether organizer and followers are told of answers.
    #[serde(default = "usual::notify_followers")]
    pub notify_followers: bool,
    /// How long before the start answers are closed; 0 to 43200 minutes (30 days).
    #[serde(default)]
    pub answer_cutoff_minutes: u32,
    /// How each notification type looks and travels; a type without one uses
    /// the built-in.
    #[serde(default)]
    pub configs: Vec<NotificationConfig>,
    /// When reminders go out.
    #[serde(default)]
    pub reminder_triggers: Vec<ReminderTrigger>,
    /// The id, as it is answered; when it is sent back, it must be the URL's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Written only: whether the reminder triggers are to apply to upcoming
    /// meetings that customers were told of already. These keep the triggers they
    /// had otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apply_to_upcoming: Option<bool>,
    /// Answered only, when `apply_to_upcoming` was asked for; ignored when it is
    /// sent back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied: Option<Applied>,
}
/// What came of applying a template to its upcoming meetings.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Applied {
    /// How many meetings have other reminders now.
    pub meetings: usize,
    /// How many could not be changed in time; saving it so again goes on there.
    pub remaining: usize,
}
/// One reminder, a fixed time before the start.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ReminderTrigger {
    /// Its name within the template.
    #[schema(value_type = String)]
    pub id: TriggerId,
    /// The reminder config it sends.
    #[schema(value_type = String)]
    pub config_id: ConfigId,
    /// How long before the start, in minutes of elapsed time; 1 to 525600 (a year).
    pub minutes_before: u32,
    /// What to do when the moment has passed already when the meeting is announced.
    #[serde(default)]
    pub if_late: word::IfLate,
}

impl From<TemplateBody> for TemplateDraft {
    fn from(body: TemplateBody) -> Self {
        Self {
            id: body.id,
            apply_to_upcoming: body.apply_to_upcoming.unwrap_or_default(),
            body: template::TemplateBody {
                name: body.name,
                sequence: body.sequence,
                active: body.active,
                duration_minutes: body.duration_minutes,
                buffer_before_minutes: body.buffer_before_minutes,
                buffer_after_minutes: body.buffer_after_minutes,
                meeting_type: body.meeting_type.0,
                location_kind: body.location_kind.map(|kind| kind.0),
                video_platform: body.video_platform,
                title_format: body.title_format,
                require_address: body.require_address,
                manual_confirmation_only: body.manual_confirmation_only,
                lead_only_reminders: body.lead_only_reminders,
                notify_followers: body.notify_followers,
                answer_cutoff_minutes: body.answer_cutoff_minutes,
                configs: body.configs.into_iter().map(Into::into).collect(),
                reminder_triggers: body.reminder_triggers.into_iter().map(Into::into).collect(),
            },
        }
    }
}

impl From<&template::TemplateBody> for TemplateBody {
    fn from(body: &template::TemplateBody) -> Self {
        Self {
            name: body.name.clone(),
            sequence: body.sequence,
            active: body.active,
            duration_minutes: body.duration_minutes,
            buffer_before_minutes: body.buffer_before_minutes,
            buffer_after_minutes: body.buffer_after_minutes,
            meeting_type: body.meeting_type.into(),
            location_kind: body.location_kind.map(Word),
            video_platform: body.video_platform.clone(),
            title_format: body.title_format.clone(),
            require_address: body.require_address,
            manual_confirmation_only: body.manual_confirmation_only,
            lead_only_reminders: body.lead_only_reminders,
            notify_followers: body.notify_followers,
            answer_cutoff_minutes: body.answer_cutoff_minutes,
            configs: body
                .configs
                .iter()
                .cloned()
                .map(NotificationConfig::from)
                .collect(),
            reminder_triggers: body
                .reminder_triggers
                .iter()
                .cloned()
                .map(ReminderTrigger::from)
                .collect(),
            id: None,
            apply_to_upcoming: None,
            applied: None,
        }
    }
}

impl From<&Template> for TemplateBody {
    fn from(template: &Template) -> Self {
        Self {
            id: Some(template.id.to_string()),
            ..template.body().into()
        }
    }
}

impl From<template::Applied> for Applied {
    fn from(applied: template::Applied) -> Self {
        Self {
            meetings: applied.meetings,
            remaining: applied.remaining,
        }
    }
}

super::config::same_as_in_domain! {
    ReminderTrigger { id, config_id, minutes_before, if_late }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_template_of_nothing_but_a_name_is_the_domains_own() {
        let name = Name::parse("Visit").unwrap();
        let read: TemplateBody = serde_json::from_value(json!({"name": name})).unwrap();
        let draft = TemplateDraft::from(read);
        assert_eq!(draft.body, template::TemplateBody::built_in(name));
        assert!(draft.id.is_none() && !draft.apply_to_upcoming);
    }

    #[test]
    fn what_is_answered_can_be_sent_back() {
        let mut body = template::TemplateBody::built_in(Name::parse("Visit").unwrap());
        body.sequence = 3;
        body.active = false;
        body.reminder_triggers = vec![template::ReminderTrigger {
            id: TriggerId::parse("day").unwrap(),
            config_id: ConfigId::parse("reminder").unwrap(),
            minutes_before: 1_440,
            if_late: template::IfLate::SendNow,
        }];
        let answered = serde_json::to_value(TemplateBody::from(&body)).unwrap();
        let read: TemplateBody = serde_json::from_value(answered).unwrap();
        assert_eq!(TemplateDraft::from(read).body, body);
    }
}
