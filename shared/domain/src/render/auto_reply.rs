//! Automatic replies: the SMS that answers a customer's text. It names what was
//! done and the meeting it was done to (S4), or how things stand.

use super::{
    Facts, Part, Scene, facts, language, segments,
    sms::{MAX_BYTES, ask, deed, plain},
    variables::Variables,
};
use crate::{
    answer::{Answer, Closed},
    template::Code,
};

/// How long a value may be where whole ones do not fit, in characters.
const CLIPPED: usize = 40;

/// What an automatic reply says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AutoReply<'a> {
    /// The answer was taken.
    Taken(Answer),
    /// The meeting has changed since the question: it is asked again, by these codes.
    Moved(&'a [Code]),
    /// A later answer stands, which is this.
    Overtaken(Answer),
    /// No answers are taken any more.
    Closed(Closed),
}

/// Writes an automatic reply. The config's own text goes where it has one that fits
/// the settings' limit; the built-in one always does.
pub fn auto_reply(scene: &Scene<'_>, reply: AutoReply<'_>) -> String {
    let own = match reply {
        AutoReply::Taken(answer) => scene.config.reply_codes.auto_reply(answer),
        _ => None,
    };
    own.and_then(|text| own_text(scene, text))
        .unwrap_or_else(|| built_in(&facts_of(scene), reply))
}

/// One of the meetings that an answer may be meant for.
#[derive(Debug, Clone)]
pub struct Choosable {
    /// The word that chooses it.
    pub word: String,
    /// What that answers.
    pub answer: Answer,
    /// The meeting, as its attendee reads it.
    pub facts: Facts,
    /// Whose meeting it is, where that tells it from another.
    pub name: Option<String>,
}

/// Asks which meeting is meant. `None` when there are too many for one SMS of
/// `max_segments` parts.
pub fn ask_back(options: &[Choosable], max_segments: u8) -> Option<String> {
    let option = |each: &Choosable| {
        let whose = each
            .name
            .as_ref()
            .map(|name| format!(" for {name}"))
            .unwrap_or_default();
        let Facts {
            title,
            short_date,
            time,
            ..
        } = &each.facts;
        format!(
            "{} to {} {}{whose} on {short_date} at {time}",
            each.word,
            deed(each.answer),
            clip(title)
        )
    };
    let options: Vec<_> = options.iter().map(option).collect();
    let text = plain(&format!("Which one? Reply {}.", options.join(", or ")));
    fits(&text, max_segments).then_some(text)
}

/// What is said where not even the question fits.
pub fn too_many() -> String {
    "You have several open appointments, and we cannot tell which one you mean. Nothing was changed: please use the link in the message you want to answer.".to_owned()
}

fn facts_of(scene: &Scene<'_>) -> Facts {
    facts(
        scene.meeting,
        scene.attendee,
        scene.template,
        scene.settings,
        scene.status,
    )
}

fn own_text(scene: &Scene<'_>, source: &str) -> Option<String> {
    let values = Variables::of(scene, &facts_of(scene)).with_link(scene.sms_links.landing());
    [None, Some(CLIPPED)].into_iter().find_map(|clip| {
        let text = language::render(Part::Sms, source, &values, clip).ok()?;
        let text = plain(text.trim());
        (!text.is_empty() && fits(&text, scene.settings.sms.max_segments)).then_some(text)
    })
}

fn fits(text: &str, max_segments: u8) -> bool {
    segments(text).count <= max_segments.into() && text.len() <= MAX_BYTES
}

fn built_in(facts: &Facts, reply: AutoReply<'_>) -> String {
    let Facts {
        title,
        short_date,
        time,
        ..
    } = facts;
    let title = clip(title);
    let what = format!("{title} on {short_date} at {time}");
    let text = match reply {
        AutoReply::Taken(Answer::Accept) if facts.map_url.is_empty() => {
            format!("Confirmed: {what}.")
        }
        AutoReply::Taken(Answer::Accept) => {
            let place = clip(&facts.location);
            format!("Confirmed! We'll see you at {place} on {short_date} at {time}.")
        }
        AutoReply::Taken(Answer::Reschedule) => {
            format!(
                "Noted: you need another time than {short_date} at {time} for {title}. We will get back to you."
            )
        }
        AutoReply::Taken(Answer::Decline) => format!("Noted: you declined {what}."),
        AutoReply::Moved(codes) => {
            let again = if codes.is_empty() {
                String::new()
            } else {
                format!(" {}.", ask(codes))
            };
            format!(
                "This has changed: {title} is now on {short_date} at {time}. Your answer was for the old details, so it was not taken.{again}"
            )
        }
        AutoReply::Overtaken(answer) => {
            format!(
                "Your later answer stands for {what}: you {}.",
                answer.past_tense()
            )
        }
        AutoReply::Closed(Closed::Cancelled) => {
            format!("{what} has been cancelled, so your answer was not taken.")
        }
        AutoReply::Closed(Closed::Started) => {
            format!("{what} has already started, so your answer was not taken.")
        }
        AutoReply::Closed(Closed::Archived) => {
            format!("{what} is no longer open for answers, so your answer was not taken.")
        }
        AutoReply::Closed(Closed::CutOff) => {
            format!("{what} starts soon, so answers are closed and yours was not taken.")
        }
    };
    plain(&format!("{text}{}", questions(facts, reply)))
}

/// Where to turn to when an answer was not taken and cannot be given again.
fn questions(facts: &Facts, reply: AutoReply<'_>) -> String {
    let phone = [&facts.organizer.phone, &facts.business.phone];
    let phone = phone.into_iter().find(|phone| !phone.is_empty());
    match (reply, phone) {
        (AutoReply::Closed(_) | AutoReply::Moved([]), Some(phone)) => {
            format!(" Questions? Call {phone}.")
        }
        _ => String::new(),
    }
}

fn clip(text: &str) -> String {
    match text.char_indices().nth(CLIPPED) {
        Some((end, _)) => format!("{}...", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
