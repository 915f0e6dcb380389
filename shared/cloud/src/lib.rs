//! One file per AWS service. No decisions are made here.

mod config;
mod mail;
mod sms;
mod store;

pub use aws_config::SdkConfig;
pub use config::{Config, ConfigError};
pub use mail::Mailer;
pub use sms::Texter;
pub use store::Store;

/// The three clients, on one shared SDK configuration.
pub fn connect(sdk: &SdkConfig, config: &Config) -> (Store, Mailer, Texter) {
    (
        Store::new(sdk, config),
        Mailer::new(sdk, config),
        Texter::new(sdk, config),
    )
}
