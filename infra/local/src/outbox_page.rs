//! The outbox and the index as pages. A message is shown as its receiver would see
//! it, in a frame where nothing of it can run or reach the page around it.

use chrono::{DateTime, SecondsFormat, Utc};
use minijinja::{Environment, HtmlEscape, Value, context};

use crate::outbox::{Channel, Message};

const INDEX: &str = include_str!("index.html");

/// The outbox, newest message first.
pub(crate) fn outbox(messages: Vec<Message>) -> Result<String, minijinja::Error> {
    let messages: Vec<Value> = messages.into_iter().rev().map(view).collect();
    let mut pages = Environment::new();
    pages.add_filter("links", links);
    // The name's ending turns HTML escaping on.
    pages.render_named_str(
        "outbox.html",
        include_str!("outbox.html"),
        context! { messages },
    )
}

/// The page at `/` of a stack that is reached at `url`.
pub(crate) fn index(now: DateTime<Utc>, url: &str) -> String {
    INDEX
        .replace("{now}", &now.to_rfc3339_opts(SecondsFormat::Secs, true))
        .replace("{url}", url)
}

fn view(message: Message) -> Value {
    let text = message.text.unwrap_or_default();
    context! {
        id => message.id,
        to => message.to,
        from => message.from,
        subject => message.subject,
        segments => segments(&text),
        text => text,
        attributes => message.attributes,
        email => message.channel == Channel::Email,
        // Links open beside the outbox, not inside the frame.
        framed => message.html.as_ref().map(|html| format!("<base target=\"_blank\">{html}")),
        at => message.at.to_rfc3339_opts(SecondsFormat::Secs, true),
    }
}

/// A text with its links made to be followed, as a phone shows it; all else escaped.
fn links(text: &str) -> Value {
    let word = |word: &str| {
        let link = word.trim_end();
        let escaped = HtmlEscape(link);
        if link.starts_with("https://") || link.starts_with("http://") {
            format!(
                "<a target=\"_blank\" href=\"{escaped}\">{escaped}</a>{}",
                &word[link.len()..]
            )
        } else {
            HtmlEscape(word).to_string()
        }
    };
    Value::from_safe_string(
        text.split_inclusive(char::is_whitespace)
            .map(word)
            .collect(),
    )
}

/// The parts a carrier would split a text into: 160 characters of the GSM 7-bit
/// alphabet or 70 UTF-16 units alone, 153 or 67 in each of several (3GPP TS 23.038
/// and 23.040). Counted here from the accepted text, whatever its sender believed.
fn segments(text: &str) -> usize {
    let (widths, alone, each): (Vec<usize>, _, _) = match text.chars().map(septets).collect() {
        Some(septets) => (septets, 160, 153),
        None => (text.chars().map(char::len_utf16).collect(), 70, 67),
    };
    if widths.iter().sum::<usize>() <= alone {
        return 1;
    }
    // A character is never split between two parts.
    let mut parts = 1;
    let mut used = 0;
    for width in widths {
        if used + width > each {
            parts += 1;
            used = 0;
        }
        used += width;
    }
    parts
}

/// What a character takes in the GSM 7-bit alphabet; `None` if it is not in it.
fn septets(c: char) -> Option<usize> {
    const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
        ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    const EXTENDED: &str = "^{}\\[~]|€\u{c}";
    match c {
        c if BASIC.contains(c) => Some(1),
        c if EXTENDED.contains(c) => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(html: &str) -> Message {
        Message {
            id: "0100-1".into(),
            channel: Channel::Email,
            to: "ann@home.example".into(),
            from: Some("Progrid <n@progrid.example>".into()),
            subject: Some("<script>alert(1)</script>".into()),
            text: Some("Hello".into()),
            html: Some(html.into()),
            raw: Some("Subject: x".into()),
            at: "2026-01-15T14:00:00Z".parse().unwrap(),
            attributes: [("type".to_owned(), "confirmation".to_owned())].into(),
        }
    }

    #[test]
    fn a_mail_stays_inside_its_frame() {
        let page = outbox(vec![message("</iframe><b>\"x\"</b>")]).unwrap();
        assert!(page.contains("&lt;script&gt;"));
        assert!(page.contains("sandbox="));
        assert_eq!(page.matches("</iframe>").count(), 1);
        assert!(!page.contains("<b>\"x\""));
    }

    #[test]
    fn the_newest_message_comes_first_and_a_text_has_its_segments() {
        let text = format!("<b> http://127.0.0.1:1/?t=a&u=\"b {}", "a".repeat(161));
        let sms = Message {
            channel: Channel::Sms,
            html: None,
            raw: None,
            text: Some(text),
            ..message("")
        };
        let page = outbox(vec![message("<p>"), sms]).unwrap();
        assert!(page.find("2 segments").unwrap() < page.find("<iframe").unwrap());
        assert!(
            page.contains("&lt;b&gt; <a target=\"_blank\" href=\"http:&#x2f;&#x2f;127.0.0.1:1")
        );
        assert!(outbox(Vec::new()).unwrap().contains("Nothing"));
    }

    #[test]
    fn segments_are_counted_as_carriers_count() {
        for (text, expected) in [
            ("a".repeat(160), 1),
            ("a".repeat(161), 2),
            ("€".repeat(80), 1),
            ("€".repeat(81), 2),
            ("ж".repeat(70), 1),
            ("ж".repeat(71), 2),
            ("😀".repeat(35), 1),
            ("😀".repeat(67), 3),
        ] {
            assert_eq!(
                segments(&text),
                expected,
                "{} × {}",
                text.chars().count(),
                &text[..4.min(text.len())].escape_unicode()
            );
        }
    }
}
