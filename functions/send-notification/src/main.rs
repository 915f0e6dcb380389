//! Wires the function once per process. The environment, the clock and chance
//! enter here; everything else is given them.

use chrono::Utc;
use rand::{TryRngCore, rngs::OsRng};
use usher_cloud::{Config, sdk_config, telemetry};
use usher_flows::{App, Chance, Clock};

#[tokio::main(flavor = "current_thread")]
#[expect(
    clippy::disallowed_methods,
    reason = "a main is where environment and clock enter"
)]
async fn main() -> Result<(), lambda_http::Error> {
    let environment = |name: &str| std::env::var(name).ok();
    telemetry::init(environment("AWS_LAMBDA_LOG_LEVEL").as_deref())?;
    let config = Config::read(environment)?;
    let chance = Chance::new(|bytes| {
        // Without it there are no unguessable tokens, so there is nothing to go on with.
        OsRng
            .try_fill_bytes(bytes)
            .expect("the operating system has a random source");
    });
    let app = App::connect(&sdk_config().await, config, Clock::new(Utc::now), chance);
    lambda_http::run(send_notification::router(app)).await
}
