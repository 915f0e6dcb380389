//! dynamodb.

use aws_config::SdkConfig;

use crate::Config;

/// Client.
#[derive(Debug, Clone)]
pub struct Store {
    client: aws_sdk_dynamodb::Client,
}

impl Store {
    /// On the shared configuration.
    pub fn new(sdk: &SdkConfig, _config: &Config) -> Self {
        Self { client: aws_sdk_dynamodb::Client::new(sdk) }
    }
}
