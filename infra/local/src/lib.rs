//! Usher on one machine: the deployed handlers, on stand-ins for AWS.
//!
//! A request travels as it does in the cloud: HTTP, an API Gateway v2 payload, the
//! `lambda_http` adapter, the function's own router, the AWS SDK, a socket. Only
//! what is behind the last socket is ours: an embedded DynamoDB, and stand-ins for
//! SES, SNS and EventBridge Scheduler that speak the services' own protocols.
//!
//! What is here must never reach a deployed binary: the local admin identity, the
//! movable clock and the faults exist in this crate alone, which nothing depends on.

mod clock;
mod control;
mod demo;
mod disk;
mod dynamo;
mod endpoint;
mod faults;
mod feedback;
mod firing;
mod functions;
mod gateway;
mod listener;
mod meter;
mod opt_outs;
mod options;
mod outbox;
mod outbox_page;
mod payload;
mod scheduler;
mod server;
mod ses;
mod sns;
mod stack;
mod start;
mod task;
mod template;
mod topic;
mod wire;

pub use clock::{LocalClock, MoveError};
pub use faults::{Effect, Fault, Faults, HeldCall, NotItsEffect, Service};
pub use feedback::{FeedbackEvent, NoSuchMessage};
pub use firing::{DeadLetter, Invocation, Source};
pub use functions::Deployed;
pub use gateway::Caller;
pub use meter::{Capacity, Consumption, Traffic};
pub use options::{DEFAULT_PORT, Options};
pub use outbox::{Channel, Message};
pub use scheduler::ArmedSchedule;
pub use stack::Stack;
pub use topic::{InboundIds, Text};
