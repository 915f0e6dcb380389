//! What a save changed, in words that staff read in the timeline.

use std::fmt::Display;

use crate::{
    local_time::for_staff,
    meeting::{Attendee, Location, Meeting, Organizer},
    template::Template,
    values::{channel::Preference, location::LocationKind},
    web::HttpsUrl,
};

/// The most changes that one sentence names; the others are counted.
const NAMED: usize = 20;
/// The longest value that is quoted, in characters.
const QUOTED: usize = 120;

/// What differs between `before` and `after`, each in a sentence without its full
/// stop; empty when nothing does that staff can edit. `template` is that of `after`.
pub fn changes(before: &Meeting, after: &Meeting, template: Option<&Template>) -> Vec<String> {
    let mut said = Vec::new();
    said.extend(moved(before, after));
    let (was, is) = (&before.details, &after.details);
    if was.duration_minutes != is.duration_minutes {
        said.push(format!(
            "Duration changed from {} to {} minutes",
            was.duration_minutes, is.duration_minutes
        ));
    }
    said.extend(place(&was.location, &is.location));
    said.extend(value(
        "Title",
        Some(&*before.title),
        Some(&*after.title),
        quoted,
    ));
    if before.description != after.description {
        let what = match (before.description.is_empty(), after.description.is_empty()) {
            (true, _) => "added",
            (_, true) => "removed",
            _ => "changed",
        };
        said.push(format!("Description {what}"));
    }
    if before.template_id != after.template_id {
        said.push(match template {
            Some(template) => format!("Template changed to {}", quoted(&template.body().name)),
            None => "Template removed".to_owned(),
        });
    }
    said.extend(organizer(
        before.organizer.as_ref(),
        after.organizer.as_ref(),
    ));
    said.extend(followers(before, after));
    said.extend(attendees(before, after));
    said
}

/// The sentences as one text, which says how many it leaves out.
pub fn in_one_text(changes: &[String]) -> String {
    let named = changes.iter().take(NAMED).map(String::as_str);
    let mut text = named.collect::<Vec<_>>().join(". ");
    let left_out = changes.len().saturating_sub(NAMED);
    if left_out > 0 {
        text.push_str(&format!(
            ". And {left_out} more change{}",
            if left_out == 1 { "" } else { "s" }
        ));
    }
    text
}

fn moved(before: &Meeting, after: &Meeting) -> Option<String> {
    let (was, is) = (&before.details, &after.details);
    if was.starts_at == is.starts_at && was.timezone == is.timezone {
        return None;
    }
    let then = for_staff(was.starts_at, was.timezone);
    let now = for_staff(is.starts_at, is.timezone);
    let (zone, new_zone) = (was.timezone.name(), is.timezone.name());
    Some(if was.timezone == is.timezone {
        format!("Moved from {then} to {now} ({zone})")
    } else if was.starts_at == is.starts_at {
        format!(
            "Time zone changed from {zone} to {new_zone}, for the same moment: it was {then} and is {now} there"
        )
    } else {
        format!("Moved from {then} ({zone}) to {now} ({new_zone})")
    })
}

fn place(was: &Location, is: &Location) -> Vec<String> {
    let Location {
        kind,
        address,
        video_url,
    } = is;
    let video = |url: &Option<HttpsUrl>| url.as_ref().map(ToString::to_string);
    let changed = [
        value(
            "Address",
            was.address.as_deref(),
            address.as_deref(),
            quoted,
        ),
        value(
            "Video call",
            video(&was.video_url).as_deref(),
            video(video_url).as_deref(),
            shortened,
        ),
        value(
            "Whose place it is",
            was.kind.map(whose),
            kind.map(whose),
            str::to_owned,
        ),
    ];
    changed.into_iter().flatten().collect()
}

fn whose(kind: LocationKind) -> &'static str {
    match kind {
        LocationKind::Office => "the office",
        LocationKind::ClientHouse => "the client’s house",
        LocationKind::Jobsite => "the jobsite",
        LocationKind::Other => "elsewhere",
    }
}

