//! The row of the settings.

use std::collections::HashMap;

use chrono_tz::Tz;
use usher_domain::{
    contact::{EmailAddress, PhoneNumber, Region},
    language::Locale,
    settings::{Business, Colors, Sender, SenderId, Settings, SmsSettings},
    text::{Address, Name},
    web::{Color, HttpsUrl},
};

use super::{Kind, carries_unread, row};

fn yes() -> bool {
    true
}

row! {
    SettingsRow of Settings {
        business: Business,
        timezone: Tz,
        #[serde(default)]
        locale: Locale,
        sender: Sender,
        sms: SmsSettings,
        colors: Colors,
    } besides { version, damaged, unread }
}

impl Kind for Settings {
    /// 2: says who acted. 3: says whether every SMS of the account is ours.
    const SHAPE: u32 = 3;

    carries_unread!();
}

row! {
    BusinessRow of Business {
        name: Option<Name>,
        email: Option<EmailAddress>,
        phone: Option<PhoneNumber>,
        address: Option<Address>,
        logo: Option<HttpsUrl>,
    }
}

row! {
    SenderRow of Sender {
        name: Option<Name>,
        email: Option<EmailAddress>,
        image: Option<HttpsUrl>,
        #[serde(default)]
        reply_to_organizer: bool,
    }
}

row! {
    SmsSettingsRow of SmsSettings {
        origination_number: Option<PhoneNumber>,
        sender_id: Option<SenderId>,
        default_region: Region,
        allowed_countries: Vec<Region>,
        max_price_usd: Option<f64>,
        max_segments: u8,
        #[serde(default = "yes")]
        transliterate: bool,
        #[serde(default)]
        short_links: bool,
        #[serde(default)]
        sole_sender: bool,
        #[serde(default)]
        prices_usd: HashMap<Region, f64>,
    } besides { held }
}

row! {
    ColorsRow of Colors {
        button: Color,
        calendar: Color,
    }
}
