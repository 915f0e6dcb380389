//! One file per AWS service. No decisions are made here.

mod config;
mod mail;
mod provider;
mod schedule;
mod sdk;
mod sms;
mod store;
pub mod telemetry;

pub use aws_config::SdkConfig;
pub use config::{Config, ConfigError, ScheduleConfig};
pub use mail::{Email, Mailer};
pub use provider::error_code;
pub use schedule::{ScheduleError, Scheduler};
pub use sdk::sdk_config;
pub use sms::{Sms, Texter};
pub use store::{
    AccountList, AlsoRead, AttentionItem, Changes, Continuation, Cursor, FanoutInput, Freshness,
    KeptAttendee, KeyRecord, KeyedRead, KeyedRequest, KeyedWork, KnownNumber, LogQuery, LoggedPart,
    LookedThrough, MeetingRead, Notifications, Page, PageRoom, Readable, SavedMeeting, Store,
    StoreError, SweepItem, SweepSubject, WriteConflict, attendee_writes, has_own_item,
    hold_content, if_readable, note_attendees_written, note_written, read_fanout_input, unpack,
};

/// The four clients, on one shared SDK configuration.
pub fn connect(sdk: &SdkConfig, config: &Config) -> (Store, Mailer, Texter, Scheduler) {
    (
        Store::new(sdk, config),
        Mailer::new(sdk, config),
        Texter::new(sdk, config),
        Scheduler::new(sdk, config),
    )
}
