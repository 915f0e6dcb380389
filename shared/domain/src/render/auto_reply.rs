//! Automatic replies: the SMS that answers a customer's text. It names what was
//! done and the meeting it was done to (S4), or how things stand.

use super::{
    MessageFields, Part, RenderContext,
    localized::Localized,
    segments,
    sentence::{ended, settled},
    sms::{MAX_BYTES, ask, transliterate},
    words::{About, Words},
};
use crate::{
    language::Locale,
    respond::Closed,
    settings::SmsSettings,
    template::{Code, ConfigText},
    values::answer::Answer,
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
    /// What came is nearly an answer: it is asked again, by these codes.
    NotUnderstood(&'a [Code]),
    /// A later answer stands, which is this.
    Overtaken(Answer),
    /// No answers are taken any more.
    Closed(Closed),
}

/// Writes an automatic reply. The config's own text goes where it has one that fits
/// the settings' limit; the built-in one always does.
pub fn auto_reply(render_context: &RenderContext<'_>, reply: AutoReply<'_>) -> String {
    let text = match reply {
        AutoReply::Taken(answer) => own_text(render_context, answer),
        AutoReply::Moved(_)
        | AutoReply::NotUnderstood(_)
        | AutoReply::Overtaken(_)
        | AutoReply::Closed(_) => None,
    };
    text.unwrap_or_else(|| {
        built_in(
            &Localized::saying(render_context, &[]),
            render_context,
            reply,
        )
    })
}

/// One of the meetings that an answer may be meant for.
#[derive(Debug, Clone)]
pub struct Choosable {
    /// The word that chooses it.
    pub word: String,
    /// What that answers.
    pub answer: Answer,
    /// The meeting, as its attendee reads it.
    pub fields: MessageFields,
    /// Whose meeting it is, where that tells it from another.
    pub name: Option<String>,
}

/// Asks a reader which meeting is meant. `None` when there are too many for one SMS.
pub fn ask_back(reader: &Locale, options: &[Choosable], sms: &SmsSettings) -> Option<String> {
    let words = Words::of(reader.language());
    let option = |each: &Choosable| {
        let about = About {
            title: &quoted(&each.fields.title),
            moment: &ended(&each.fields.moment),
        };
        (words.replies.option)(&each.word, each.answer, &about, each.name.as_deref())
    };
    let options: Vec<_> = options.iter().map(option).collect();
    let text = settled(&(words.replies.which_one)(&options));
    let text = transliterate(&text, sms);
    fits(&text, sms).then_some(text)
}

/// What a reader is told where not even the question fits.
pub fn too_many(reader: &Locale, sms: &SmsSettings) -> String {
    transliterate(Words::of(reader.language()).replies.too_many, sms)
}

/// The config's own text on an answer.
fn own_text(render_context: &RenderContext<'_>, answer: Answer) -> Option<String> {
    let text = ConfigText::AutoReply(answer);
    let localized = Localized::saying(render_context, &[text]);
    let base = render_context.settings.locale.language();
    let source = render_context
        .config
        .text(text, localized.language(), base)?;
    let sms = &render_context.settings.sms;
    let link = render_context.sms_links.in_sms(sms);
    [None, Some(CLIPPED)].into_iter().find_map(|clip| {
        let text = localized
            .render(render_context, Part::Sms, source, &link, clip)
            .ok()?;
        let text = transliterate(text.trim(), sms);
        (!text.is_empty() && fits(&text, sms)).then_some(text)
    })
}

fn fits(text: &str, sms: &SmsSettings) -> bool {
    segments(text).count <= sms.max_segments.into() && text.len() <= MAX_BYTES
}

fn built_in(
    localized: &Localized,
    render_context: &RenderContext<'_>,
    reply: AutoReply<'_>,
) -> String {
    let sms = &render_context.settings.sms;
    let changes = localized.told.sentences(clip);
    let text = saying(localized, reply, &changes, sms);
    if fits(&text, sms) {
        return text;
    }
    saying(localized, reply, "", sms)
}

/// The built-in text that names these changes.
fn saying(localized: &Localized, reply: AutoReply<'_>, changes: &str, sms: &SmsSettings) -> String {
    let (fields, words) = (localized.fields(), localized.words);
    let about = &About {
        title: &quoted(&fields.title),
        moment: &ended(&fields.moment),
    };
    let say = &words.replies;
    let text = match reply {
        AutoReply::Taken(Answer::Accept) if fields.map_url.is_empty() => (say.confirmed)(about),
        AutoReply::Taken(Answer::Accept) => {
            (say.confirmed_at)(about, &ended(&clip(&fields.location)))
        }
        AutoReply::Taken(Answer::Reschedule) => (say.reschedule)(about),
        AutoReply::Taken(Answer::Decline) => (say.declined)(about),
        AutoReply::Moved([]) => (say.moved)(about, changes),
        AutoReply::Moved(codes) => {
            format!("{} {}.", (say.moved)(about, changes), ask(words, codes))
        }
        AutoReply::NotUnderstood(codes) => {
            format!("{} {}.", (say.not_understood)(about), ask(words, codes))
        }
        AutoReply::Overtaken(answer) => (say.overtaken)(about, answer),
        AutoReply::Closed(Closed::Cancelled) => (say.cancelled)(about),
        AutoReply::Closed(Closed::PerhapsCancelled) => (say.perhaps_cancelled)(about),
        AutoReply::Closed(Closed::Started) => (say.started)(about),
        AutoReply::Closed(Closed::Archived) => (say.archived)(about),
        AutoReply::Closed(Closed::CutOff) => (say.cut_off)(about),
    };
    let text = match where_to_call(fields, reply) {
        Some(phone) => format!("{text} {}", (say.questions)(phone)),
        None => text,
    };
    transliterate(&settled(&text), sms)
}

/// Where to turn to when an answer was not taken and cannot be given again.
fn where_to_call<'a>(fields: &'a MessageFields, reply: AutoReply<'_>) -> Option<&'a str> {
    let phones = [&fields.organizer.phone, &fields.business.phone];
    let phone = phones.into_iter().find(|phone| !phone.is_empty());
    match reply {
        AutoReply::Closed(_) | AutoReply::Moved([]) => phone.map(String::as_str),
        AutoReply::Moved(_)
        | AutoReply::NotUnderstood(_)
        | AutoReply::Taken(_)
        | AutoReply::Overtaken(_) => None,
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
