//! What the HTTP functions share: who is asking, how a request is read, how a
//! failure is answered, and the look and the security headers of pages.
//!
//! Nothing here decides what the business does, reads the environment, or logs
//! a path, a query, an address or a token.

mod conditional;
mod etag;
mod idempotency;
mod identity;
mod json;
mod page;
mod parameters;
mod problem;
mod request_span;
mod security;
#[cfg(test)]
mod testing;

pub use conditional::Conditional;
pub use etag::ETag;
pub use idempotency::IdempotencyKey;
pub use identity::{Admin, Identity, Manager, Role, RolesClaim};
pub use json::{ApiJson, accept};
pub use page::{Pages, STYLESHEET_PATH, asset, asset_url, stylesheet};
pub use parameters::{ApiPath, ApiQuery, NoQuery};
pub use problem::{InvalidField, Problem, ProblemKind};
pub use security::{BODY_LIMIT, Source, api, logged, public_pages, same_origin, source, trouble};