fn organizer(was: Option<&Organizer>, is: Option<&Organizer>) -> Vec<String> {
    fn part<T: Display>(
        of: Option<&Organizer>,
        get: impl Fn(&Organizer) -> Option<&T>,
    ) -> Option<String> {
        of.and_then(get).map(ToString::to_string)
    }
    let name = |of| part(of, |each| Some(&each.name));
    let email = |of| part(of, |each| each.email.as_ref());
    let phone = |of| part(of, |each| each.phone.as_ref());
    let changed = [
        ("Organizer", name(was), name(is)),
        ("Organizer’s email", email(was), email(is)),
        ("Organizer’s phone", phone(was), phone(is)),
    ];
    let said = |(what, was, is): (_, Option<String>, Option<String>)| {
        value(what, was.as_deref(), is.as_deref(), shortened)
    };
    changed.into_iter().filter_map(said).collect()
}

fn followers(before: &Meeting, after: &Meeting) -> Vec<String> {
    let gone = before
        .followers
        .iter()
        .filter(|each| !after.followers.contains(each));
    let new = after
        .followers
        .iter()
        .filter(|each| !before.followers.contains(each));
    gone.map(|each| format!("{each} no longer follows"))
        .chain(new.map(|each| format!("{each} follows now")))
        .collect()
}

fn attendees(before: &Meeting, after: &Meeting) -> Vec<String> {
    let mut said = Vec::new();
    for was in &before.attendees {
        match after.attendee(&was.id) {
            Some(is) => said.extend(attendee(was, is)),
            None => said.push(format!(
                "{} was removed from the attendees",
                introduced(was)
            )),
        }
    }
    let new = after
        .attendees
        .iter()
        .filter(|is| before.attendee(&is.id).is_none());
    said.extend(new.map(|is| format!("{} was added to the attendees", introduced(is))));
    if let (Some(was), Some(is)) = (before.lead(), after.lead())
        && was.id != is.id
    {
        said.push(format!("{} is the lead attendee now", is.name));
    }
    said
}

/// An attendee with their contact, by which two of one name are told apart.
fn introduced(attendee: &Attendee) -> String {
    let email = attendee.email.as_ref().map(ToString::to_string);
    let phone = attendee.phone.as_ref().map(ToString::to_string);
    match email.or(phone) {
        Some(contact) => format!("{} ({contact})", attendee.name),
        None => attendee.name.to_string(),
    }
}

fn attendee(was: &Attendee, is: &Attendee) -> Vec<String> {
    let mut said = Vec::new();
    if was.name != is.name {
        said.push(format!("{} is called {} now", was.name, is.name));
    }
    let preference = |of: &Attendee| {
        of.preference.map(|preference| match preference {
            Preference::Email => "email".to_owned(),
            Preference::Sms => "SMS".to_owned(),
            Preference::Both => "both".to_owned(),
        })
    };
    let texts = |of: &Attendee| {
        [
            of.email.as_ref().map(ToString::to_string),
            of.phone.as_ref().map(ToString::to_string),
            preference(of),
            of.language.as_ref().map(|tag| tag.as_str().to_owned()),
            of.timezone.map(|zone| zone.name().to_owned()),
        ]
    };
    let whats = ["email", "phone", "preferred way", "language", "time zone"];
    for ((what, was), now) in whats.into_iter().zip(texts(was)).zip(texts(is)) {
        let what = format!("{}’s {what}", is.name);
        said.extend(value(&what, was.as_deref(), now.as_deref(), shortened));
    }
    said
}

fn value(
    what: &str,
    was: Option<&str>,
    is: Option<&str>,
    shown: impl Fn(&str) -> String,
) -> Option<String> {
    Some(match (was, is) {
        _ if was == is => return None,
        (Some(was), Some(is)) => format!("{what} changed from {} to {}", shown(was), shown(is)),
        (None, Some(is)) => format!("{what} added: {}", shown(is)),
        (Some(was), None) => format!("{what} removed: it was {}", shown(was)),
        (None, None) => return None,
    })
}

fn quoted(text: &str) -> String {
    format!("“{}”", shortened(text))
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= QUOTED {
        return text.to_owned();
    }
    let kept: String = text.chars().take(QUOTED).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests;
