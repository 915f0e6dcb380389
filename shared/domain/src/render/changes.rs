//! What has changed since a customer was told, in words. Words are held against words,
//! not fields against fields: what reads the same has not changed for its reader, and
//! "was" stands only where the two differ.

use super::{
    MessageFields,
    fields::when_and_where,
    reader::Reader,
    sentence::{ended, settled},
    words::Words,
};
use crate::{
    meeting::{Attendee, Meeting},
    settings::Settings,
    template::Template,
};

/// A meeting's strings, now and as the attendee was last told.
pub(super) struct Told {
    /// Now.
    pub(super) now: MessageFields,
    /// Before; `None` unless a significant field differs.
    pub(super) before: Option<MessageFields>,
}

impl Told {
    /// Of a meeting whose strings are `now` for this reader.
    pub(super) fn of(
        mut now: MessageFields,
        meeting: &Meeting,
        attendee: &Attendee,
        reader: Reader<'_>,
        template: Option<&Template>,
        settings: &Settings,
    ) -> Self {
        let known = meeting.details_known_to(attendee);
        let before = known
            .filter(|known| **known != meeting.details)
            .map(|known| when_and_where(known, reader, template, settings));
        let before = before.map(|mut before| {
            tell_apart(&mut now, &mut before);
            before
        });
        Self { now, before }
    }

    /// What has changed, in sentences; empty when nothing reads otherwise.
    pub(super) fn changes(&self) -> String {
        self.sentences(ToOwned::to_owned)
    }

    /// The same, with every value put through `shorten`.
    pub(super) fn sentences(&self, shorten: impl Fn(&str) -> String) -> String {
        let Some(before) = &self.before else {
            return String::new();
        };
        let now = &self.now;
        let say = &Words::of(now.locale.language()).changes;
        let value = |text: &str| ended(&shorten(text));
        let differ = |both: fn(&str, &str) -> String, now: &str, before: &str| {
            (now != before).then(|| both(&value(now), &value(before)))
        };
        let place = match (now.location.as_str(), before.location.as_str()) {
            ("", "") => None,
            (now, "") => Some((say.place_set)(&value(now))),
            ("", before) => Some((say.place_gone)(&value(before))),
            (now, before) => differ(say.place, now, before),
        };
        let video = match (now.video_url.as_str(), before.video_url.as_str()) {
            (now, before) if now == before => None,
            (_, "") => Some(say.video_set.to_owned()),
            ("", _) => Some(say.video_gone.to_owned()),
            _ => Some(say.video.to_owned()),
        };
        let sentences = [
            differ(say.when, &now.moment, &before.moment),
            differ(say.duration, &now.duration, &before.duration),
            place,
            video,
        ];
        let sentences: Vec<_> = sentences.into_iter().flatten().collect();
        settled(&sentences.join(" "))
    }

    /// What was before, without what reads the same now.
    pub(super) fn what_was_other(&self) -> Option<MessageFields> {
        let (now, mut was) = (&self.now, self.before.clone()?);
        let same_time = was.moment == now.moment;
        let same_length = was.duration == now.duration;
        if same_time && same_length {
            was.end_time.clear();
        }
        if same_time {
            for text in [
                &mut was.date,
                &mut was.short_date,
                &mut was.time,
                &mut was.timezone,
                &mut was.moment,
            ] {
                text.clear();
            }
        }
        for (text, now) in [
            (&mut was.duration, &now.duration),
            (&mut was.location, &now.location),
            (&mut was.map_url, &now.map_url),
            (&mut was.video_url, &now.video_url),
        ] {
            if text == now {
                text.clear();
            }
        }
        Some(was)
    }
}

/// What has changed since `attendee` was told of the meeting, in sentences of their
/// language; empty when nothing has that they would read.
pub fn changes(
    meeting: &Meeting,
    attendee: &Attendee,
    template: Option<&Template>,
    settings: &Settings,
) -> String {
    let locale = attendee.locale(settings);
    let reader = Reader::Attendee(attendee, &locale);
    let now = when_and_where(&meeting.details, reader, template, settings);
    Told::of(now, meeting, attendee, reader, template, settings).changes()
}

/// Has two moments say what tells them apart, and nothing that does not: the zones, where
/// they are others or one of them must be named, and the years, where days and times
/// alone read the same.
fn tell_apart(now: &mut MessageFields, before: &mut MessageFields) {
    // One clock shows the same time twice on the night on which it is put back.
    let twice = now.moment == before.moment;
    let other_zone = now.timezone != before.timezone && (now.zone != before.zone || twice);
    if other_zone || now.named_timezone.is_empty() != before.named_timezone.is_empty() {
        for fields in [&mut *now, &mut *before] {
            fields.named_timezone.clone_from(&fields.timezone);
            fields.moment = fields.moment_on(&fields.short_date);
        }
    }
    if now.moment == before.moment && now.date != before.date {
        for fields in [now, before] {
            fields.short_date.clone_from(&fields.short_date_with_year);
            fields.moment = fields.moment_on(&fields.short_date);
        }
    }
}
