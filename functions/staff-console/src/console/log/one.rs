//! One notification: its page, and what staff say of it.

use axum::{Form, extract::State, response::Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use usher_api::{notification::NotificationView, word};
use usher_console::{PageError, Said, Staff, Styles, framed};
use usher_domain::{
    Failure,
    id::NotificationId,
    lease::Lease,
    notification::{Delivery, DeliveryStatus, Notification},
};
use usher_flows::{
    attention,
    console::{self, NotificationPage},
    log::{self, Resolution},
};
use usher_web::ApiPath;

use crate::console::{Console, meeting::DismissalForm};

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
    /// How long each delivery that is in doubt has been that, in words.
    doubts: Vec<Option<String>>,
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

/// `GET /console/notifications/{id}`
pub(crate) async fn one(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<NotificationId>,
) -> Result<Response, PageError> {
    let now = app.clock.now();
    let seen = console::notification(&app, &id, now).await?;
    let page = One::new(seen, now);
    let styles = page.html.as_deref().map(Styles::of).unwrap_or_default();
    Ok(styles.allow_in(pages.page("notification.html", &staff, page)))
}

impl One {
    fn new(seen: NotificationPage, now: DateTime<Utc>) -> Self {
        let row = NotificationView {
            content: seen.content.map(Into::into),
            ..NotificationView::from(&seen.row)
        };
        let any = |wanted: fn(DeliveryStatus) -> bool| {
            let mut statuses = row.deliveries.iter().map(|each| each.status.0);
            statuses.any(wanted)
        };
        let html = row.content.as_ref().map(|content| framed(&content.html));
        Self {
            here: "notifications",
            timezone: seen.settings.timezone.to_string(),
            heading: match () {
                () if any(DeliveryStatus::accepted) => "As it was sent",
                () if any(DeliveryStatus::in_doubt) => "As it may have been sent",
                () => "As it would have been sent",
            },
            marks: row.deliveries.iter().map(|d| d.status.0.label()).collect(),
            doubts: doubts(&seen.row, now),
            doubtful: any(|status| status == DeliveryStatus::Unknown),
            failed: any(|status| {
                matches!(status, DeliveryStatus::Failed | DeliveryStatus::Bounced)
            }),
            no_retry: seen.retry.err(),
            html: html.filter(|html| !html.is_empty()),
            row,
        }
    }
}

/// How long each delivery of a row that is in doubt has been that, in words: since it was last
/// handed to its provider.
fn doubts(row: &Notification, now: DateTime<Utc>) -> Vec<Option<String>> {
    let doubt = |delivery: &Delivery| {
        let since = delivery.lease.as_ref().map_or(delivery.at, Lease::since);
        let doubtful = delivery.status == DeliveryStatus::Unknown;
        doubtful.then(|| lasted(now - since))
    };
    row.deliveries.iter().map(doubt).collect()
}

/// A time that has passed, in the largest unit that there is one of.
fn lasted(time: TimeDelta) -> String {
    let (count, unit) = match time {
        _ if time.num_days() > 0 => (time.num_days(), "day"),
        _ if time.num_hours() > 0 => (time.num_hours(), "hour"),
        _ => (time.num_minutes().max(0), "minute"),
    };
    match count {
        0 => "less than a minute".to_owned(),
        1 => format!("1 {unit}"),
        _ => format!("{count} {unit}s"),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubt_has_an_age() {
        for (time, said) in [
            (TimeDelta::seconds(-5), "less than a minute"),
            (TimeDelta::seconds(59), "less than a minute"),
            (TimeDelta::seconds(60), "1 minute"),
            (TimeDelta::minutes(59), "59 minutes"),
            (TimeDelta::minutes(60), "1 hour"),
            (TimeDelta::hours(49), "2 days"),
        ] {
            assert_eq!(lasted(time), said);
        }
    }
}
