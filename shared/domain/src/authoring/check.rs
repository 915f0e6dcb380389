//! The rules a template must keep so that nothing fails at send time.

use std::{collections::BTreeSet, ops::RangeInclusive};

use super::lint;
use crate::{
    Failure,
    error::FieldErrors,
    id::TemplateId,
    language::Language,
    settings::{Settings, SmsSettings},
    template::{
        ANSWER_CUTOFF, AutoReplies, BUFFER, DURATION, MAX_PARTS, MAX_REPLY_CODE, MINUTES_BEFORE,
        NotificationConfig, Template, TemplateBody, TemplateDraft, Translation,
    },
    values::keywords,
    values::{kind::NotificationType, part::Part},
};

impl Template {
    /// A template whose every part would work at send time, with these settings.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with everything that would not: numbers out of
    /// range, ids given twice, triggers of no reminder config, texts that do
    /// not render, reply codes that cannot be told apart.
    pub fn new(
        id: TemplateId,
        version: u64,
        body: TemplateBody,
        settings: &Settings,
    ) -> Result<Self, Failure> {
        check(&body, settings, FieldErrors::default())?;
        Ok(Self::from_store(id, version, body))
    }
}

impl TemplateDraft {
    /// The template that it describes, under this id.
    ///
    /// # Errors
    /// As [`Template::new`], and when it names another id.
    pub fn checked(
        &self,
        id: TemplateId,
        version: u64,
        settings: &Settings,
    ) -> Result<Template, Failure> {
        let mut errors = FieldErrors::default();
        if self.id.as_deref().is_some_and(|given| given != id.as_str()) {
            errors.add("/id", "is not the id in the URL");
        }
        check(&self.body, settings, errors)?;
        Ok(Template::from_store(id, version, self.body.clone()))
    }
}

/// Checks a whole template; `errors` are those found already.
pub(super) fn check(
    body: &TemplateBody,
    settings: &Settings,
    mut errors: FieldErrors,
) -> Result<(), Failure> {
    ranges(body, &mut errors);
    configs(body, settings, &mut errors);
    triggers(body, &mut errors);
    errors.finish(Some(()))
}

fn ranges(body: &TemplateBody, errors: &mut FieldErrors) {
    let mut range = |pointer: &str, value: u32, bounds: RangeInclusive<u32>| {
        let (min, max) = (bounds.start(), bounds.end());
        if !bounds.contains(&value) {
            errors.add(
                pointer,
                format!("must be {min} to {max} minutes, is {value}"),
            );
        }
    };
    range("/duration_minutes", body.duration_minutes, DURATION);
    range("/buffer_before_minutes", body.buffer_before_minutes, BUFFER);
    range("/buffer_after_minutes", body.buffer_after_minutes, BUFFER);
    range(
        "/answer_cutoff_minutes",
        body.answer_cutoff_minutes,
        ANSWER_CUTOFF,
    );
    for (i, trigger) in body.reminder_triggers.iter().enumerate() {
        let pointer = format!("/reminder_triggers/{i}/minutes_before");
        range(&pointer, trigger.minutes_before, MINUTES_BEFORE);
    }
    for (pointer, count) in [
        ("/configs", body.configs.len()),
        ("/reminder_triggers", body.reminder_triggers.len()),
    ] {
        if count > MAX_PARTS {
            errors.add(
                pointer,
                format!("has {count} entries; at most {MAX_PARTS} are possible"),
            );
        }
    }
}

fn configs(body: &TemplateBody, settings: &Settings, errors: &mut FieldErrors) {
    let mut ids = BTreeSet::new();
    let mut kinds = BTreeSet::new();
    for (i, config) in body.configs.iter().enumerate() {
        if !ids.insert(&config.id) {
            errors.add(
                format!("/configs/{i}/id"),
                "is the id of another config too",
            );
        }
        if !config.kind.rules().several_configs && !kinds.insert(config.kind) {
            let detail = format!(
                "there is a config for {} already; only reminders may have several",
                config.kind
            );
            errors.add(format!("/configs/{i}/type"), detail);
        }
        let at = format!("/configs/{i}");
        let own = Texts {
            at: at.clone(),
            auto_replies_at: format!("{at}/reply_codes/auto_replies"),
            language: settings.locale.language(),
            subject: config.subject.as_deref(),
            email_body: config.email_body.as_deref(),
            sms_text: config.sms_text.as_deref(),
            auto_replies: &config.reply_codes.auto_replies,
        };
        own.check(&settings.sms, errors);
        for (language, translation) in &config.translations {
            let translated = Texts::translated(&at, *language, translation);
            translated.check(&settings.sms, errors);
        }
        reply_codes(i, config, errors);
    }
}

/// A config's texts in one language, and where they stand.
struct Texts<'a> {
    at: String,
    auto_replies_at: String,
    language: Language,
    subject: Option<&'a str>,
    email_body: Option<&'a str>,
    sms_text: Option<&'a str>,
    auto_replies: &'a AutoReplies,
}

impl<'a> Texts<'a> {
    fn translated(config: &str, language: Language, translation: &'a Translation) -> Self {
        let at = format!("{config}/translations/{}", language.code());
        Self {
            auto_replies_at: format!("{at}/auto_replies"),
            at,
            language,
            subject: translation.subject.as_deref(),
            email_body: translation.email_body.as_deref(),
            sms_text: translation.sms_text.as_deref(),
            auto_replies: &translation.auto_replies,
        }
    }

