//! Texts that other settings would make unsendable (G4): settings are held against
//! templates as templates are held against settings.

use super::{built_in_sms_fits, check};
use crate::{
    Failure,
    error::{FieldError, FieldErrors},
    language::Language,
    settings::Settings,
    template::Template,
    values::kind::NotificationType,
};

/// How many templates a refusal names, and how many texts of each.
const NAMED: usize = 5;

/// Checks that every text of `templates` that can be sent under the settings `before` can
/// be sent under `after`. What could not be sent before either is no reason to refuse.
///
/// # Errors
/// [`Failure::Invalid`] at the first setting that changed, with a sentence for each
/// template that it would make unsendable.
pub fn refuse_outgrown(
    templates: &[Template],
    before: &Settings,
    after: &Settings,
) -> Result<(), Failure> {
    let Some(pointer) = after.reads_texts_otherwise(before) else {
        return Ok(());
    };
    let mut errors = FieldErrors::default();
    let outgrown: Vec<_> = templates
        .iter()
        .filter_map(|template| outgrown(template, before, after))
        .collect();
    for sentence in outgrown.iter().take(NAMED) {
        errors.add(pointer, sentence);
    }
    if outgrown.len() > NAMED {
        let more = outgrown.len() - NAMED;
        errors.add(pointer, format!("{more} more templates would not fit"));
    }
    errors.finish(Some(()))
}

/// A notification type whose built-in SMS, in the language of the business, takes more
/// parts than the settings allow for the sample meeting. Nobody wrote these texts, so that
/// nothing is refused for them: who saves such settings is to hear of it.
pub fn built_in_too_long(settings: &Settings) -> Option<NotificationType> {
    let mut kinds = NotificationType::ALL.iter().copied();
    kinds.find(|kind| built_in_sms_fits(*kind, settings).is_err())
}

/// Which texts of a template `after` makes unsendable, in a sentence.
fn outgrown(template: &Template, before: &Settings, after: &Settings) -> Option<String> {
    let flaws = flaws(template, after);
    if flaws.is_empty() {
        return None;
    }
    let known = self::flaws(template, before);
    let is_known = |flaw: &FieldError| known.iter().any(|other| other.pointer == flaw.pointer);
    let new = flaws.iter().filter(|flaw| !is_known(flaw));
    let named: Vec<_> = new
        .map(|flaw| format!("{}: {}", place(template, &flaw.pointer), flaw.detail))
        .collect();
    if named.is_empty() {
        return None;
    }
    let (shown, more) = named.split_at(named.len().min(NAMED));
    let more = match more.len() {
        0 => String::new(),
        more => format!("; and {more} more texts"),
    };
    let name = &template.body().name;
    let shown = shown.join("; ");
    Some(format!(
        "the template “{name}” would not fit: {shown}{more}"
    ))
}

fn flaws(template: &Template, settings: &Settings) -> Vec<FieldError> {
    match check::check(template.body(), settings, FieldErrors::default()) {
        Err(Failure::Invalid(flaws)) => flaws,
        Ok(()) | Err(_) => Vec::new(),
    }
}

