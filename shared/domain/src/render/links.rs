//! The links a message carries: all of them to the public pages, all of them
//! with the attendee's token.

use url::form_urlencoded;

use crate::{settings::SmsSettings, token::Token, values::answer::Answer};

/// The links of one message on one channel.
#[derive(Debug, Clone)]
pub struct Links {
    base: String,
    token: Token,
}

impl Links {
    /// Links under `public_url`, the deployment's own `https:` address (`http:`
    /// on one machine), opened by `token`.
    pub fn new(public_url: &str, token: &Token) -> Self {
        Self {
            base: public_url.trim_end_matches('/').to_owned(),
            token: token.clone(),
        }
    }

    /// The landing page (L1).
    pub fn landing(&self) -> String {
        format!(
            "{}/meeting/landing?token={}",
            self.base,
            self.token.reveal()
        )
    }

    /// The landing page as an SMS names it: at its short address where the settings
    /// say so, for every character counts there.
    pub fn in_sms(&self, settings: &SmsSettings) -> String {
        if settings.short_links {
            format!("{}/m/{}", self.base, self.token.reveal())
        } else {
            self.landing()
        }
    }

    /// The page that ends reminders by email (RFC 8058).
    pub fn unsubscribe(&self) -> String {
        format!(
            "{}/meeting/unsubscribe?token={}",
            self.base,
            self.token.reveal()
        )
    }

    /// The landing page with an answer preselected; opening it changes nothing (L2).
    pub fn answer(&self, answer: Answer) -> String {
        format!("{}&action={}", self.landing(), answer.as_str())
    }

    /// The calendar file.
    pub fn calendar(&self) -> String {
        format!(
            "{}/meeting/calendar.ics?token={}",
            self.base,
            self.token.reveal()
        )
    }
}

/// `base` with a query. Spaces are written `%20`, for Outlook shows a `+` as it
/// stands.
pub(super) fn address_with(base: &str, query: &[(&str, &str)]) -> String {
    let filled = query.iter().filter(|(_, value)| !value.is_empty());
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(filled)
        .finish();
    format!("{base}?{}", query.replace('+', "%20"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn every_link_carries_the_token() {
        let links = Links::new("https://meet.example.com/", &Token::new([7; 16]));
        assert_eq!(
            links.landing(),
            "https://meet.example.com/meeting/landing?token=BwcHBwcHBwcHBwcHBwcHBw"
        );
        assert_eq!(
            links.answer(Answer::Decline),
            links.landing() + "&action=decline"
        );
        assert_eq!(
            links.in_sms(&SmsSettings {
                short_links: true,
                ..Settings::default().sms
            }),
            "https://meet.example.com/m/BwcHBwcHBwcHBwcHBwcHBw"
        );
        assert_eq!(
            links.calendar(),
            "https://meet.example.com/meeting/calendar.ics?token=BwcHBwcHBwcHBwcHBwcHBw"
        );
    }
}
