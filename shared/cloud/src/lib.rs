//! One file per AWS service. No decisions are made here.

mod config;
mod mail;
mod provider;
mod sdk;
mod sms;
mod store;
pub mod telemetry;

pub use aws_config::SdkConfig;
pub use config::{Config, ConfigError, ScheduleConfig};
pub use mail::{Email, Mailer};
pub use sdk::sdk_config;
pub use sms::{Sms, Texter};
pub use store::{Changes, Conflict, Cursor, KeyRecord, LogQuery, Page, Store, StoreError};

/// The three clients, on one shared SDK configuration.
pub fn connect(sdk: &SdkConfig, config: &Config) -> (Store, Mailer, Texter) {
    (
        Store::new(sdk, config),
        Mailer::new(sdk, config),
        Texter::new(sdk, config),
    )
}
