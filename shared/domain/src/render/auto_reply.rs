//! Automatic replies: the SMS that answers a customer's text. It names what was
//! done and the meeting it was done to (S4), or how things stand.

use super::{
    Facts, Part, Scene, segments,
    sentence::{ended, settled},
    sms::{MAX_BYTES, ask, spelled},
    voice::Voice,
    words::{About, Words},
};
use crate::{
    answer::{Answer, Closed},
    language::Locale,
    settings::SmsSettings,
    template::{Code, ConfigText},
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
    let text = match reply {
        AutoReply::Taken(answer) => own_text(scene, answer),
        AutoReply::Moved(_) | AutoReply::Overtaken(_) | AutoReply::Closed(_) => None,
    };
    text.unwrap_or_else(|| built_in(&Voice::saying(scene, &[]), scene, reply))
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

/// Asks a reader which meeting is meant. `None` when there are too many for one SMS.
pub fn ask_back(reader: &Locale, options: &[Choosable], sms: &SmsSettings) -> Option<String> {
    let words = Words::of(reader.language());
    let option = |each: &Choosable| {
        let about = About {
            title: &quoted(&each.facts.title),
            moment: &ended(&each.facts.moment),
        };
        (words.replies.option)(&each.word, each.answer, &about, each.name.as_deref())
    };
    let options: Vec<_> = options.iter().map(option).collect();
    let text = settled(&(words.replies.which_one)(&options));
    let text = spelled(&text, sms);
    fits(&text, sms).then_some(text)
}

/// What a reader is told where not even the question fits.
pub fn too_many(reader: &Locale, sms: &SmsSettings) -> String {
    spelled(Words::of(reader.language()).replies.too_many, sms)
}

/// The config's own text on an answer.
fn own_text(scene: &Scene<'_>, answer: Answer) -> Option<String> {
    let text = ConfigText::AutoReply(answer);
    let voice = Voice::saying(scene, &[text]);
    let base = scene.settings.locale.language();
    let source = scene.config.text(text, voice.language(), base)?;
    let sms = &scene.settings.sms;
    let link = scene.sms_links.in_sms(sms);
    [None, Some(CLIPPED)].into_iter().find_map(|clip| {
        let text = voice.render(scene, Part::Sms, source, &link, clip).ok()?;
        let text = spelled(text.trim(), sms);
        (!text.is_empty() && fits(&text, sms)).then_some(text)
    })
}

fn fits(text: &str, sms: &SmsSettings) -> bool {
    segments(text).count <= sms.max_segments.into() && text.len() <= MAX_BYTES
}

fn built_in(voice: &Voice, scene: &Scene<'_>, reply: AutoReply<'_>) -> String {
    let sms = &scene.settings.sms;
    let changes = voice.told.sentences(clip);
    let text = saying(voice, reply, &changes, sms);
    if fits(&text, sms) {
        return text;
    }
    saying(voice, reply, "", sms)
}

/// The built-in text that names these changes.
fn saying(voice: &Voice, reply: AutoReply<'_>, changes: &str, sms: &SmsSettings) -> String {
    let (facts, words) = (voice.facts(), voice.words);
    let about = &About {
        title: &quoted(&facts.title),
        moment: &ended(&facts.moment),
    };
    let say = &words.replies;
    let text = match reply {
        AutoReply::Taken(Answer::Accept) if facts.map_url.is_empty() => (say.confirmed)(about),
        AutoReply::Taken(Answer::Accept) => {
            (say.confirmed_at)(about, &ended(&clip(&facts.location)))
        }
        AutoReply::Taken(Answer::Reschedule) => (say.reschedule)(about),
        AutoReply::Taken(Answer::Decline) => (say.declined)(about),
        AutoReply::Moved([]) => (say.moved)(about, changes),
        AutoReply::Moved(codes) => {
            format!("{} {}.", (say.moved)(about, changes), ask(words, codes))
        }
        AutoReply::Overtaken(answer) => (say.overtaken)(about, answer),
        AutoReply::Closed(Closed::Cancelled) => (say.cancelled)(about),
        AutoReply::Closed(Closed::Started) => (say.started)(about),
        AutoReply::Closed(Closed::Archived) => (say.archived)(about),
        AutoReply::Closed(Closed::CutOff) => (say.cut_off)(about),
    };
    let text = match where_to_call(facts, reply) {
        Some(phone) => format!("{text} {}", (say.questions)(phone)),
        None => text,
    };
    spelled(&settled(&text), sms)
}

/// Where to turn to when an answer was not taken and cannot be given again.
fn where_to_call<'a>(facts: &'a Facts, reply: AutoReply<'_>) -> Option<&'a str> {
    let phones = [&facts.organizer.phone, &facts.business.phone];
    let phone = phones.into_iter().find(|phone| !phone.is_empty());
    match reply {
        AutoReply::Closed(_) | AutoReply::Moved([]) => phone.map(String::as_str),
        AutoReply::Moved(_) | AutoReply::Taken(_) | AutoReply::Overtaken(_) => None,
    }
}

/// A title in quotation marks, so that a sentence reads well around whatever it is; in
/// those that SMS has.
fn quoted(title: &str) -> String {
    let inner = title.replace(['"', '“', '”', '„', '«', '»'], "'");
    ended(&format!("\"{}\"", clip(&inner)))
}

fn clip(text: &str) -> String {
    match text.char_indices().nth(CLIPPED) {
        Some((end, _)) => format!("{}...", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
