//! The language that one channel of a message speaks: all of it one language, the
//! texts as well as the dates and the program's own words.

use minijinja::Value;

use super::{
    Facts, Part, Scene, built_in,
    facts::{Reader, facts_for, when_and_where},
    variables::Variables,
    words::Words,
};
use crate::{language::Language, meeting::Announced, template::ConfigText};

/// One channel's language, and the meeting in it.
pub(super) struct Voice {
    /// The meeting's strings.
    pub(super) facts: Facts,
    /// What customers were told before of when and where; `None` unless it differs.
    pub(super) before: Option<Facts>,
    /// The program's own words.
    pub(super) words: &'static Words,
}

impl Voice {
    /// How an email is written.
    pub(super) fn of_email(scene: &Scene<'_>) -> Self {
        Self::saying(
            scene,
            &[Part::Subject, Part::EmailBody].map(ConfigText::Part),
        )
    }

    /// How an SMS is written.
    pub(super) fn of_sms(scene: &Scene<'_>) -> Self {
        Self::saying(scene, &[ConfigText::Part(Part::Sms)])
    }

    /// How these texts of the config are written: in the reader's language if they are
    /// all there in it, else in the business's.
    pub(super) fn saying(scene: &Scene<'_>, texts: &[ConfigText]) -> Self {
        let Scene {
            meeting,
            attendee,
            template,
            settings,
            status,
            ..
        } = *scene;
        let theirs = attendee.locale(settings);
        let speaks = |text: &ConfigText| {
            let base = settings.locale.language();
            scene.config.speaks(*text, theirs.language(), base)
        };
        let locale = if texts.iter().all(speaks) {
            &theirs
        } else {
            &settings.locale
        };
        let reader = Reader::Attendee(attendee, locale);
        let announced = meeting.announced.as_ref();
        let differs = |announced: &&Announced| announced.details != meeting.details;
        Self {
            facts: facts_for(reader, meeting, template, settings, status),
            before: announced
                .filter(differs)
                .map(|announced| when_and_where(&announced.details, reader, template)),
            words: Words::of(locale.language()),
        }
    }

    /// The language.
    pub(super) fn language(&self) -> Language {
        self.facts.locale.language()
    }

    /// The text of a part: the config's own, else the built-in one.
    pub(super) fn source<'a>(&self, scene: &Scene<'a>, part: Part) -> &'a str {
        let (config, base) = (scene.config, scene.settings.locale.language());
        config
            .text(ConfigText::Part(part), self.language(), base)
            .unwrap_or_else(|| built_in::text(config.kind, part, self.language()))
    }

    /// What texts may name, with this landing link.
    pub(super) fn values(&self, scene: &Scene<'_>, landing: String) -> Value {
        self.variables(scene).with_link(landing)
    }

    /// What texts may name, but for the link.
    pub(super) fn variables(&self, scene: &Scene<'_>) -> Variables {
        Variables::of(scene.attendee, &self.facts, self.before.as_ref())
    }
}
