//! Wires the function once per process. The environment, the clock and chance
//! enter here; everything else is given them.

use chrono::Utc;
use lambda_runtime::{LambdaEvent, service_fn};
use rand::{TryRngCore, rngs::OsRng};
use serde_json::Value;
use usher_flows::{App, Clock, Rng};

#[tokio::main(flavor = "current_thread")]
#[expect(
    clippy::disallowed_methods,
    reason = "a main is where environment and clock enter"
)]
async fn main() -> Result<(), lambda_runtime::Error> {
    // Without chance there are no unguessable tokens, so there is nothing to go on with.
    let random = |bytes: &mut [u8]| OsRng.try_fill_bytes(bytes).expect("the system has chance");
    let (clock, rng) = (Clock::new(Utc::now), Rng::new(random));
    let app = App::wire(|name| std::env::var(name).ok(), clock, rng).await?;
    let handle = |event: LambdaEvent<Value>| track_delivery::handle(&app, event.payload);
    lambda_runtime::run(service_fn(handle)).await
}
