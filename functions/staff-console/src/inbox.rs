//! Texts that belong to no meeting: nobody is to miss one.

use axum::{Json, extract::State};
use usher_api::{
    attention::Dismissal,
    inbound::{InboundMessageList, InboundView},
    query::Paging,
};
use usher_flows::{App, attention, queries};
use usher_web::{ApiJson, ApiPath, ApiQuery, Identity, NoQuery, Problem};

use crate::paging::{cursor, page_size};

/// List texts that belong to no meeting
///
/// SMS from numbers that Usher has never written to, and from senders that are no
/// number. All others stand in the
/// timeline of their meeting.
#[utoipa::path(
    get,
    path = "/v1/inbound-messages",
    operation_id = "list_inbound_messages",
    tag = "Notifications",
    params(Paging),
    responses(
        (status = 200, description = "One page", body = InboundMessageList),
        (status = "default", description = "Not read", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    _: Identity,
    ApiQuery(part): ApiQuery<Paging>,
) -> Result<Json<InboundMessageList>, Problem> {
    let cursor = cursor(part.cursor.as_deref())?;
    let limit = page_size(part.limit)?;
    let page = queries::unmatched_texts(&app, cursor.as_ref(), limit).await?;
    Ok(Json(InboundMessageList {
        inbound_messages: page.rows.iter().map(InboundView::from).collect(),
        unreadable: page.unreadable,
        next_cursor: page.next.map(|cursor| cursor.encode()),
    }))
}

/// Deal with a text that belongs to no meeting
///
/// Notes that you have dealt with it: it needs attention no more. Again is no error, and
/// changes nothing.
#[utoipa::path(
    post,
    path = "/v1/inbound-messages/{id}/dismiss",
    operation_id = "dismiss_inbound_message",
    tag = "Notifications",
    params(("id" = String, Path, description = "The text's id")),
    request_body = Dismissal,
    responses(
        (status = 200, description = "The text as it is now", body = InboundView),
        (status = "default", description = "Nothing was changed", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn dismiss(
    State(app): State<App>,
    identity: Identity,
    _: NoQuery,
    ApiPath(id): ApiPath<String>,
    ApiJson { value, .. }: ApiJson<Dismissal>,
) -> Result<Json<InboundView>, Problem> {
    let dealt = value.by(&identity.name, app.clock.now())?;
    let text = attention::dismiss_text(&app, &id, &dealt, &identity.actor()).await?;
    Ok(Json(InboundView::from(&text)))
}
