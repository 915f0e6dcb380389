//! The operations of SES that are stood in for.

use chrono::{DateTime, Utc};
use http::{Method, request};
use percent_encoding::percent_decode_str;

/// What SES is asked to do.
#[derive(Debug)]
pub(crate) enum Operation {
    SendEmail,
    GetEmailIdentity(String),
    DeleteSuppressedDestination(String),
    /// Those that were put there at or after that.
    ListSuppressedDestinations(Option<DateTime<Utc>>),
}

impl Operation {
    /// The operation a request names, if the stand-in has it.
    pub(crate) fn of(parts: &request::Parts) -> Option<Self> {
        let path = parts.uri.path();
        if parts.method == Method::POST && path == "/v2/email/outbound-emails" {
            return Some(Self::SendEmail);
        }
        let named = |before: &str| {
            let name = path.strip_prefix(before)?;
            let name = percent_decode_str(name).decode_utf8_lossy();
            (!name.contains('/')).then(|| name.into_owned())
        };
        if parts.method == Method::GET && path == "/v2/email/suppression/addresses" {
            let since = parts.uri.query().and_then(start_date);
            return Some(Self::ListSuppressedDestinations(since));
        }
        match parts.method {
            Method::GET => named("/v2/email/identities/").map(Self::GetEmailIdentity),
            Method::DELETE => {
                named("/v2/email/suppression/addresses/").map(Self::DeleteSuppressedDestination)
            }
            _ => None,
        }
    }

    /// Its name in the service's model.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::SendEmail => "SendEmail",
            Self::GetEmailIdentity(_) => "GetEmailIdentity",
            Self::DeleteSuppressedDestination(_) => "DeleteSuppressedDestination",
            Self::ListSuppressedDestinations(_) => "ListSuppressedDestinations",
        }
    }
}

/// The instant that a query begins at, if it names one.
fn start_date(query: &str) -> Option<DateTime<Utc>> {
    let date = query
        .split('&')
        .find_map(|field| field.strip_prefix("StartDate="));
    let date = percent_decode_str(date?).decode_utf8_lossy();
    date.parse().ok()
}
