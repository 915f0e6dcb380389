//! Texts that belong to no meeting: nobody is to miss one.

use axum::{Json, extract::State};
use serde::Serialize;
use usher_domain::reply::InboundView;
use usher_flows::{App, look};
use usher_web::{ApiQuery, Identity, Problem};
use utoipa::ToSchema;

use crate::meetings::{Paging, page_size, place};

/// One page of texts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InboundMessageList {
    /// Newest first.
    inbound_messages: Vec<InboundView>,
    /// Where the list goes on; null at its end.
    next_cursor: Option<String>,
    /// How many entries of this page are stored but cannot be read: 0 as a rule.
    unreadable: usize,
}

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
    let cursor = place(part.cursor.as_deref())?;
    let limit = page_size(part.limit)?;
    let page = look::unmatched_texts(&app, cursor.as_ref(), limit).await?;
    Ok(Json(InboundMessageList {
        inbound_messages: page.rows.iter().map(InboundView::from).collect(),
        unreadable: page.unreadable,
        next_cursor: page.next.map(|cursor| cursor.encode()),
    }))
}
