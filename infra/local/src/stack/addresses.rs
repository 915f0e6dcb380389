//! The two addresses that a stack listens at, both on loopback: that of AWS, for the
//! functions, and its own, for everybody else.

use std::sync::Arc;

use anyhow::Context as _;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use tokio::net::TcpListener;
use usher_cloud::SdkConfig;

use super::callers::Callers;
use super::stand_ins::StandIns;
use crate::endpoint::Endpoint;
use crate::listener::{self, Serving};
use crate::server::Server;

/// The address that AWS clients are pointed at, and that the stand-ins answer at.
pub(super) struct Aws {
    pub(super) sdk: SdkConfig,
    pub(super) serving: Serving,
}

impl Aws {
    /// Takes any free port and answers at it.
    pub(super) async fn serve(endpoint: Endpoint) -> anyhow::Result<Self> {
        let listener = listener::bind(0).await?;
        let sdk = sdk_config(&format!("http://{}", listener.local_addr()?));
        let endpoint = Arc::new(endpoint);
        let serving = listener::serve(listener, move |request| {
            let endpoint = endpoint.clone();
            async move { endpoint.answer(request).await }
        });
        Ok(Self { sdk, serving })
    }
}

/// The stack's own address, at which nothing answers yet.
pub(super) struct Front {
    listener: TcpListener,
    port: u16,
    /// Without a trailing slash.
    pub(super) url: String,
}

impl Front {
    /// Takes the port; 0 takes any free one.
    pub(super) async fn bind(port: u16) -> anyhow::Result<Self> {
        let listener = listener::bind(port)
            .await
            .with_context(|| format!("port {port} is taken"))?;
        let port = listener.local_addr()?.port();
        let url = format!("http://127.0.0.1:{port}");
        Ok(Self {
            listener,
            port,
            url,
        })
    }

    /// Answers at it, through the gateway or with the stack's own pages.
    pub(super) fn serve(self, callers: &Callers, stand_ins: &StandIns) -> Serving {
        let server = Server {
            port: self.port,
            gateway: callers.gateway.clone(),
            control: callers.control(&self.url, stand_ins),
        };
        let server = Arc::new(server);
        listener::serve(self.listener, move |request| {
            let server = server.clone();
            async move { server.answer(request).await }
        })
    }
}

fn sdk_config(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("LOCAL", "local", None, None, "usher-local");
    // Plain HTTP: reading the machine's root certificates would take longer than all
    // the rest of a start.
    let http = aws_smithy_http_client::Builder::new().build_http();
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(endpoint)
        .http_client(http)
        .build()
}
