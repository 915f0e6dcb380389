//! The two things of the web that may come from people: a link and a colour.
//! Neither can carry script or leave a style attribute.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An absolute `https:` URL with a host and no credentials, at most 2,000
/// characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HttpsUrl(String);

impl HttpsUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// A sentence saying the rule.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const RULE: &str = "must be an https:// address of at most 2000 characters";
        let url = url::Url::parse(text.trim()).map_err(|_| RULE)?;
        let plain = url.username().is_empty() && url.password().is_none();
        if url.scheme() != "https" || !plain || url.as_str().len() > 2_000 {
            return Err(RULE);
        }
        Ok(Self(url.into()))
    }
}

/// A colour written `#rrggbb`; kept in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Color(std::borrow::Cow<'static, str>);

impl Color {
    /// The buttons' default, readable under white text.
    pub const BUTTON: Self = Self(std::borrow::Cow::Borrowed("#1f5fbf"));
    /// The date and time box's default, readable under white text.
    pub const CALENDAR: Self = Self(std::borrow::Cow::Borrowed("#243b53"));

    /// Reads a colour.
    ///
    /// # Errors
    /// A sentence saying the rule.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let hex = text.trim().strip_prefix('#').unwrap_or_default();
        if hex.len() != 6 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err("must be a colour written #rrggbb");
        }
        Ok(Self(format!("#{}", hex.to_ascii_lowercase()).into()))
    }

    /// Black or white, whichever is easier to read on this colour (WCAG 2.2
    /// relative luminance).
    pub fn readable_text(&self) -> &'static str {
        let channel = |at: usize| {
            let value = u8::from_str_radix(&self.0[at..at + 2], 16).unwrap_or(0);
            let value = f64::from(value) / 255.0;
            if value <= 0.040_45 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        let luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
        // Contrast with white is above contrast with black below this luminance.
        if luminance < 0.179 {
            "#ffffff"
        } else {
            "#000000"
        }
    }
}

macro_rules! plumbing {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl TryFrom<String> for $name {
            type Error = &'static str;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0.into()
            }
        }
    };
}
plumbing!(HttpsUrl);
plumbing!(Color);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_https_is_a_link() {
        for text in [
            "javascript:alert(1)",
            "http://example.com",
            "https://",
            "data:text/html,x",
            "//example.com",
            "https://a:b@example.com",
            "",
        ] {
            assert!(HttpsUrl::parse(text).is_err(), "{text}");
        }
        assert_eq!(
            HttpsUrl::parse("https://example.com/a")
                .unwrap()
                .to_string(),
            "https://example.com/a"
        );
    }

    #[test]
    fn a_colour_cannot_leave_its_attribute() {
        for text in [
            "red",
            "#fff",
            "red;background:url(…)",
            "#12345g",
            "#1234567",
        ] {
            assert!(Color::parse(text).is_err(), "{text}");
        }
        assert_eq!(Color::parse("#FF0000").unwrap().to_string(), "#ff0000");
    }

    #[test]
    fn text_on_a_colour_is_readable() {
        assert_eq!(Color::BUTTON.readable_text(), "#ffffff");
        assert_eq!(Color::parse("#ffee88").unwrap().readable_text(), "#000000");
    }
}
