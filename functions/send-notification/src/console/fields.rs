//! What the fields of a meeting's form say: attendees that come and go, and an hour
//! that clocks show twice.

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use serde::Serialize;
use serde_json::{Value, json};
use usher_console::{Fields, Mistake, document, own};
use usher_domain::local_time::{TimeError, instant};

/// The document that was filled in: without the attendee whose Remove was pressed,
/// without rows in which nobody stands, with the one of two hours that was chosen.
pub(super) fn posted(fields: &Fields) -> Value {
    let pressed = own(fields, "_do").unwrap_or_default();
    let dropped = pressed.strip_prefix("drop-attendee:");
    let dropped = dropped.map(|row| format!("attendees.{row}."));
    let kept =
        |(name, _): &&(String, String)| dropped.as_ref().is_none_or(|row| !name.starts_with(row));
    let kept: Fields = fields.iter().filter(kept).cloned().collect();
    let mut v = document(&kept);
    let offset = own(fields, "_offset").unwrap_or_default();
    if let Some(chosen) = twice(&v).into_iter().find(|each| each.ends_with(offset))
        && !offset.is_empty()
    {
        v["starts_at"] = chosen.into();
    }
    if let Some(entries) = v.as_object_mut() {
        let rows = entries.entry("attendees").or_insert(json!([]));
        if let Some(rows) = rows.as_array_mut() {
            rows.retain(somebody);
        }
    }
    v
}

/// Whether anybody stands in the row: what is chosen from a list, and the id that the
/// form keeps, make no attendee.
fn somebody(row: &Value) -> bool {
    ["name", "email", "phone"]
        .into_iter()
        .any(|field| !row[field].is_null())
}

/// The start as its field shows it.
#[derive(Serialize)]
pub(super) struct Start {
    value: String,
    /// Whether a date picker can show it; what it cannot is shown as text, or it would
    /// be lost.
    picker: bool,
    /// The offsets of the hour that comes twice; else none.
    offsets: Vec<Offset>,
}

/// One of two equal hours.
#[derive(Serialize)]
struct Offset {
    value: String,
    label: String,
    chosen: bool,
}

impl Start {
    pub(super) fn of(v: &Value) -> Self {
        let text = v["starts_at"].as_str().unwrap_or_default();
        let twice = twice(v);
        let chosen = twice.iter().any(|each| each == text);
        let shown = if chosen { local(text) } else { text };
        let formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
        let readable = |format| NaiveDateTime::parse_from_str(shown, format).is_ok();
        let which = ["The first", "The second"].into_iter().zip(&twice);
        let offset = |(which, each): (&str, &String)| {
            let offset = each.get(19..).unwrap_or_default();
            Offset {
                value: offset.to_owned(),
                label: format!("{which} (UTC{offset})"),
                chosen: each == text,
            }
        };
        Self {
            picker: shown.is_empty() || formats.into_iter().any(readable),
            value: shown.to_owned(),
            offsets: which.map(offset).collect(),
        }
    }
}

/// The two instants that the start may be, in RFC 3339; none when it is clear.
fn twice(v: &Value) -> Vec<String> {
    match read(v, local) {
        Some(Err(TimeError::Repeated { candidates, .. })) => candidates.into(),
        _ => Vec::new(),
    }
}

/// A time without seconds and offset.
fn local(text: &str) -> &str {
    text.get(..16).unwrap_or(text)
}

/// The start as the domain reads it; none without a zone.
fn read(v: &Value, part: impl Fn(&str) -> &str) -> Option<Result<(), TimeError>> {
    let zone: Tz = v["timezone"].as_str()?.parse().ok()?;
    let text = v["starts_at"].as_str()?;
    Some(instant(part(text), zone).map(|_| ()))
}

/// What is wrong with the start, as people write times.
pub(super) fn in_words(v: &Value, mistake: Mistake) -> Mistake {
    if mistake.field != "starts_at" {
        return mistake;
    }
    let clock = |each: &String| each.get(11..16).unwrap_or_default().to_owned();
    let detail = match read(v, |text| text) {
        Some(Err(TimeError::Repeated { zone, .. })) => format!(
            "comes twice in {zone}, where clocks are set back over it. Choose which of the two is meant"
        ),
        Some(Err(TimeError::Skipped { zone, candidates })) => {
            let [one, other] = candidates.each_ref().map(clock);
            format!(
                "does not exist in {zone}, where clocks skip it. Did you mean {one} or {other}?"
            )
        }
        Some(Err(TimeError::Malformed)) => "is no date and time".to_owned(),
        _ => mistake.detail,
    };
    Mistake { detail, ..mistake }
}
