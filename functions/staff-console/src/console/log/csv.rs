//! The log as a file for spreadsheets (RFC 4180).
//!
//! Nobody knows which separator a spreadsheet splits at: Excel takes that of its
//! user's country. So every cell is inert under each of them: nothing that one of
//! [`SEPARATORS`] could make a cell of begins like a formula.

use std::{borrow::Cow, collections::BTreeMap};

use serde::Serialize;
use usher_api::notification::{DeliveryView, NotificationView};
use usher_domain::{id::MeetingId, notification::Notification, text::is_invisible};

/// What tells spreadsheets that a file is UTF-8: the byte order mark, twice, because
/// `lambda_http` decodes a text before it answers with it, which takes one off.
const UTF_8: &str = "\u{feff}\u{feff}";
/// What spreadsheets split a line at; tabs and line breaks stand in no cell.
const SEPARATORS: [char; 3] = [',', ';', '|'];
/// What formulas begin with (OWASP, "CSV Injection"), also in the forms that East
/// Asian input methods write and spreadsheets take for the plain ones.
const FORMULAS: [char; 14] = [
    '=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫', '−', '⁺',
];

const HEADER: [&str; 16] = [
    "created_at",
    "type",
    "status",
    "channel",
    "delivery",
    "reason",
    "provider_message_id",
    "name",
    "email",
    "phone",
    "meeting",
    "meeting_title",
    "meeting_starts_at",
    "answer",
    "answer_reason",
    "id",
];

/// One line per delivery, because that is what arrives or does not; then the notes: what
/// is left out, and that the rows go on elsewhere.
pub(super) fn to_csv(
    rows: &[Notification],
    titles: &BTreeMap<MeetingId, String>,
    notes: &[String],
) -> Result<Vec<u8>, csv::Error> {
    let mut csv = csv::Writer::from_writer(UTF_8.as_bytes().to_vec());
    csv.write_record(HEADER)?;
    for notification in rows {
        let title = titles.get(notification.id.meeting());
        write_row(&mut csv, notification, title)?;
    }
    for note in notes {
        let mut line = [""; HEADER.len()];
        line[0] = note;
        csv.write_record(line)?;
    }
    csv.into_inner().map_err(|error| error.into_error().into())
}

fn write_row(
    csv: &mut csv::Writer<Vec<u8>>,
    notification: &Notification,
    title: Option<&String>,
) -> Result<(), csv::Error> {
    let row = NotificationView::from(notification);
    for delivery in &row.deliveries {
        let title = title.map_or("", String::as_str);
        csv.write_record(cells(&row, delivery, title).map(|cell| inert(&cell)))?;
    }
    Ok(())
}

/// The cells of a delivery's line, in the order of the [`HEADER`].
fn cells<'a>(
    row: &'a NotificationView,
    delivery: &'a DeliveryView,
    title: &'a str,
) -> [Cow<'a, str>; HEADER.len()] {
    let answer = row.answers.last();
    let [name, email, phone] = recipient(row);
    let plain = |text: Option<&'a str>| Cow::Borrowed(text.unwrap_or_default());
    [
        Cow::Borrowed(&*row.created_at),
        Cow::Owned(word(&row.kind)),
        Cow::Borrowed(row.status.0.as_str()),
        Cow::Borrowed(delivery.channel.0.as_str()),
        Cow::Borrowed(delivery.status.0.as_str()),
        plain(delivery.reason.as_deref()),
        plain(delivery.provider_message_id.as_deref()),
        Cow::Borrowed(name),
        Cow::Borrowed(email),
        Cow::Borrowed(phone),
        Cow::Borrowed(&*row.meeting_id),
        Cow::Borrowed(title),
        Cow::Borrowed(&*row.meeting_starts_at),
        plain(answer.map(|answer| answer.answer.0.as_str())),
        plain(answer.and_then(|answer| answer.reason.as_deref())),
        Cow::Borrowed(&*row.id),
    ]
}

/// Name, email and phone of whom a row went to: of a member of staff only the address
/// is known.
fn recipient(row: &NotificationView) -> [&str; 3] {
    match &row.staff_email {
        Some(staff) => ["", staff, ""],
        None => [
            &row.attendee.name,
            row.attendee.email.as_deref().unwrap_or_default(),
            row.attendee.phone.as_deref().unwrap_or_default(),
        ],
    }
}

/// A value as JSON writes it.
fn word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// A cell in one line in which nothing begins like a formula, wherever it is split:
/// an apostrophe stands before what would.
fn inert(cell: &str) -> String {
    let cell: String = cell
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let mut safe = String::with_capacity(cell.len());
    let mut begins = true;
    for (at, c) in cell.char_indices() {
        if begins && begins_like_a_formula(&cell[at..]) {
            safe.push('\'');
        }
        safe.push(c);
        begins = SEPARATORS.contains(&c);
    }
    safe
}

/// Whether the first thing that counts is the sign of a formula. Quotes do not: one
/// that opens a cell is taken off. Nor does what leaves no mark.
fn begins_like_a_formula(text: &str) -> bool {
    let passed_over = |c: &char| c.is_whitespace() || *c == '"' || is_invisible(*c);
    let first = text.chars().find(|c| !passed_over(c));
    first.is_some_and(|c| FORMULAS.contains(&c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The cells of a line, as a reader has them that splits at `separator`.
    fn cells(line: &[u8], separator: u8) -> Vec<String> {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .from_reader(line);
        let records = reader.records().map(Result::unwrap);
        records
            .flat_map(|record| record.iter().map(str::to_owned).collect::<Vec<_>>())
            .collect()
    }

    proptest! {
        #[test]
        fn no_cell_is_a_formula_wherever_the_line_is_split(
            given in prop::collection::vec("[a=+@,;|\"\\-\t\n ＝＋'0]{0,9}", 1..5)
        ) {
            let mut csv = csv::Writer::from_writer(Vec::new());
            csv.write_record(given.iter().map(|cell| inert(cell))).unwrap();
            let line = csv.into_inner().unwrap();
            for separator in [b',', b';', b'\t', b'|'] {
                for cell in cells(&line, separator) {
                    let first = cell.trim_start_matches([' ', '"']).chars().next();
                    let formula = first.is_some_and(|c| "=+-@\t\r＝＋－＠".contains(c));
                    prop_assert!(!formula, "{cell:?} of {:?}", String::from_utf8_lossy(&line));
                }
            }
        }
    }
}
