//! State, in one DynamoDB table.
//!
//! Every read is a `GetItem`, a `BatchGetItem` or a `Query` on a bounded range; what an
//! [index names](listing) is read from the table.
//! Every write is a transaction with a client request token, so that a write
//! whose answer was lost and which the SDK repeats is applied once and succeeds
//! (promise 5). What is conditional on what is said by [`Changes`]. Only [attendees of a
//! crowd](saved_attendees) are written one by one, and [what may be decided anew](alone).

mod account_list;
mod alone;
mod attention;
mod batch;
mod carried;
mod changes;
mod codec;
mod compressed;
mod contacts;
mod cursor;
mod figures;
mod item;
mod key_record;
mod listing;
mod log;
mod meeting_items;
mod meeting_reads;
mod meetings;
mod range;
mod readable;
mod records;
mod rows;
mod saved_attendees;
mod suppressions;
mod sweep_items;
mod text_changes;
mod timeline;
mod transaction;
mod version;

pub use account_list::AccountList;
pub use attention::AttentionItem;
pub use batch::Freshness;
pub use compressed::unpack;
pub use contacts::{KnownNumber, LookedThrough};
pub use cursor::{Cursor, Page};
pub use figures::LoggedPart;
pub use key_record::{Continuation, KeyRecord, KeyedRequest, KeyedWork, SavedMeeting};
pub use log::LogQuery;
pub use meeting_items::{attendee_writes, has_own_item, note_attendees_written, note_written};
pub use meeting_reads::{AlsoRead, KeyedRead, MeetingRead};
pub use range::PageRoom;
pub use readable::{Readable, if_readable};
pub use records::Notifications;
pub use rows::{FanoutInput, hold_content, read_fanout_input};
pub use saved_attendees::KeptAttendee;
pub use sweep_items::{SweepItem, SweepSubject};
pub use transaction::{Changes, WriteConflict};

use std::time::Duration;

use aws_config::{SdkConfig, timeout::TimeoutConfig};
use aws_sdk_dynamodb::Client;
use usher_domain::Failure;

use crate::Config;

/// How long one attempt at a DynamoDB call may take: its calls are answered in
/// milliseconds, and three attempts must fit into an invocation.
const ATTEMPT: Duration = Duration::from_secs(3);

/// The table.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: String,
}

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The table cannot be reached, is overloaded or refused the call.
    #[error("the store cannot be used: {0}")]
    Unavailable(String),
    /// An item cannot be read as what it should be.
    #[error("{item} cannot be read: {why}")]
    Corrupt {
        /// Its key, without what is somebody's.
        item: String,
        /// What is wrong, without its values.
        why: String,
    },
    /// The cursor belongs to a list that asks for something else.
    #[error("the cursor belongs to another list")]
    ForeignCursor,
    /// A condition did not hold; nothing was written.
    #[error("a condition did not hold")]
    WriteConflict(Vec<WriteConflict>),
}

impl Store {
    /// The table that `config` names, over the shared SDK configuration.
    pub fn new(sdk: &SdkConfig, config: &Config) -> Self {
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(ATTEMPT)
            .build();
        let conf = aws_sdk_dynamodb::config::Builder::from(sdk)
            .timeout_config(timeouts)
            .build();
        Self {
            client: Client::from_conf(conf),
            table: config.table.clone(),
        }
    }
}

impl StoreError {
    /// An item that cannot be read or written.
    fn corrupt(item: &item::Item, error: &serde_dynamo::Error) -> Self {
        Self::Corrupt {
            item: item::label(item),
            why: item::what_is_wrong(error),
        }
    }

    /// An item that lacks something or has it wrong.
    fn wrong(item: &item::Item, why: impl Into<String>) -> Self {
        Self::Corrupt {
            item: item::label(item),
            why: why.into(),
        }
    }
}

/// A failed call, for the log: what each layer says of it. Never their `Debug`
/// form, which holds the raw response and so perhaps somebody's address.
fn unavailable(error: impl std::error::Error) -> StoreError {
    let mut causes = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        causes.push(cause.to_string());
        source = cause.source();
    }
    StoreError::Unavailable(causes.join(": "))
}

impl From<StoreError> for Failure {
    /// The one place where a failure of the store leaves its cause in the log.
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::ForeignCursor => Self::BadRequest {
                detail: "The cursor belongs to a list with other filters. Leave it out to start at the beginning."
                    .to_owned(),
            },
            StoreError::Corrupt { .. } => {
                tracing::error!(%error, "an item cannot be read or written");
                Self::Unreadable
            }
            StoreError::Unavailable(_) | StoreError::WriteConflict(_) => {
                tracing::error!(%error, "the store did not do what was asked");
                Self::Unavailable
            }
        }
    }
}
