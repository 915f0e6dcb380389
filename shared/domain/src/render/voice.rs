//! The language that one channel of a message speaks: all of it one language, the
//! texts as well as the dates and the program's own words.

use super::{
    Facts, LintError, Part, Scene, built_in,
    changes::Told,
    engine,
    facts::{Reader, facts_for},
    variables::{Variables, ZONES},
    words::Words,
};
use crate::{language::Language, template::ConfigText};

/// One channel's language, and the meeting in it.
pub(super) struct Voice {
    /// The meeting's strings, and those that customers were told before.
    pub(super) told: Told,
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
        let facts = facts_for(reader, meeting, template, settings, status);
        Self {
            told: Told::of(facts, meeting, reader, template, settings),
            words: Words::of(locale.language()),
        }
    }

    /// The meeting's strings.
    pub(super) fn facts(&self) -> &Facts {
        &self.told.now
    }

    /// The language.
    pub(super) fn language(&self) -> Language {
        self.facts().locale.language()
    }

    /// The text of a part: the config's own, else the built-in one.
    pub(super) fn source<'a>(&self, scene: &Scene<'a>, part: Part) -> &'a str {
        let (config, base) = (scene.config, scene.settings.locale.language());
        config
            .text(ConfigText::Part(part), self.language(), base)
            .unwrap_or_else(|| built_in::text(config.kind, part, self.language()))
    }

    /// A text as it comes out, with this landing link; with `clip`, each value is cut to
    /// that many characters.
    ///
    /// Where a time is not to be told without its zone (G9), it has it behind it, whoever
    /// wrote the text; unless the text fills the zone in itself.
    pub(super) fn render(
        &self,
        scene: &Scene<'_>,
        part: Part,
        source: &str,
        landing: &str,
        clip: Option<usize>,
    ) -> Result<String, LintError> {
        let come_out = |variables: &Variables| {
            engine::render(part, source, &variables.with_link(landing.to_owned()), clip)
        };
        let variables = self.variables(scene);
        let mut filled = Vec::new();
        for zone in ZONES {
            // What comes out otherwise with another zone fills it in.
            if engine::may_fill(source, zone)
                && come_out(&variables.clone().with_zone(zone, "?"))? != come_out(&variables)?
            {
                filled.push(zone);
            }
        }
        let text = come_out(&variables.naming_zones(&self.told, &filled))?;
        Ok(self.zones_behind_the_clock(text))
    }

    /// A zone goes behind the word that goes with a time: `14:00 Uhr MEZ`.
    fn zones_behind_the_clock(&self, text: String) -> String {
        let before = self.told.before.as_ref();
        let zones = [Some(&self.told.now), before].into_iter().flatten();
        zones
            .map(|facts| facts.named_timezone.as_str())
            .filter(|zone| !zone.is_empty() && !self.words.clock.is_empty())
            .fold(text, |text, zone| {
                let clock = self.words.clock;
                text.replace(&format!("{zone} {clock}"), &format!("{clock} {zone}"))
            })
    }

    /// What texts may name, but for the link.
    pub(super) fn variables(&self, scene: &Scene<'_>) -> Variables {
        Variables::of(scene.attendee, &self.told)
    }
}
