//! Settings, rule by rule.

use rstest::rstest;

use super::*;
use crate::{sample, values::segments::segments};

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::from_e164(text).unwrap()
}

#[rstest]
#[case(|after: &mut Settings| after.sms.max_segments = 5, Some("/sms_max_segments"))]
#[case(|after: &mut Settings| after.sms.transliterate = false, Some("/sms_transliterate"))]
#[case(|after: &mut Settings| after.sms.short_links = true, Some("/sms_short_links"))]
#[case(|after: &mut Settings| after.locale = Locale::parse("de").unwrap(), Some("/language"))]
#[case(|after: &mut Settings| after.locale = Locale::parse("en-GB").unwrap(), None)]
#[case(|after: &mut Settings| after.sms.held = true, None)]
fn the_setting_that_reads_texts_otherwise_is_named(
    #[case] change: fn(&mut Settings),
    #[case] pointer: Option<&str>,
) {
    let before = Settings::default();
    let mut after = before.clone();
    change(&mut after);
    assert_eq!(after.reads_texts_otherwise(&before), pointer);
}

#[test]
fn sms_come_from_a_number_or_from_a_sender_id() {
    let mut sms = Settings::default().sms;
    assert!(!sms.has_sender());
    sms.sender_id = SenderId::parse("Progrid").ok();
    assert!(sms.has_sender());
    sms.sender_id = None;
    sms.origination_number = Some(number("+12025550199"));
    assert!(sms.has_sender());
}

#[test]
fn an_sms_costs_what_its_parts_do_in_the_dearest_region_its_number_may_be_of() {
    let mut sms = Settings::default().sms;
    let two_parts = segments(&"a".repeat(200));
    let ann = number("+12025550123");
    assert_eq!(sms.price_usd(&ann, two_parts), None);
    sms.prices_usd.insert(Region::US, 0.00645);
    assert_eq!(sms.price_usd(&ann, two_parts), Some(0.0129));
    assert_eq!(sms.price_usd(&ann, segments("")), Some(0.0));
    assert_eq!(sms.price_usd(&number("+4930123456"), two_parts), None);
}

#[test]
fn what_the_deployment_knows_stands_in_for_what_nobody_saved() {
    let sender = EmailAddress::parse("deployed@example.com").ok();
    let phone = Some(number("+12025550100"));
    let filled = Settings::default().or_deployed(sender.clone(), phone.clone());
    assert_eq!(filled.sender.email, sender);
    assert_eq!(filled.sms.origination_number, phone);
    let saved = sample::settings().or_deployed(sender, phone);
    assert_eq!(saved, sample::settings());
}

#[rstest]
#[case("abc", true)]
#[case("Progrid2026", true)]
#[case("ab", false)]
#[case("Progrid20267", false)]
#[case("12345", false)]
#[case("a-bc", false)]
#[case("", false)]
fn a_sender_id_has_three_to_eleven_letters_and_digits_and_a_letter(
    #[case] text: &str,
    #[case] ok: bool,
) {
    let parsed = SenderId::parse(text);
    assert_eq!(parsed.is_ok(), ok);
    if let Ok(id) = parsed {
        assert_eq!(
            (id.as_str(), String::from(id.clone())),
            (text, text.to_owned())
        );
        assert_eq!(SenderId::try_from(text.to_owned()), Ok(id));
    }
}

/// Where the settings that are like this are refused.
fn refused(change: impl FnOnce(&mut SettingsDraft)) -> Vec<String> {
    let mut draft = SettingsDraft::default();
    change(&mut draft);
    match draft.parse() {
        Err(crate::Failure::Invalid(errors)) => {
            errors.into_iter().map(|error| error.pointer).collect()
        }
        _ => Vec::new(),
    }
}

#[rstest]
#[case(0.0, false)]
#[case(0.01, true)]
#[case(100.0, true)]
#[case(100.01, false)]
#[case(-1.0, false)]
#[case(f64::INFINITY, false)]
fn a_price_limit_is_more_than_nothing_and_at_most_a_hundred_dollars(
    #[case] price: f64,
    #[case] ok: bool,
) {
    let errors = refused(|draft| draft.sms_max_price_usd = Some(price));
    assert_eq!(errors.is_empty(), ok);
    assert!(errors.iter().all(|at| at == "/sms_max_price_usd"));
    let draft = SettingsDraft {
        sms_max_price_usd: Some(price),
        ..SettingsDraft::default()
    };
    let read = draft
        .parse()
        .ok()
        .and_then(|settings| settings.sms.max_price_usd);
    assert_eq!(read, ok.then_some(price));
}

#[rstest]
#[case("US", 0.0, None)]
#[case("US", 100.0, None)]
#[case("US", 100.01, Some("/sms_prices_usd/US"))]
#[case("US", -0.01, Some("/sms_prices_usd/US"))]
#[case("US", f64::NAN, Some("/sms_prices_usd/US"))]
#[case("XX", 1.0, Some("/sms_prices_usd/XX"))]
fn a_parts_price_is_of_a_region_and_at_most_a_hundred_dollars(
    #[case] code: &str,
    #[case] price: f64,
    #[case] wrong: Option<&str>,
) {
    let errors = refused(|draft| {
        draft.sms_prices_usd.insert(code.to_owned(), price);
    });
    assert_eq!(errors.first().map(String::as_str), wrong);
    let mut draft = SettingsDraft::default();
    draft.sms_prices_usd.insert(code.to_owned(), price);
    if let Ok(settings) = draft.parse() {
        assert_eq!(settings.sms.prices_usd.get(&Region::US), Some(&price));
    }
}

#[rstest]
#[case(0, false)]
#[case(1, true)]
#[case(10, true)]
#[case(11, false)]
fn an_sms_may_have_one_to_ten_parts(#[case] parts: u8, #[case] ok: bool) {
    let errors = refused(|draft| draft.sms_max_segments = Some(parts));
    let expected = if ok {
        vec![]
    } else {
        vec!["/sms_max_segments"]
    };
    assert_eq!(errors, expected);
}

#[test]
fn countries_are_read_one_by_one_up_to_a_bound() {
    let listed = |codes: &[&str]| codes.iter().map(ToString::to_string).collect();
    let wrong = |codes: &[&str]| refused(|draft| draft.allowed_countries = listed(codes));
    assert_eq!(wrong(&["US", "XX", "DE"]), ["/allowed_countries/1"]);
    assert_eq!(wrong(&["US"; MAX_COUNTRIES]), [""; 0]);
    let many = wrong(&["US"; MAX_COUNTRIES + 1]);
    assert_eq!(many, ["/allowed_countries"]);
    let draft = SettingsDraft {
        allowed_countries: listed(&["US", "DE"]),
        ..SettingsDraft::default()
    };
    let read = draft.parse().unwrap().sms.allowed_countries;
    assert_eq!(
        read,
        [Region::parse("US").unwrap(), Region::parse("DE").unwrap()]
    );
}
