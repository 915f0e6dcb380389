//! The operations of SES that are stood in for.

use http::{Method, request};
use percent_encoding::percent_decode_str;

/// What SES is asked to do.
#[derive(Debug)]
pub(crate) enum Operation {
    SendEmail,
    GetEmailIdentity(String),
}

impl Operation {
    /// The operation a request names, if the stand-in has it.
    pub(crate) fn of(parts: &request::Parts) -> Option<Self> {
        let path = parts.uri.path();
        if parts.method == Method::POST && path == "/v2/email/outbound-emails" {
            return Some(Self::SendEmail);
        }
        let identity = path.strip_prefix("/v2/email/identities/")?;
        (parts.method == Method::GET && !identity.contains('/')).then(|| {
            Self::GetEmailIdentity(
                percent_decode_str(identity)
                    .decode_utf8_lossy()
                    .into_owned(),
            )
        })
    }

    /// Its name in the service's model.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::SendEmail => "SendEmail",
            Self::GetEmailIdentity(_) => "GetEmailIdentity",
        }
    }
}
