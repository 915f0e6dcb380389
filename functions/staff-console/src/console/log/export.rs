//! The log as files to download, in parts.

use axum::{
    extract::{RawQuery, State},
    http::{
        HeaderValue,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE, LINK},
    },
    response::{IntoResponse, Response},
};
use url::form_urlencoded;
use usher_api::query::Filters;
use usher_console::{PageError, Staff};
use usher_domain::{Failure, notification::Notification};
use usher_flows::{App, Cursor, Page as LogPage, log};

use super::{
    csv::to_csv,
    filters::{Field, encode, filled, filters},
};
use crate::{console::Console, log::log_query, paging::cursor};

/// How many rows one part of an export has, so that it is read within 30 seconds and
/// stays under the 6 MB of a function's answer; and how many are read at once.
pub(super) const EXPORTED: usize = 5_000;
const READ: usize = 500;
/// How many reads one part of an export takes: a filter that few rows match ends a part
/// early rather than read a whole log within one answer.
const READS: usize = 20;

/// `GET /console/notifications.csv`: the rows of a filter (RFC 4180), newest first, in
/// parts. A part that is not the last says so in its last line, in the `Link` header and
/// in its name.
pub(crate) async fn export(
    State(Console { app, .. }): State<Console>,
    _: Staff,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let mut fields = filled(query.as_deref());
    let number = own_number(&mut fields)?;
    let part = part(&app, &filters(&fields)?).await?;
    let titles = log::titles(&app, &part.rows).await?;
    let next = part.next.as_ref().map(|cursor| Next {
        number: number + 1,
        address: address_of(&app, &fields, cursor, number + 1),
    });
    // The address of the next part stands in the very last line.
    let more = next.as_ref().map(|next| next.note(number));
    let notes: Vec<_> = left_out(part.unreadable).into_iter().chain(more).collect();
    let csv = to_csv(&part.rows, &titles, &notes).map_err(|_| Failure::Internal)?;
    let name = match (number, &next) {
        (1, None) => "notifications.csv".to_owned(),
        _ => format!("notifications-part-{number}.csv"),
    };
    Ok(download(csv, &name, next.as_ref())?)
}

/// The part that comes after one.
struct Next {
    number: u32,
    address: String,
}

impl Next {
    /// What stands in the last line of the part before it.
    fn note(&self, number: u32) -> String {
        let Self {
            number: next,
            address,
        } = self;
        format!("Part {number} ends here and there are more. Part {next}: {address}")
    }
}

fn address_of(app: &App, fields: &[Field], cursor: &Cursor, number: u32) -> String {
    let query = form_urlencoded::Serializer::new(encode(fields))
        .append_pair("cursor", &cursor.encode())
        .append_pair("part", &number.to_string())
        .finish();
    let public_url = &app.config.public_url;
    format!("{public_url}/console/notifications.csv?{query}")
}

fn left_out(unreadable: usize) -> Option<String> {
    match unreadable {
        0 => None,
        1 => Some("1 entry cannot be read and is left out.".to_owned()),
        some => Some(format!("{some} entries cannot be read and are left out.")),
    }
}

/// The answer that a browser saves as a file of this name.
fn download(csv: Vec<u8>, name: &str, next: Option<&Next>) -> Result<Response, Failure> {
    let mut response = csv.into_response();
    let headers = response.headers_mut();
    let value = |text: String| HeaderValue::try_from(text).map_err(|_| Failure::Internal);
    headers.insert(CONTENT_TYPE, value("text/csv; charset=utf-8".to_owned())?);
    let disposition = format!("attachment; filename=\"{name}\"");
    headers.insert(CONTENT_DISPOSITION, value(disposition)?);
    if let Some(Next { address, .. }) = next {
        headers.insert(LINK, value(format!("<{address}>; rel=\"next\""))?);
    }
    Ok(response)
}

/// Which part of an export is asked for, from 1; taken out of the fields, because it is
/// no filter.
fn own_number(fields: &mut Vec<Field>) -> Result<u32, Failure> {
    let given = fields.iter().position(|(name, _)| name == "part");
    let Some(given) = given.map(|at| fields.remove(at).1) else {
        return Ok(1);
    };
    match given.parse() {
        Ok(number @ 1..=1_000_000) => Ok(number),
        _ => Err(Failure::BadRequest {
            detail: "part must be the number of a part.".to_owned(),
        }),
    }
}

async fn part(app: &App, filters: &Filters) -> Result<LogPage<Notification>, Failure> {
    let (query, now) = (log_query(filters, &app.settings().await?)?, app.clock.now());
    let mut rows = Vec::new();
    let mut unreadable = 0;
    let mut next = cursor(filters.cursor.as_deref())?;
    for _ in 0..READS {
        if rows.len() >= EXPORTED {
            break;
        }
        let page = log::page(app, &query, next.as_ref(), READ, now).await?;
        rows.extend(page.rows);
        unreadable += page.unreadable;
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    Ok(LogPage {
        rows,
        next,
        unreadable,
    })
}
