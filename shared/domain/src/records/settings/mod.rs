//! What holds for the whole business: who sends, from which number, in which
//! colours.

mod draft;

pub use draft::{MAX_COUNTRIES, MAX_PRICE_USD, SEGMENTS, SettingsDraft};

use std::collections::HashMap;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::{
    contact::{EmailAddress, PhoneNumber, Region},
    language::Locale,
    text::{Address, Name},
    unread::Unread,
    values::segments::Segments,
    web::{Color, HttpsUrl},
};

/// The business's settings. [`Settings::default`] holds until some are saved.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Moves with every save; 0 before the first.
    pub version: u64,
    /// Whether part of them could not be read as they were stored: that part has its
    /// defaults.
    pub damaged: bool,
    /// The business, as customers know it.
    pub business: Business,
    /// The zone staff think in.
    pub timezone: Tz,
    /// What customers read who have named no language of ours; and the language
    /// of the configs' own texts.
    pub locale: Locale,
    /// Who emails come from.
    pub sender: Sender,
    /// How SMS go out.
    pub sms: SmsSettings,
    /// Colours where a config names none.
    pub colors: Colors,
    /// What is stored of it besides.
    pub unread: Unread,
}

/// The business, as customers know it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Business {
    /// Its name; messages do without one when there is none.
    pub name: Option<Name>,
    /// Where customers can write to.
    pub email: Option<EmailAddress>,
    /// Where customers can call.
    pub phone: Option<PhoneNumber>,
    /// Its postal address.
    pub address: Option<Address>,
    /// Its logo, shown in emails.
    pub logo: Option<HttpsUrl>,
}

/// Who emails come from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sender {
    /// The display name in `From`.
    pub name: Option<Name>,
    /// The address in `From`: an SES identity, or under one.
    pub email: Option<EmailAddress>,
    /// The avatar shown in the timeline.
    pub image: Option<HttpsUrl>,
    /// Whether answers by email go to the organizer (`Reply-To`).
    pub reply_to_organizer: bool,
}

/// How SMS go out.
#[derive(Debug, Clone, PartialEq)]
pub struct SmsSettings {
    /// The number SMS come from and replies go to.
    pub origination_number: Option<PhoneNumber>,
    /// 3 to 11 letters and digits shown instead of a number, where the country
    /// allows it (`AWS.SNS.SMS.SenderID`).
    pub sender_id: Option<SenderId>,
    /// The region of numbers written without a country code.
    pub default_region: Region,
    /// Only numbers of these regions are texted; empty means all.
    pub allowed_countries: Vec<Region>,
    /// The most one SMS may cost, all its parts, in US dollars: SNS sends none that
    /// costs more (`AWS.SNS.SMS.MaxPrice`).
    pub max_price_usd: Option<f64>,
    /// The most parts one message may have.
    pub max_segments: u8,
    /// Whether letters that SMS lacks are written with some that it has, where that
    /// makes a message shorter.
    pub transliterate: bool,
    /// Whether links in SMS are short ones, which lead to the same page.
    pub short_links: bool,
    /// Whether Usher sends every SMS that leaves the AWS account in this region: a receipt of
    /// one that it does not know is then of one that it does not know to have gone out.
    pub sole_sender: bool,
    /// Whether no SMS may go out because what is stored of the allowed countries or of
    /// the price cap cannot be read.
    pub held: bool,
    /// What one part costs, in US dollars, by the number's region: for previews.
    pub prices_usd: HashMap<Region, f64>,
}

/// The two colours of an email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colors {
    /// Of the buttons.
    pub button: Color,
    /// Of the date and time box.
    pub calendar: Color,
}

fn yes() -> bool {
    true
}

impl Settings {
    /// The field, as a JSON pointer, of the first setting that decides how long texts
    /// may be or how they are read and is another one than `before`; `None` when each
    /// is the same.
    pub fn reads_texts_otherwise(&self, before: &Self) -> Option<&'static str> {
        let (sms, old) = (&self.sms, &before.sms);
        [
            ("/sms_max_segments", sms.max_segments != old.max_segments),
            ("/sms_transliterate", sms.transliterate != old.transliterate),
            ("/sms_short_links", sms.short_links != old.short_links),
            (
                "/language",
                self.locale.language() != before.locale.language(),
            ),
        ]
        .into_iter()
        .find_map(|(pointer, differs)| differs.then_some(pointer))
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: 0,
            damaged: false,
            unread: Unread::default(),
            business: Business::default(),
            timezone: Tz::UTC,
            locale: Locale::default(),
            sender: Sender::default(),
            sms: SmsSettings {
                origination_number: None,
                sender_id: None,
                default_region: Region::US,
                allowed_countries: Vec::new(),
                max_price_usd: None,
                max_segments: 4,
                transliterate: yes(),
                short_links: false,
                sole_sender: false,
                held: false,
                prices_usd: HashMap::new(),
            },
            colors: Colors {
                button: Color::BUTTON,
                calendar: Color::CALENDAR,
            },
        }
    }
}

impl SmsSettings {
    /// Whether there is anything that SMS could come from. Where there is not, none is sent,
    /// and the account's opt-out list matters to nobody.
    pub fn has_sender(&self) -> bool {
        self.origination_number.is_some() || self.sender_id.is_some()
    }

    /// What an SMS to a number costs, in US dollars, as far as the settings know; to a
    /// hundred-thousandth, as AWS lists its prices. A number that may be of several regions
    /// costs what the dearest of them does.
    pub fn price_usd(&self, to: &PhoneNumber, segments: Segments) -> Option<f64> {
        if self.prices_usd.is_empty() {
            // Nobody asks for a number's region, which loads the numbering plans.
            return None;
        }
        let regions = to.regions();
        let prices = regions
            .iter()
            .filter_map(|region| self.prices_usd.get(region));
        let part = prices.copied().max_by(f64::total_cmp)?;
        let parts = u32::try_from(segments.count).ok()?;
        Some((part * f64::from(parts) * 100_000.0).round() / 100_000.0)
    }
}

impl Settings {
    /// Fills in what the deployment knows where nothing was saved.
    #[must_use]
    pub fn or_deployed(
        mut self,
        sender: Option<EmailAddress>,
        origination_number: Option<PhoneNumber>,
    ) -> Self {
        self.sender.email = self.sender.email.or(sender);
        self.sms.origination_number = self.sms.origination_number.or(origination_number);
        self
    }
}

/// A sender id: 3 to 11 letters and digits, at least one letter (AWS End User
/// Messaging, "Sender IDs").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SenderId(String);

impl SenderId {
    /// Reads a sender id.
    ///
    /// # Errors
    /// A sentence saying the rule.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let ok = (3..=11).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric())
            && text.bytes().any(|b| b.is_ascii_alphabetic());
        if ok {
            Ok(Self(text.to_owned()))
        } else {
            Err("a sender id has 3 to 11 letters and digits, at least one of them a letter")
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl TryFrom<String> for SenderId {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}
impl From<SenderId> for String {
    fn from(id: SenderId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests;
