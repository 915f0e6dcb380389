//! One notification: its page, and what staff say of it.

use axum::{Form, extract::State, response::Response};
use serde::{Deserialize, Serialize};
use usher_api::{notification::NotificationView, word};
use usher_console::{PageError, Said, Staff, Styles, framed};
use usher_domain::{Failure, id::NotificationId, notification::DeliveryStatus};
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
    let seen = console::notification(&app, &id, app.clock.now()).await?;
    let page = One::new(seen);
    let styles = page.html.as_deref().map(Styles::of).unwrap_or_default();
    Ok(styles.allow_in(pages.page("notification.html", &staff, page)))
}

impl One {
    fn new(seen: NotificationPage) -> Self {
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
