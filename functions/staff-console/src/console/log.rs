//! The Notifications Console: what was sent, to whom, whether it arrived, what came back.

use axum::{
    Form,
    extract::{Query, RawQuery, State},
    http::{
        HeaderValue, Uri,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE, LINK},
    },
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use url::form_urlencoded;
use usher_api::{notification::NotificationView, query::Filters, word};
use usher_console::{PageError, Said, Staff, Styles, framed};
use usher_domain::{
    Failure,
    id::NotificationId,
    notification::{DeliveryStatus, Notification},
};
use usher_flows::{
    App, Page as LogPage, attention, console,
    log::{self, Resolution},
};
use usher_web::ApiPath;

use super::{Console, csv::to_csv, meeting::DismissalForm};
use crate::{log::log_query, paging::cursor};

/// How many rows a page shows.
const SHOWN: usize = 25;
/// How many rows one part of an export has, so that it is read within 30 seconds and
/// stays under the 6 MB of a function's answer; and how many are read at once.
const EXPORTED: usize = 5_000;
const READ: usize = 500;
/// How many reads one part of an export takes: a filter that few rows match ends a part
/// early rather than read a whole log within one answer.
const READS: usize = 20;

/// The filters as the page's form has them.
#[derive(Debug, Default, Serialize)]
struct Given {
    status: String,
    #[serde(rename = "type")]
    kind: String,
    channel: String,
    from: String,
    to: String,
    meeting: String,
    recipient: String,
}

#[derive(Serialize)]
struct Page {
    here: &'static str,
    timezone: String,
    given: Given,
    filtered: bool,
    /// Whether this is not the first part.
    continued: bool,
    problem: Option<String>,
    rows: Vec<NotificationView>,
    unreadable: usize,
    /// The query of the page after this.
    next: Option<String>,
    /// The query of the export, and how many rows a part of it has.
    export: String,
    part_size: usize,
}

#[derive(Serialize)]
struct One {
    here: &'static str,
    timezone: String,
    row: NotificationView,
    html: Option<String>,
    /// What the content is headed by.
    heading: &'static str,
    /// The status of each delivery, in a word.
    marks: Vec<&'static str>,
    doubtful: bool,
    failed: bool,
    /// Why what failed cannot be retried.
    no_retry: Option<String>,
}

/// How staff settle a doubt.
#[derive(Debug, Deserialize)]
pub(crate) struct ResolveForm {
    outcome: word::Found,
    #[serde(default)]
    channel: Option<word::Channel>,
}

/// The fields of a query that were filled in.
fn filled(query: Option<&str>) -> Vec<(String, String)> {
    form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .filter(|(_, value)| !value.trim().is_empty())
        .map(|(name, value)| (name.into_owned(), value.trim().to_owned()))
        .collect()
}

fn encode(fields: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields.iter().filter(|(name, _)| name != "cursor"))
        .finish()
}

fn filters(fields: &[(String, String)]) -> Result<Filters, Failure> {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let unreadable = |_| Failure::BadRequest {
        detail: "One of the filters cannot be read.".to_owned(),
    };
    let uri: Uri = format!("/?{query}")
        .parse()
        .map_err(|_| Failure::BadRequest {
            detail: "One of the filters cannot be read.".to_owned(),
        })?;
    Ok(Query::<Filters>::try_from_uri(&uri).map_err(unreadable)?.0)
}

/// `GET /console/notifications`
pub(crate) async fn page(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let fields = filled(query.as_deref());
    let settings = app.settings().await?;
    let read = async {
        let filters = filters(&fields)?;
        let query = log_query(&filters, &settings)?;
        let cursor = cursor(filters.cursor.as_deref())?;
        log::page(&app, &query, cursor.as_ref(), SHOWN, app.clock.now()).await
    };
    let (rows, unreadable, next, problem) = match read.await {
        Ok(page) => (page.rows, page.unreadable, page.next, None),
        // What was filled in wrong is said beside it, and nothing of it is lost.
        Err(Failure::BadRequest { detail }) => (Vec::new(), 0, None, Some(detail)),
        Err(failure) => return Err(failure.into()),
    };
    let export = encode(&fields);
    let page = Page {
        here: "notifications",
        timezone: settings.timezone.to_string(),
        filtered: fields.iter().any(|(name, _)| name != "cursor"),
        continued: fields.iter().any(|(name, _)| name == "cursor"),
        given: Given::of(&fields),
        problem,
        rows: rows.iter().map(NotificationView::from).collect(),
        unreadable,
        next: next.map(|cursor| {
            let mut query = form_urlencoded::Serializer::new(export.clone());
            query.append_pair("cursor", &cursor.encode()).finish()
        }),
        export,
        part_size: EXPORTED,
    };
    Ok(pages.page("log.html", &staff, page))
}

