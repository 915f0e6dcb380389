//! Texts that belong to no meeting: nobody is to miss one.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use usher_domain::reply::InboundView;
use usher_flows::{App, look};
use usher_web::{ApiQuery, Identity, Problem};
use utoipa::{IntoParams, ToSchema};

use crate::meetings::{page_size, place};

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

/// Which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Part {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 100; 50 when left out.
    limit: Option<usize>,
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
    params(Part),
    responses(
        (status = 200, description = "One page", body = InboundMessageList),
        (status = "default", description = "Not read", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    _: Identity,
    ApiQuery(part): ApiQuery<Part>,
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
