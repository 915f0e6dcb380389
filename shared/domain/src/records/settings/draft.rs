//! Settings as an administrator writes them.

use std::{
    collections::{BTreeMap, HashMap},
    ops::RangeInclusive,
};

use super::{Business, Colors, Sender, SenderId, Settings, SmsSettings};
use crate::{
    Failure,
    contact::{EmailAddress, PhoneNumber, Region},
    error::FieldErrors,
    language::Locale,
    text::{Address, Name},
    unread::Unread,
    values::local_time,
    web::{Color, HttpsUrl},
};

/// The most countries a list of them may have: more than there are.
pub const MAX_COUNTRIES: usize = 300;
/// The most that one SMS, or one part of it, may be said to cost, in US dollars.
pub const MAX_PRICE_USD: f64 = 100.0;
/// How many parts one SMS may be allowed to have.
pub const SEGMENTS: RangeInclusive<u8> = 1..=10;

/// Settings as they were written. Nothing is trusted yet; what is left out has its default.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SettingsDraft {
    /// The business's name, as customers know it.
    pub business_name: Option<String>,
    /// Where customers can write to.
    pub business_email: Option<String>,
    /// Where customers can call.
    pub business_phone: Option<String>,
    /// The business's postal address.
    pub business_address: Option<String>,
    /// An `https:` URL of the logo.
    pub logo_url: Option<String>,
    /// The IANA zone staff think in; UTC when left out.
    pub timezone: Option<String>,
    /// The language of customers who have named none of `en`, `de`, `es` and `fr`, and
    /// of the templates' own texts: a tag of one of these, like `de` or `en-GB`; `en`
    /// when left out.
    pub language: Option<String>,
    /// The display name emails come from.
    pub sender_name: Option<String>,
    /// The address emails come from: an SES identity, or under one.
    pub sender_email: Option<String>,
    /// An `https:` URL of the sender's avatar.
    pub sender_image_url: Option<String>,
    /// Whether customers' email replies go to the organizer.
    pub reply_to_organizer: bool,
    /// The number SMS come from.
    pub sms_origination_number: Option<String>,
    /// 3 to 11 letters and digits.
    pub sms_sender_id: Option<String>,
    /// The two-letter region of phone numbers without a country code; US when left out.
    pub default_region: Option<String>,
    /// The two-letter regions that may be texted; empty means all.
    pub allowed_countries: Vec<String>,
    /// The most one SMS may cost, all its parts, in US dollars; SNS sends none that
    /// costs more.
    pub sms_max_price_usd: Option<f64>,
    /// What one part costs in US dollars, by two-letter region, as your account's
    /// price list has it: previews then say what an SMS costs.
    pub sms_prices_usd: BTreeMap<String, f64>,
    /// The most parts one SMS may have, 1 to 10; 4 when left out.
    pub sms_max_segments: Option<u8>,
    /// Whether curly quotes, dashes and accents that SMS lacks are written plainly,
    /// where that makes an SMS shorter; true when left out.
    pub sms_transliterate: Option<bool>,
    /// Whether the link in an SMS is short, `/m/…`: 20 characters less.
    pub sms_short_links: bool,
    /// Whether every SMS of the AWS account in this region is Usher's.
    pub sms_sole_sender: bool,
    /// `#rrggbb`, of the buttons.
    pub button_color: Option<String>,
    /// `#rrggbb`, of the date and time box.
    pub calendar_color: Option<String>,
}