/// Where a text stands, for who knows the template by its editor:
/// `/configs/0/translations/de/sms_text` is "ask, SMS text in German".
fn place(template: &Template, pointer: &str) -> String {
    let steps: Vec<_> = pointer.split('/').collect();
    let config = steps.get(2).and_then(|number| number.parse().ok());
    let config = config.and_then(|number: usize| template.body().configs.get(number));
    let config = config.map_or("", |config| config.id.as_str());
    let text = match steps.last().copied().unwrap_or_default() {
        "sms_text" => "SMS text".to_owned(),
        other if steps.contains(&"auto_replies") => format!("reply to {other}"),
        other => other.replace('_', " "),
    };
    let translated = steps.iter().position(|step| *step == "translations");
    let code = translated.and_then(|at| steps.get(at + 1));
    let language = Language::ALL
        .iter()
        .copied()
        .find(|language| code.is_some_and(|code| *code == language.code()));
    match language {
        Some(language) => format!("{config}, {text} in {}", language.name()),
        None => format!("{config}, {text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::TemplateId,
        sample,
        settings::SmsSettings,
        template::{AutoReplies, NotificationConfig, TemplateBody, Translation},
    };

    fn template(id: &str, config: NotificationConfig) -> Template {
        let body = TemplateBody {
            configs: vec![config],
            ..sample::template_body(&format!("The {id}"))
        };
        Template::from_store(TemplateId::parse(id).unwrap(), 1, body)
    }

    fn ask() -> NotificationConfig {
        sample::config("ask", NotificationType::Confirmation)
    }

    fn sms(id: &str, text: &str) -> Template {
        template(
            id,
            NotificationConfig {
                sms_text: Some(text.to_owned()),
                ..ask()
            },
        )
    }

    fn with(change: impl FnOnce(&mut SmsSettings)) -> Settings {
        let mut settings = Settings::default();
        change(&mut settings.sms);
        settings
    }

    fn refusal(templates: &[Template], before: &Settings, after: &Settings) -> Vec<String> {
        match refuse_outgrown(templates, before, after) {
            Ok(()) => Vec::new(),
            Err(Failure::Invalid(errors)) => errors
                .into_iter()
                .map(|error| format!("{} {}", error.pointer, error.detail))
                .collect(),
            Err(other) => panic!("{other:?}"),
        }
    }

    /// The longest text with this end that fits.
    fn longest(end: &str, settings: &Settings) -> String {
        let texts = (1..600).rev().map(|length| "x".repeat(length) + end);
        let mut texts = texts.filter(|text| flaws(&sms("t", text), settings).is_empty());
        texts.next().expect("a short one fits")
    }

    #[test]
    fn each_setting_that_a_text_depends_on_is_held_against_it() {
        let before = with(|sms| (sms.max_segments, sms.short_links) = (3, true));
        let long = sms("long", &"x".repeat(200));
        let curly = sms("curly", &format!("{}’", "x".repeat(100)));
        let templates = [long, curly];
        assert_eq!(refusal(&templates, &before, &before), Vec::<String>::new());
        let fewer = with(|sms| (sms.max_segments, sms.short_links) = (2, true));
        let refused = refusal(&templates, &before, &fewer);
        assert_eq!(
            refused,
            [
                "/sms_max_segments the template “The long” would not fit: ask, SMS text: the SMS takes 3 parts; the settings allow 2"
            ]
        );
        let as_written =
            with(|sms| (sms.max_segments, sms.short_links, sms.transliterate) = (3, true, false));
        let refused = refusal(&templates, &before, &as_written);
        assert!(
            refused[0].starts_with("/sms_transliterate the template “The curly”"),
            "{refused:?}"
        );
        let long_links = with(|sms| sms.max_segments = 3);
        let longest = sms("longest", &longest("", &before));
        let refused = refusal(&[longest], &before, &long_links);
        assert!(
            refused[0].starts_with("/sms_short_links the template “The longest”"),
            "{refused:?}"
        );
    }

    #[test]
    fn texts_are_read_in_the_language_that_the_business_takes() {
        let before = Settings::default();
        let after = Settings {
            locale: Language::German.into(),
            ..Settings::default()
        };
        let text = longest("{{ meeting.when }}", &before);
        let refused = refusal(&[sms("t", &text)], &before, &after);
        assert!(
            refused[0].starts_with("/language the template “The t”"),
            "{refused:?}"
        );
    }

    #[test]
    fn what_could_not_be_sent_before_is_no_reason_and_many_are_counted() {
        let fewer = with(|sms| sms.max_segments = 3);
        let broken = sms("broken", "{{ nonsense }}");
        let before = Settings::default();
        assert_eq!(refusal(&[broken], &before, &fewer), Vec::<String>::new());
        let text = "x".repeat(400);
        let many: Vec<_> = (0..8).map(|i| sms(&format!("t{i}"), &text)).collect();
        let refused = refusal(&many, &before, &fewer);
        assert_eq!(refused.len(), NAMED + 1);
        assert_eq!(
            refused[NAMED],
            "/sms_max_segments 3 more templates would not fit"
        );
    }

    #[test]
    fn built_in_texts_that_do_not_fit_are_found() {
        assert_eq!(built_in_too_long(&Settings::default()), None);
        let one = with(|sms| sms.max_segments = 1);
        assert!(built_in_too_long(&one).is_some());
        assert!(refusal(&[], &Settings::default(), &one).is_empty());
        let short = with(|sms| (sms.max_segments, sms.short_links) = (1, true));
        assert_eq!(built_in_too_long(&short), None);
    }

    #[test]
    fn texts_of_translations_are_named() {
        let long = || Some("x".repeat(400));
        let german = Translation {
            sms_text: long(),
            auto_replies: AutoReplies {
                accept: long(),
                ..AutoReplies::default()
            },
            ..Translation::default()
        };
        let config = NotificationConfig {
            translations: [(Language::German, german)].into(),
            ..ask()
        };
        let three = with(|sms| sms.max_segments = 3);
        let [refused] = &refusal(&[template("t", config)], &Settings::default(), &three)[..] else {
            panic!("one template")
        };
        assert!(
            refused.contains("ask, SMS text in German: the SMS takes 4 parts"),
            "{refused}"
        );
        assert!(
            refused.contains("ask, reply to accept in German"),
            "{refused}"
        );
    }
}
