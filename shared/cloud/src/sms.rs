//! sns.

use aws_config::SdkConfig;

use crate::Config;

/// Client.
#[derive(Debug, Clone)]
pub struct Texter {
    client: aws_sdk_sns::Client,
}

impl Texter {
    /// On the shared configuration.
    pub fn new(sdk: &SdkConfig, _config: &Config) -> Self {
        Self { client: aws_sdk_sns::Client::new(sdk) }
    }
}
