//! What requests to Usher's API say and what its answers show.
//!
//! These types are the contract with programs: strict, bounded and described in OpenAPI.
//! Strictness lives here alone: what the table holds is read tolerantly, by
//! `usher-cloud`, and what decisions work on is `usher-domain`'s. An input turns into a
//! draft that the domain checks; a view is made from a record.

pub mod answer;
pub mod attention;
pub mod figures;
pub mod inbound;
pub mod meeting;
pub mod notification;
pub mod preview;
pub mod query;
pub mod reach;
pub mod reminder;
pub mod send;
pub mod settings;
pub mod strict;
pub mod suppression;
pub mod template;
pub mod timeline;
pub mod word;

pub use word::Word;