impl SettingsDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with every field that cannot be accepted.
    pub fn parse(&self) -> Result<Settings, Failure> {
        let mut errors = FieldErrors::default();
        let defaults = Settings::default();
        let region = self.default_region.as_deref();
        let region = errors.optional("/default_region", region, Region::parse);
        let region = region.unwrap_or(Region::US);
        let business = self.business(region, &mut errors);
        let timezone = self.timezone.as_deref();
        let timezone = errors.optional("/timezone", timezone, local_time::zone);
        let locale = errors.optional("/language", self.language.as_deref(), Locale::parse);
        let settings = Settings {
            unread: Unread::default(),
            version: 0,
            damaged: false,
            business,
            timezone: timezone.unwrap_or(defaults.timezone),
            locale: locale.unwrap_or(defaults.locale),
            sender: self.sender(&mut errors),
            sms: self.sms(region, &defaults.sms, &mut errors),
            colors: self.colors(defaults.colors, &mut errors),
        };
        errors.finish(Some(settings))
    }

    fn business(&self, region: Region, errors: &mut FieldErrors) -> Business {
        let name = self.business_name.as_deref();
        let email = self.business_email.as_deref();
        let phone = self.business_phone.as_deref();
        let address = self.business_address.as_deref();
        let number = |text: &str| PhoneNumber::parse(text, region);
        Business {
            name: errors.optional("/business_name", name, Name::parse),
            email: errors.optional("/business_email", email, EmailAddress::parse),
            phone: errors.optional("/business_phone", phone, number),
            address: errors.optional("/business_address", address, Address::parse),
            logo: errors.optional("/logo_url", self.logo_url.as_deref(), HttpsUrl::parse),
        }
    }

    fn sender(&self, errors: &mut FieldErrors) -> Sender {
        let name = self.sender_name.as_deref();
        let email = self.sender_email.as_deref();
        let image = self.sender_image_url.as_deref();
        Sender {
            name: errors.optional("/sender_name", name, Name::parse),
            email: errors.optional("/sender_email", email, EmailAddress::parse),
            image: errors.optional("/sender_image_url", image, HttpsUrl::parse),
            reply_to_organizer: self.reply_to_organizer,
        }
    }

    fn sms(&self, region: Region, defaults: &SmsSettings, errors: &mut FieldErrors) -> SmsSettings {
        let ours = self.sms_origination_number.as_deref();
        let number = |text: &str| PhoneNumber::parse(text, region);
        let sender_id = self.sms_sender_id.as_deref();
        SmsSettings {
            origination_number: errors.optional("/sms_origination_number", ours, number),
            sender_id: errors.optional("/sms_sender_id", sender_id, SenderId::parse),
            default_region: region,
            allowed_countries: self.countries(errors),
            max_price_usd: self.max_price(errors),
            max_segments: self.max_segments(errors, defaults.max_segments),
            transliterate: self.sms_transliterate.unwrap_or(defaults.transliterate),
            short_links: self.sms_short_links,
            sole_sender: self.sms_sole_sender,
            held: false,
            prices_usd: self.prices(errors),
        }
    }

    fn colors(&self, defaults: Colors, errors: &mut FieldErrors) -> Colors {
        let mut color = |pointer: &str, value: &Option<String>| {
            errors.optional(pointer, value.as_deref(), Color::parse)
        };
        let button = color("/button_color", &self.button_color);
        let calendar = color("/calendar_color", &self.calendar_color);
        Colors {
            button: button.unwrap_or(defaults.button),
            calendar: calendar.unwrap_or(defaults.calendar),
        }
    }

    fn countries(&self, errors: &mut FieldErrors) -> Vec<Region> {
        if self.allowed_countries.len() > MAX_COUNTRIES {
            let detail = format!("at most {MAX_COUNTRIES} are possible; leave it out for all");
            errors.add("/allowed_countries", detail);
            return Vec::new();
        }
        let each = self.allowed_countries.iter().enumerate();
        each.filter_map(|(i, code)| {
            errors.keep(format!("/allowed_countries/{i}"), Region::parse(code))
        })
        .collect()
    }

    fn max_price(&self, errors: &mut FieldErrors) -> Option<f64> {
        let price = self.sms_max_price_usd?;
        if price.is_finite() && price > 0.0 && price <= MAX_PRICE_USD {
            return Some(price);
        }
        errors.add(
            "/sms_max_price_usd",
            "must be more than 0 and at most 100 US dollars",
        );
        None
    }

    fn prices(&self, errors: &mut FieldErrors) -> HashMap<Region, f64> {
        let mut prices = HashMap::new();
        for (code, price) in &self.sms_prices_usd {
            let pointer = format!("/sms_prices_usd/{code}");
            if !(price.is_finite() && (0.0..=MAX_PRICE_USD).contains(price)) {
                errors.add(pointer, "must be 0 to 100 US dollars a part");
            } else if let Some(region) = errors.keep(pointer, Region::parse(code)) {
                prices.insert(region, *price);
            }
        }
        prices
    }

    fn max_segments(&self, errors: &mut FieldErrors, default: u8) -> u8 {
        let cap = self.sms_max_segments.unwrap_or(default);
        if !SEGMENTS.contains(&cap) {
            errors.add("/sms_max_segments", "must be 1 to 10");
        }
        cap
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let draft = SettingsDraft {
            sender_name: Some("Evil\r\nBcc: x@example.com".into()),
            sender_email: Some("a@b".into()),
            button_color: Some("red;background:url(…)".into()),
            logo_url: Some("javascript:alert(1)".into()),
            default_region: Some("XX".into()),
            sms_max_price_usd: Some(f64::NAN),
            sms_max_segments: Some(0),
            timezone: Some("Mars/Olympus".into()),
            language: Some("tlh".into()),
            ..SettingsDraft::default()
        };
        let Err(Failure::Invalid(errors)) = draft.parse() else {
            panic!("must be refused")
        };
        assert_eq!(errors.len(), 9, "{errors:?}");
    }

    #[test]
    fn what_is_left_out_has_its_default() {
        assert_eq!(
            SettingsDraft::default().parse().unwrap(),
            Settings::default()
        );
    }
}
