//! What every flow is given: the clients it acts through, and where time and
//! chance come from.

use std::{error::Error, sync::Arc};

use chrono::{DateTime, Utc};
use usher_cloud::{
    Config, ConfigError, Mailer, Scheduler, SdkConfig, Store, Texter, sdk_config, telemetry,
};

/// Everything a function needs, made once per process by its `main` (or by the
/// local stack) and cloned cheaply into each request.
#[derive(Clone)]
pub struct App {
    /// State, in DynamoDB.
    pub(crate) store: Store,
    /// Email, through SES.
    pub(crate) mail: Mailer,
    /// SMS, through SNS.
    pub(crate) sms: Texter,
    /// Schedules, through EventBridge Scheduler.
    pub(crate) schedules: Scheduler,
    /// The function's environment, parsed.
    pub config: Arc<Config>,
    /// The wall clock.
    pub clock: Clock,
    /// The source of unguessable bytes.
    pub(crate) rng: Rng,
}

impl App {
    /// Wires a deployed function: starts its log, reads its environment through
    /// `variable`, and connects its clients.
    ///
    /// # Errors
    /// Everything that is wrong with the environment, at once.
    pub async fn wire(
        variable: impl Fn(&str) -> Option<String>,
        clock: Clock,
        rng: Rng,
    ) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let (app, ()) = Self::wire_with(variable, Ok(()), clock, rng).await?;
        Ok(app)
    }

    /// Wires a deployed function that has read variables of its `own`, too.
    ///
    /// # Errors
    /// Everything that is wrong with the environment, `own` included, at once.
    pub async fn wire_with<T>(
        variable: impl Fn(&str) -> Option<String>,
        own: Result<T, ConfigError>,
        clock: Clock,
        rng: Rng,
    ) -> Result<(Self, T), Box<dyn Error + Send + Sync>> {
        telemetry::init(variable("AWS_LAMBDA_LOG_LEVEL").as_deref())?;
        let endpoint = variable("AWS_ENDPOINT_URL");
        let (config, own) = ConfigError::both(Config::read(variable), own)?;
        let app = Self::connect(&sdk_config(endpoint).await, config, clock, rng);
        Ok((app, own))
    }

    /// A fresh word that nobody can guess: names a form, so that the same one sent
    /// twice is known again.
    pub fn random_id(&self) -> String {
        self.rng.random_id()
    }

    /// Connects the clients to AWS as `sdk` and `config` say.
    pub fn connect(sdk: &SdkConfig, config: Config, clock: Clock, rng: Rng) -> Self {
        let (store, mail, sms, schedules) = usher_cloud::connect(sdk, &config);
        Self {
            store,
            mail,
            sms,
            schedules,
            config: Arc::new(config),
            clock,
            rng,
        }
    }
}

/// Tells the present instant, in UTC.
///
/// A handler asks once per request and hands the value on: nothing below a
/// handler reads a clock.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// A clock that answers with `tell()`.
    pub fn new(tell: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// The present instant.
    pub fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }
}

/// Fills buffers with bytes nobody can guess: the source of link tokens and of
/// the owners that fence writes.
#[derive(Clone)]
pub struct Rng(Arc<Fill>);

/// Fills a buffer.
type Fill = dyn Fn(&mut [u8]) + Send + Sync;

impl Rng {
    /// A source that fills with `fill`; production uses the operating system's
    /// generator.
    pub fn new(fill: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(fill))
    }

    /// `N` fresh bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.0)(&mut bytes);
        bytes
    }
}

impl Rng {
    /// A fresh word of 128 bits in hex: names an owner, a write or an entry.
    pub fn random_id(&self) -> String {
        hex::encode(self.bytes::<16>())
    }
}