    fn check(&self, sms: &SmsSettings, errors: &mut FieldErrors) {
        for (field, text, part) in [
            ("subject", self.subject, Part::Subject),
            ("email_body", self.email_body, Part::EmailBody),
            ("sms_text", self.sms_text, Part::Sms),
        ] {
            if let Some(text) = text {
                let pointer = format!("{}/{field}", self.at);
                self.check_text(pointer, text, part, sms, errors);
            }
        }
        for (field, text) in [
            ("accept", &self.auto_replies.accept),
            ("reschedule", &self.auto_replies.reschedule),
            ("decline", &self.auto_replies.decline),
        ] {
            if let Some(text) = text {
                let pointer = format!("{}/{field}", self.auto_replies_at);
                errors.keep(pointer, lint(Part::Sms, text, self.language, sms));
            }
        }
    }

    fn check_text(
        &self,
        pointer: String,
        text: &str,
        part: Part,
        sms: &SmsSettings,
        errors: &mut FieldErrors,
    ) {
        if part == Part::Subject && text.contains(['\r', '\n']) {
            let detail = "must be one line: a subject cannot have line breaks";
            errors.add(pointer, detail);
            return;
        }
        errors.keep(&pointer, lint(part, text, self.language, sms));
    }
}

fn reply_codes(i: usize, config: &NotificationConfig, errors: &mut FieldErrors) {
    let codes = &config.reply_codes;
    let mut seen = BTreeSet::new();
    for (field, code) in [
        ("accept", &codes.accept),
        ("reschedule", &codes.reschedule),
        ("decline", &codes.decline),
    ] {
        let pointer = format!("/configs/{i}/reply_codes/{field}");
        let upper = code.to_uppercase();
        let bare = keywords::bare(code);
        if code.is_empty()
            || code.chars().count() > MAX_REPLY_CODE
            || !code.chars().all(char::is_alphanumeric)
        {
            errors.add(pointer, "must be one word of 1 to 10 letters and digits");
        } else if keywords::reserved(code)
            .or(keywords::reserved(&bare))
            .is_some()
        {
            errors.add(
                pointer,
                format!("{upper} is taken by carriers as an opt-out or help request"),
            );
        } else if !seen.insert(bare.to_uppercase()) {
            errors.add(pointer, "is the code of another answer too, or is one without its accents, which an SMS may lose on its way");
        }
    }
}

fn triggers(body: &TemplateBody, errors: &mut FieldErrors) {
    let mut ids = BTreeSet::new();
    let mut moments = BTreeSet::new();
    for (i, trigger) in body.reminder_triggers.iter().enumerate() {
        if !ids.insert(&trigger.id) {
            errors.add(
                format!("/reminder_triggers/{i}/id"),
                "is the id of another trigger too",
            );
        }
        if !moments.insert((&trigger.config_id, trigger.minutes_before)) {
            errors.add(
                format!("/reminder_triggers/{i}/minutes_before"),
                "another trigger sends the same config at the same moment",
            );
        }
        let config = body
            .configs
            .iter()
            .find(|config| config.id == trigger.config_id);
        if config.is_none_or(|config| config.kind != NotificationType::Reminder) {
            errors.add(
                format!("/reminder_triggers/{i}/config_id"),
                "names no config of type reminder in this template",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        sample,
        template::{IfLate, ReplyCodes},
    };

    fn refused(id: Option<&str>, body: TemplateBody) -> Vec<String> {
        let draft = TemplateDraft {
            id: id.map(str::to_owned),
            body,
            apply_to_upcoming: false,
        };
        match draft.checked(TemplateId::parse("t").unwrap(), 1, &Settings::default()) {
            Err(Failure::Invalid(errors)) => errors.into_iter().map(|e| e.pointer).collect(),
            Err(other) => panic!("{other:?}"),
            Ok(_) => Vec::new(),
        }
    }

    #[test]
    fn a_template_of_nothing_but_a_name_is_fine() {
        assert!(refused(None, sample::template_body("Visit")).is_empty());
    }

    #[test]
    fn every_broken_rule_is_named() {
        let confirmation = || sample::config("a", NotificationType::Confirmation);
        let trigger = |id, config, minutes| sample::trigger(id, config, minutes, IfLate::Skip);
        let body = TemplateBody {
            duration_minutes: 0,
            configs: vec![
                NotificationConfig {
                    sms_text: Some("Reply with CANCEL to cancel".to_owned()),
                    ..confirmation()
                },
                NotificationConfig {
                    subject: Some("{{ nonsense }}".to_owned()),
                    ..confirmation()
                },
                NotificationConfig {
                    reply_codes: ReplyCodes {
                        accept: "STOP".to_owned(),
                        decline: "2".to_owned(),
                        ..ReplyCodes::default()
                    },
                    ..sample::config("r", NotificationType::Reminder)
                },
            ],
            reminder_triggers: vec![
                trigger("t", "r", 60),
                trigger("t", "r", 60),
                trigger("u", "a", 0),
            ],
            ..sample::template_body("Visit")
        };
        assert_eq!(
            refused(Some("other"), body),
            [
                "/id",
                "/duration_minutes",
                "/reminder_triggers/2/minutes_before",
                "/configs/0/sms_text",
                "/configs/1/id",
                "/configs/1/type",
                "/configs/1/subject",
                "/configs/2/reply_codes/accept",
                "/configs/2/reply_codes/decline",
                "/reminder_triggers/1/id",
                "/reminder_triggers/1/minutes_before",
                "/reminder_triggers/2/config_id",
            ]
        );
    }
}
