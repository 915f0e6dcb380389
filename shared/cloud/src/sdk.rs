//! What all AWS clients share: region and credentials as Lambda gives them, one
//! HTTP client, and defaults that change only when someone changes this file.
//!
//! Nothing else is looked for: what the SDK would ask besides (profiles, instance
//! metadata, roles; variables for FIPS, dual stack, retries and endpoints of single
//! services) a function has none of, and it would be part of each of them.

use aws_config::{
    BehaviorVersion, SdkConfig,
    environment::{EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider},
    meta::region::ProvideRegion as _,
};
use aws_sdk_dynamodb::config::SharedCredentialsProvider;
use aws_smithy_http_client::{
    Builder as HttpClient,
    tls::{Provider, rustls_provider::CryptoMode},
};

/// The SDK's configuration from Lambda's environment. `endpoint` is what
/// `AWS_ENDPOINT_URL` says, which only a stand-in for AWS needs. Timeouts and
/// retries are each client's own: what may be repeated differs by service.
pub async fn sdk_config(endpoint: Option<String>) -> SdkConfig {
    let http = HttpClient::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
    let credentials = EnvironmentVariableCredentialsProvider::new();
    let mut sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(EnvironmentVariableRegionProvider::new().region().await)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(http.build_https());
    sdk.set_endpoint_url(endpoint);
    sdk.build()
}
