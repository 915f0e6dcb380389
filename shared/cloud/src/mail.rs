//! sesv2.

use aws_config::SdkConfig;

use crate::Config;

/// Client.
#[derive(Debug, Clone)]
pub struct Mailer {
    client: aws_sdk_sesv2::Client,
}

impl Mailer {
    /// On the shared configuration.
    pub fn new(sdk: &SdkConfig, _config: &Config) -> Self {
        Self { client: aws_sdk_sesv2::Client::new(sdk) }
    }
}
