//! The business's settings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use usher_domain::{
    contact::Region,
    settings::{Settings, SettingsDraft},
};
use utoipa::ToSchema;

/// Settings as an administrator writes and reads them. What is left out when
/// writing has its default; what is read is filled in.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SettingsBody {
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
    /// Whether every SMS that the AWS account sends in this region is Usher's: a receipt of one
    /// that it does not know then settles whether one in doubt went out.
    pub sms_sole_sender: bool,
    /// `#rrggbb`, of the buttons.
    pub button_color: Option<String>,
    /// `#rrggbb`, of the date and time box.
    pub calendar_color: Option<String>,
}

impl From<SettingsBody> for SettingsDraft {
    fn from(body: SettingsBody) -> Self {
        Self {
            business_name: body.business_name,
            business_email: body.business_email,
            business_phone: body.business_phone,
            business_address: body.business_address,
            logo_url: body.logo_url,
            timezone: body.timezone,
            language: body.language,
            sender_name: body.sender_name,
            sender_email: body.sender_email,
            sender_image_url: body.sender_image_url,
            reply_to_organizer: body.reply_to_organizer,
            sms_origination_number: body.sms_origination_number,
            sms_sender_id: body.sms_sender_id,
            default_region: body.default_region,
            allowed_countries: body.allowed_countries,
            sms_max_price_usd: body.sms_max_price_usd,
            sms_prices_usd: body.sms_prices_usd,
            sms_max_segments: body.sms_max_segments,
            sms_transliterate: body.sms_transliterate,
            sms_short_links: body.sms_short_links,
            sms_sole_sender: body.sms_sole_sender,
            button_color: body.button_color,
            calendar_color: body.calendar_color,
        }
    }
}

impl From<&Settings> for SettingsBody {
    fn from(settings: &Settings) -> Self {
        fn text(value: Option<&impl ToString>) -> Option<String> {
            value.map(ToString::to_string)
        }
        let Settings {
            business,
            sender,
            sms,
            colors,
            timezone,
            locale,
            ..
        } = settings;
        Self {
            business_name: text(business.name.as_ref()),
            business_email: text(business.email.as_ref()),
            business_phone: text(business.phone.as_ref()),
            business_address: text(business.address.as_ref()),
            logo_url: text(business.logo.as_ref()),
            timezone: Some(timezone.name().to_owned()),
            language: Some(locale.to_string()),
            sender_name: text(sender.name.as_ref()),
            sender_email: text(sender.email.as_ref()),
            sender_image_url: text(sender.image.as_ref()),
            reply_to_organizer: sender.reply_to_organizer,
            sms_origination_number: text(sms.origination_number.as_ref()),
            sms_sender_id: sms.sender_id.as_ref().map(|id| id.as_str().to_owned()),
            default_region: Some(sms.default_region.to_string()),
            allowed_countries: sms
                .allowed_countries
                .iter()
                .map(Region::to_string)
                .collect(),
            sms_max_price_usd: sms.max_price_usd,
            sms_max_segments: Some(sms.max_segments),
            sms_transliterate: Some(sms.transliterate),
            sms_short_links: sms.short_links,
            sms_sole_sender: sms.sole_sender,
            sms_prices_usd: sms
                .prices_usd
                .iter()
                .map(|(region, price)| (region.to_string(), *price))
                .collect(),
            button_color: Some(colors.button.to_string()),
            calendar_color: Some(colors.calendar.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_saved_reads_as_it_was_written() {
        let body = SettingsBody {
            business_name: Some("Progrid".to_owned()),
            business_email: Some("office@example.com".to_owned()),
            business_phone: Some("+12025550100".to_owned()),
            business_address: Some("123 Main St".to_owned()),
            logo_url: Some("https://example.com/logo.png".to_owned()),
            timezone: Some("America/New_York".to_owned()),
            language: Some("de-AT".to_owned()),
            sender_name: Some("Progrid".to_owned()),
            sender_email: Some("sender@example.com".to_owned()),
            sender_image_url: Some("https://example.com/face.png".to_owned()),
            reply_to_organizer: true,
            sms_origination_number: Some("+12025550199".to_owned()),
            sms_sender_id: Some("Progrid".to_owned()),
            default_region: Some("DE".to_owned()),
            allowed_countries: vec!["DE".to_owned()],
            sms_max_price_usd: Some(0.5),
            sms_prices_usd: [("DE".to_owned(), 0.1)].into(),
            sms_max_segments: Some(3),
            sms_transliterate: Some(false),
            sms_sole_sender: true,
            sms_short_links: true,
            button_color: Some("#112233".to_owned()),
            calendar_color: Some("#445566".to_owned()),
        };
        let settings = SettingsDraft::from(body.clone()).parse().unwrap();
        let again = SettingsBody::from(&settings);
        let json = |body: &SettingsBody| serde_json::to_value(body).unwrap();
        let (written, read) = (json(&body), json(&again));
        for (field, value) in written.as_object().unwrap() {
            assert_eq!(&read[field], value, "{field}");
        }
        assert_eq!(SettingsDraft::from(again).parse().unwrap(), settings);
    }
}
