//! HTTP to API Gateway's payload, format 2.0, and back. It renders what API Gateway
//! renders ("Create AWS Lambda proxy integrations for HTTP APIs"), its losses
//! included: repeated headers are joined, and cookies travel apart.

mod answer;
mod event;

pub(crate) use answer::response;
pub(crate) use event::{Routed, event};
