//! What a form has done, said once: on the page that it leads to, the first time that
//! this page is opened, and not on a reload, by Back or by a bookmark.
//!
//! It travels in a sealed cookie that the page's answer takes away again: it costs no
//! read of the store, needs no script, and nobody else can put words into the page.

use axum::http::{HeaderMap, HeaderValue};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::session::{SessionKey, forget};

/// The cookie.
const SAID: &str = "__Host-usher-said";

/// How long it waits for its page: a browser opens that at once.
const WAITS: TimeDelta = TimeDelta::minutes(2);

/// The most bytes of JSON that one cookie of 4,096 bytes takes, sealed and in base64
/// (RFC 6265 §6.1).
const ROOM: usize = 2_700;

/// How many lines a page shows at most.
const LINES: usize = 12;

/// How something turned out, which is the colour it is said in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// As it was meant.
    Good,
    /// Open, or with something to know.
    Warn,
    /// Not as it was meant.
    Bad,
}

/// One part of what was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaidLine {
    /// How it turned out.
    pub tone: Tone,
    /// That in a word; may be empty.
    pub mark: String,
    /// What happened, and what to do next.
    pub text: String,
    /// A page of the console where that is done.
    pub page: Option<String>,
}

/// What a form has done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// How it turned out over all.
    pub tone: Tone,
    /// That in a sentence.
    pub text: String,
    /// Its parts.
    pub lines: Vec<SaidLine>,
}

/// What is said, and on which page.
#[derive(Serialize, Deserialize)]
struct Note {
    path: String,
    said: Said,
}

impl Said {
    /// Something that was done as it was meant.
    pub fn good(text: impl Into<String>) -> Self {
        Self::new(Tone::Good, text)
    }

    /// Something that was done, or not, in this tone.
    pub fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self {
            tone,
            text: text.into(),
            lines: Vec::new(),
        }
    }

    /// As much of it as a page shows and a cookie holds: the last lines go first, and it
    /// says how many. What must not be lost stands at the beginning.
    fn cut_to_fit(mut self) -> Self {
        let all = std::mem::take(&mut self.lines);
        let fits = |said: &Self| serde_json::to_string(said).is_ok_and(|json| json.len() <= ROOM);
        for kept in (0..=all.len().min(LINES)).rev() {
            self.lines = all.iter().take(kept).cloned().collect();
            if kept < all.len() {
                self.lines.push(SaidLine {
                    tone: self.tone,
                    mark: String::new(),
                    text: format!("And {} more; the log has all of them.", all.len() - kept),
                    page: None,
                });
            }
            if fits(&self) {
                break;
            }
        }
        self
    }
}

/// A `Set-Cookie` that has `said` be said on the page at `path`.
pub(super) fn keep(key: &SessionKey, path: &str, said: Said, now: DateTime<Utc>) -> HeaderValue {
    let note = Note {
        path: path.to_owned(),
        said: said.cut_to_fit(),
    };
    key.seal(SAID, &note, now, WAITS)
}

/// What is to be said on the page at `path`.
pub(super) fn kept(
    key: &SessionKey,
    path: &str,
    headers: &HeaderMap,
    now: DateTime<Utc>,
) -> Option<Said> {
    let note: Note = key.open(SAID, headers, now)?;
    (note.path == path).then_some(note.said)
}

/// A `Set-Cookie` for the page on which it was said.
pub(super) fn spoken() -> HeaderValue {
    forget(SAID)
}

#[cfg(test)]
mod tests {
    use axum::http::header::COOKIE;

    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-24T08:00:00Z".parse().unwrap()
    }

    fn line(text: String) -> SaidLine {
        SaidLine {
            tone: Tone::Bad,
            mark: "Failed".to_owned(),
            text,
            page: Some("/console/notifications/x".to_owned()),
        }
    }

    #[test]
    fn it_is_said_on_its_own_page_for_a_short_while() {
        let key = SessionKey::derive("a secret of more than thirty-two characters").unwrap();
        let set = keep(&key, "/console/meetings/m", Said::good("Saved."), now());
        let cookie = set.to_str().unwrap().split(';').next().unwrap();
        let headers = HeaderMap::from_iter([(COOKIE, cookie.parse().unwrap())]);
        let at = |path: &str, now| kept(&key, path, &headers, now).map(|said| said.text);
        assert_eq!(at("/console/meetings/m", now()).unwrap(), "Saved.");
        assert_eq!(at("/console/meetings/n", now()), None);
        assert_eq!(at("/console/meetings/m", now() + WAITS), None);
    }

    #[test]
    fn however_much_there_is_to_say_it_fits_a_cookie_and_says_what_it_left_out() {
        let key = SessionKey::derive("a secret of more than thirty-two characters").unwrap();
        for lines in [1, 5, 40, 1_000] {
            for length in [1, 300, 5_000] {
                let mut said = Said::good("Sent to some.");
                for _ in 0..lines {
                    said.lines.push(line("ü".repeat(length)));
                }
                let cut = said.clone().cut_to_fit();
                let told = cut.lines.iter().filter(|line| line.page.is_some()).count();
                let left_out = told < lines;
                assert_eq!(
                    cut.lines.last().unwrap().text.starts_with("And "),
                    left_out,
                    "{lines} lines of {length}"
                );
                let cookie = keep(&key, "/console/meetings/m", said, now());
                assert!(cookie.len() < 4_096, "{} bytes", cookie.len());
            }
        }
    }
}