impl Given {
    fn of(fields: &[(String, String)]) -> Self {
        let value = |name: &str| {
            let found = fields.iter().find(|(given, _)| given == name);
            found.map_or(String::new(), |(_, value)| value.clone())
        };
        Self {
            status: value("status"),
            kind: value("type"),
            channel: value("channel"),
            from: value("from"),
            to: value("to"),
            meeting: value("meeting"),
            recipient: value("recipient"),
        }
    }
}

/// `GET /console/notifications/{id}`
pub(crate) async fn one(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<NotificationId>,
) -> Result<Response, PageError> {
    let seen = console::notification(&app, &id, app.clock.now()).await?;
    let row = NotificationView {
        content: seen.content.map(Into::into),
        ..NotificationView::from(&seen.row)
    };
    let any = |wanted: fn(DeliveryStatus) -> bool| {
        let mut statuses = row.deliveries.iter().map(|each| each.status.0);
        statuses.any(wanted)
    };
    let html = row.content.as_ref().map(|content| framed(&content.html));
    let styles = html.as_deref().map(Styles::of).unwrap_or_default();
    let page = One {
        here: "notifications",
        timezone: seen.settings.timezone.to_string(),
        heading: match () {
            () if any(DeliveryStatus::accepted) => "As it was sent",
            () if any(DeliveryStatus::in_doubt) => "As it may have been sent",
            () => "As it would have been sent",
        },
        marks: row.deliveries.iter().map(|d| d.status.0.label()).collect(),
        doubtful: any(|status| status == DeliveryStatus::Unknown),
        failed: any(|status| status == DeliveryStatus::Failed),
        no_retry: seen.retry.err(),
        html: html.filter(|html| !html.is_empty()),
        row,
    };
    Ok(styles.allow_in(pages.page("notification.html", &staff, page)))
}

/// `POST /console/notifications/{id}/dismiss`
pub(crate) async fn dismiss(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<NotificationId>,
    Form(form): Form<DismissalForm>,
) -> Result<Response, PageError> {
    let dealt = form.dealt(&staff, app.clock.now())?;
    let page = format!("/console/notifications/{id}");
    let said = match attention::dismiss_notification(&app, &id, &dealt, &staff.actor()).await {
        Ok(_) => Said::good("Dealt with."),
        // Somebody or something else has settled it meanwhile.
        Err(Failure::Refused { reason, .. }) => Said::good(reason),
        Err(failure) => return Err(failure.into()),
    };
    Ok(pages.done(form.back(&page), said))
}

/// `POST /console/notifications/{id}/resolve`
pub(crate) async fn resolve(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<NotificationId>,
    Form(ResolveForm { outcome, channel }): Form<ResolveForm>,
) -> Result<Response, PageError> {
    let resolution = Resolution {
        channel: channel.map(|channel| channel.0),
        outcome: outcome.0,
    };
    log::resolve(&app, &id, resolution, &staff.actor(), app.clock.now()).await?;
    let path = format!("/console/notifications/{id}");
    Ok(pages.done(&path, Said::good("Settled.")))
}

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
    let next = part.next.map(|cursor| {
        let query = form_urlencoded::Serializer::new(encode(&fields))
            .append_pair("cursor", &cursor.encode())
            .append_pair("part", &(number + 1).to_string())
            .finish();
        let public_url = &app.config.public_url;
        format!("{public_url}/console/notifications.csv?{query}")
    });
    let more = next.as_ref().map(|address| {
        let next = number + 1;
        format!("Part {number} ends here and there are more. Part {next}: {address}")
    });
    let left_out = match part.unreadable {
        0 => None,
        1 => Some("1 entry cannot be read and is left out.".to_owned()),
        some => Some(format!("{some} entries cannot be read and are left out.")),
    };
    // The address of the next part stands in the very last line.
    let notes: Vec<_> = left_out.into_iter().chain(more).collect();
    let csv = to_csv(&part.rows, &titles, &notes).map_err(|_| Failure::Internal)?;
    let name = match (number, &next) {
        (1, None) => "notifications.csv".to_owned(),
        _ => format!("notifications-part-{number}.csv"),
    };
    let mut response = csv.into_response();
    let headers = response.headers_mut();
    let value = |text: String| HeaderValue::try_from(text).map_err(|_| Failure::Internal);
    headers.insert(CONTENT_TYPE, value("text/csv; charset=utf-8".to_owned())?);
    let disposition = format!("attachment; filename=\"{name}\"");
    headers.insert(CONTENT_DISPOSITION, value(disposition)?);
    if let Some(address) = next {
        headers.insert(LINK, value(format!("<{address}>; rel=\"next\""))?);
    }
    Ok(response)
}

/// Which part of an export is asked for, from 1; taken out of the fields, because it is
/// no filter.
fn own_number(fields: &mut Vec<(String, String)>) -> Result<u32, Failure> {
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
