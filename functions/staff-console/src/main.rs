//! Wires the function once per process. The environment, the clock and chance
//! enter here; everything else is given them.

use chrono::Utc;
use rand::{TryRngCore, rngs::OsRng};
use staff_console::SignInConfig;
use usher_flows::{App, Clock, Rng};

#[tokio::main(flavor = "current_thread")]
#[expect(
    clippy::disallowed_methods,
    reason = "a main is where environment and clock enter"
)]
async fn main() -> Result<(), lambda_http::Error> {
    // Without chance there are no unguessable tokens, so there is nothing to go on with.
    let random = |bytes: &mut [u8]| OsRng.try_fill_bytes(bytes).expect("the system has chance");
    let (clock, rng) = (Clock::new(Utc::now), Rng::new(random));
    let variable = |name: &str| std::env::var(name).ok();
    let own = SignInConfig::read(variable);
    let (app, sign_in) = App::wire_with(variable, own, clock, rng).await?;
    lambda_http::run(staff_console::router(app, sign_in)).await
}
