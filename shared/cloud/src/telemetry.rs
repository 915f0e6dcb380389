//! Logs: one JSON object a line on standard output, where Lambda collects them.
//!
//! No line may hold an address, a phone number, a token or message text. So the
//! level asked for goes to our own crates only: below a warning, the SDK and
//! the HTTP client print whole requests. For the same reason a panic is logged
//! by its place, and by its message only when that is fixed text.

use std::{any::Any, io, panic};

use tracing::{Level, Subscriber};
use tracing_subscriber::{
    filter::Targets,
    fmt::MakeWriter,
    layer::SubscriberExt,
    registry::LookupSpan,
    util::{SubscriberInitExt, TryInitError},
};

/// Our crates; a target matches by its beginning, so `usher` covers `usher_*`.
const OURS: [&str; 7] = [
    "usher",
    "landing_page",
    "inbound_sms",
    "reminder_fanout",
    "send_notification",
    "staff_console",
    "track_delivery",
];

/// Starts logging for the process. `level` is what `AWS_LAMBDA_LOG_LEVEL`
/// says, in any case: `trace`, `debug`, `info`, `warn`, `error`, or
/// Lambda's `fatal`, which is `error` here. Anything else, or nothing, is
/// `info`.
///
/// # Errors
/// Logging was started before.
pub fn init(level: Option<&str>) -> Result<(), TryInitError> {
    subscriber(level, io::stdout).try_init()?;
    panic::set_hook(Box::new(|info| {
        let at = info.location().map(ToString::to_string);
        tracing::error!(target: "usher", at, what = fixed_text(info.payload()), "panic");
    }));
    Ok(())
}

fn subscriber<W>(level: Option<&str>, writer: W) -> impl Subscriber + for<'a> LookupSpan<'a>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .with_ansi(false)
        .with_writer(writer);
    tracing_subscriber::registry()
        .with(targets(level))
        .with(lines)
}

fn targets(level: Option<&str>) -> Targets {
    let level = match level.map(str::trim) {
        Some(fatal) if fatal.eq_ignore_ascii_case("fatal") => Level::ERROR,
        other => other
            .and_then(|name| name.parse().ok())
            .unwrap_or(Level::INFO),
    };
    Targets::new()
        .with_default(level.min(Level::WARN))
        // The runtime's span of an invocation, which has the request's id and no payload.
        .with_target("lambda_runtime::layers::trace", level.min(Level::INFO))
        .with_targets(OURS.map(|target| (target, level)))
}

/// A panic's message, unless values were formatted into it.
fn fixed_text(payload: &(dyn Any + Send)) -> Option<&'static str> {
    payload.downcast_ref::<&'static str>().copied()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use rstest::rstest;
    use serde_json::Value;

    use super::*;

    #[rstest]
    #[case(None, Level::INFO)]
    #[case(Some("debug"), Level::DEBUG)]
    #[case(Some("TRACE"), Level::TRACE)]
    #[case(Some("Warn"), Level::WARN)]
    #[case(Some("FATAL"), Level::ERROR)]
    #[case(Some("aws_sdk_sesv2=trace"), Level::INFO)]
    #[case(Some(""), Level::INFO)]
    #[case(Some("off"), Level::INFO)]
    fn the_level_is_ours_and_others_only_warn(#[case] asked: Option<&str>, #[case] ours: Level) {
        let targets = targets(asked);
        for level in [
            Level::TRACE,
            Level::DEBUG,
            Level::INFO,
            Level::WARN,
            Level::ERROR,
        ] {
            assert_eq!(
                targets.would_enable("usher_flows::send", &level),
                level <= ours
            );
            assert_eq!(targets.would_enable("landing_page", &level), level <= ours);
            let foreign = level <= ours.min(Level::WARN);
            assert_eq!(
                targets.would_enable("aws_sdk_sns::operation", &level),
                foreign
            );
        }
    }

    #[test]
    fn every_functions_lines_are_ours() {
        let functions = concat!(env!("CARGO_MANIFEST_DIR"), "/../../functions");
        for function in std::fs::read_dir(functions).unwrap() {
            let name = function.unwrap().file_name().into_string().unwrap();
            assert!(OURS.contains(&name.replace('-', "_").as_str()), "{name}");
        }
    }

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_is_one_json_object() {
        let written = Written::default();
        let writer = written.clone();
        let subscriber = subscriber(Some("info"), move || writer.clone());
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(target: "usher_web", status = 200, "request\n");
            tracing::debug!(target: "usher_web", "too fine");
        });
        let bytes = written.0.lock().unwrap().clone();
        let line: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(line["fields"]["status"], 200);
        assert_eq!(line["level"], "INFO");
    }

    #[test]
    fn a_panic_that_names_values_keeps_them_to_itself() {
        let formatted = format!("no such attendee: {}", "ada@example.com");
        assert_eq!(fixed_text(&formatted), None);
        assert_eq!(fixed_text(&"planted"), Some("planted"));
    }
}
