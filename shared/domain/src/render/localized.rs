//! The language that one channel of a message speaks: all of it one language, the
//! texts as well as the dates and the program's own words.

use super::{
    LintError, MessageFields, Part, RenderContext, built_in,
    changes::Told,
    engine,
    fields::facts_for,
    paths,
    reader::Reader,
    variables::{Variables, ZONES},
    words::Words,
};
use crate::{language::Language, template::ConfigText};

/// One channel's language, and the meeting in it.
pub(crate) struct Localized {
    /// The meeting's strings, and those that customers were told before.
    pub(super) told: Told,
    /// The program's own words.
    pub(super) words: &'static Words,
}

impl Localized {
    /// How an email is written.
    pub(crate) fn of_email(render_context: &RenderContext<'_>) -> Self {
        Self::saying(
            render_context,
            &[Part::Subject, Part::EmailBody].map(ConfigText::Part),
        )
    }

    /// How an SMS is written.
    pub(super) fn of_sms(render_context: &RenderContext<'_>) -> Self {
        Self::saying(render_context, &[ConfigText::Part(Part::Sms)])
    }

    /// How these texts of the config are written: in the reader's language if they are
    /// all there in it, else in the business's.
    pub(super) fn saying(render_context: &RenderContext<'_>, texts: &[ConfigText]) -> Self {
        let RenderContext {
            meeting,
            attendee,
            template,
            settings,
            status,
            ..
        } = *render_context;
        let theirs = attendee.locale(settings);
        let speaks = |text: &ConfigText| {
            let base = settings.locale.language();
            render_context.config.speaks(*text, theirs.language(), base)
        };
        let locale = if texts.iter().all(speaks) {
            &theirs
        } else {
            &settings.locale
        };
        let reader = Reader::Attendee(attendee, locale);
        let fields = facts_for(reader, meeting, template, settings, status);
        Self {
            told: Told::of(fields, meeting, attendee, reader, template, settings),
            words: Words::of(locale.language()),
        }
    }

    /// The meeting's strings.
    pub(super) fn fields(&self) -> &MessageFields {
        &self.told.now
    }

    /// The language.
    pub(super) fn language(&self) -> Language {
        self.fields().locale.language()
    }

    /// The text of a part: the config's own, else the built-in one.
    pub(super) fn source<'a>(&self, render_context: &RenderContext<'a>, part: Part) -> &'a str {
        let (config, base) = (
            render_context.config,
            render_context.settings.locale.language(),
        );
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
        render_context: &RenderContext<'_>,
        part: Part,
        source: &str,
        landing: &str,
        clip: Option<usize>,
    ) -> Result<String, LintError> {
        let come_out = |variables: &Variables| {
            engine::render(part, source, &variables.with_link(landing.to_owned()), clip)
        };
        let variables = self.variables(render_context);
        let mut filled = Vec::new();
        for zone in ZONES {
            // What comes out otherwise with another zone fills it in.
            if paths::may_fill(source, zone)
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
            .map(|fields| fields.named_timezone.as_str())
            .filter(|zone| !zone.is_empty() && !self.words.clock.is_empty())
            .fold(text, |text, zone| {
                let clock = self.words.clock;
                text.replace(&format!("{zone} {clock}"), &format!("{clock} {zone}"))
            })
    }

    /// What texts may name, but for the link.
    pub(crate) fn variables(&self, render_context: &RenderContext<'_>) -> Variables {
        Variables::of(render_context.attendee, &self.told)
    }
}
