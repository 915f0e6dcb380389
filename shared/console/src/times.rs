//! Times as staff read them, as filters of the console's templates.

use chrono::DateTime;
use chrono_tz::Tz;
use minijinja::Environment;

/// Gives the templates `day`, `clock` and `when`.
pub(crate) fn add_to(environment: &mut Environment<'_>) {
    for (name, format) in [
        ("day", "%a %-d %b %Y"),
        ("clock", "%H:%M"),
        ("when", "%a %-d %b %Y, %H:%M"),
    ] {
        environment.add_filter(name, move |at: &str, zone: Option<&str>| {
            show(at, zone, format)
        });
    }
}

/// A time in RFC 3339 as staff read it: in `zone` (IANA), else as its offset says.
fn show(at: &str, zone: Option<&str>, format: &str) -> String {
    let Ok(instant) = DateTime::parse_from_rfc3339(at) else {
        return at.to_owned();
    };
    match zone.and_then(|zone| zone.parse::<Tz>().ok()) {
        Some(zone) => instant.with_timezone(&zone).format(format).to_string(),
        None => instant.format(format).to_string(),
    }
}
