//! What all AWS clients share: region and credentials from the Lambda
//! environment, and defaults that change only when someone changes this line.

use aws_config::{BehaviorVersion, SdkConfig};

/// The SDK's configuration, loaded from the environment. Timeouts and retries
/// are each client's own: what may be repeated differs by service.
pub async fn sdk_config() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::v2026_01_12())
        .load()
        .await
}
