//! What Google's library would make of each is held against this in `tests/parsers`.

use proptest::prelude::*;
use rlibphonenumber::PHONE_NUMBER_UTIL;
use rstest::rstest;

use super::*;

fn region(code: &str) -> Region {
    Region::parse(code).unwrap()
}

#[rstest]
#[case("(202) 555-0123", "US", "+12025550123")]
#[case("1 202.555.0123", "US", "+12025550123")]
#[case("+1 202 555 0123", "DE", "+12025550123")]
#[case("0151 23456789", "DE", "+4915123456789")]
#[case("0170/1234567", "DE", "+491701234567")]
#[case("+49 (0)30/123456", "US", "+4930123456")]
#[case("+49 170 1234567", "US", "+491701234567")]
#[case("0049 170 1234567", "DE", "+491701234567")]
#[case("011 49 170 1234567", "US", "+491701234567")]
#[case("+44 7911 123456", "US", "+447911123456")]
#[case("+44 (0)20 7946 0958", "US", "+442079460958")]
#[case("tel:+44-20-7946-0958", "US", "+442079460958")]
#[case("\u{202a}+44 20 7946 0958\u{202c}", "US", "+442079460958")]
#[case("'+442079460958", "US", "+442079460958")]
#[case("＋１ ２０２ ５５５ ０１２３", "DE", "+12025550123")]
#[case("+39 06 698 12345", "US", "+390669812345")]
#[case("01 23 45 67 00", "FR", "+33123456700")]
#[case("+800 1234 5678", "US", "+80012345678")]
#[case("+15551234567", "US", "+15551234567")]
fn a_number_is_read_as_it_was_meant(#[case] text: &str, #[case] code: &str, #[case] e164: &str) {
    let number = PhoneNumber::parse(text, region(code));
    assert_eq!(number.unwrap().as_str(), e164);
}

#[rstest]
#[case("", PhoneError::Malformed)]
#[case("abc", PhoneError::Malformed)]
#[case("12", PhoneError::TooShort(1))]
#[case("5550123", PhoneError::LocalOnly)]
#[case("+1 202 555", PhoneError::TooShort(1))]
#[case("+1 202 555 01234", PhoneError::TooLong(1))]
#[case("+44 20 7946 0958 12", PhoneError::TooLong(44))]
#[case("123 456 7890", PhoneError::AreaCode)]
#[case("+999 123456789", PhoneError::CallingCode)]
#[case("442079460958", PhoneError::MissingPlus)]
#[case("00 44 20 7946 0958", PhoneError::MissingPlus)]
#[case("(202)555-0123 (cell)", PhoneError::Words)]
#[case("cell: 202-555-0123", PhoneError::Words)]
#[case("1-800-FLOWERS", PhoneError::Words)]
#[case("202-555-0123/0124", PhoneError::Several)]
#[case("202-555-0123 / 202-555-0124", PhoneError::Several)]
#[case("202-555-0123, 202-555-0124", PhoneError::Several)]
#[case("+12025550123 +12025550124", PhoneError::Several)]
#[case("202-555-0123\n202-555-0124", PhoneError::Several)]
#[case("+1 202 555 0123 ext. 5", PhoneError::Extension)]
#[case("202-555-0123x5", PhoneError::Extension)]
#[case("202-555-0123 #5", PhoneError::Extension)]
#[case("tel:+1-202-555-0123;ext=5", PhoneError::Extension)]
#[case("2025550123.0", PhoneError::Spreadsheet)]
#[case("12025550123.00", PhoneError::Spreadsheet)]
#[case("+442079460958,0", PhoneError::Spreadsheet)]
#[case("+491701234567.000", PhoneError::Spreadsheet)]
#[case("+49 170 1234567.000", PhoneError::Spreadsheet)]
#[case("+491701234567,000", PhoneError::Spreadsheet)]
#[case("+49.170.1234567.00", PhoneError::Spreadsheet)]
#[case("202.555.0123.0", PhoneError::Spreadsheet)]
#[case("+491701234567.5", PhoneError::Spreadsheet)]
#[case("+690-7090.0", PhoneError::Spreadsheet)]
#[case("2.025550123E+09", PhoneError::Spreadsheet)]
#[case("4.42079E11", PhoneError::Spreadsheet)]
#[case("++12025550123", PhoneError::Several)]
#[case("202*555*0123", PhoneError::Malformed)]
#[case("+1 900 555 0123", PhoneError::Premium)]
fn what_is_no_number_is_refused_with_its_cause(#[case] text: &str, #[case] cause: PhoneError) {
    assert_eq!(PhoneNumber::parse(text, Region::US), Err(cause));
}

/// These digits are enough for a German number, but no German has it.
#[test]
fn a_country_code_without_its_plus_is_noticed_where_numbers_have_many_lengths() {
    let read = PhoneNumber::parse("12025550123", region("DE"));
    assert_eq!(read, Err(PhoneError::MissingPlus));
}

/// Found by the property below.
#[test]
fn what_would_be_another_number_when_read_again_is_refused() {
    let read = PhoneNumber::parse("002000", region("CX"));
    assert_eq!(read, Err(PhoneError::Ambiguous));
}

#[test]
fn what_must_be_e164_is_taken_by_its_form() {
    for text in ["+12025550123", "+99912345", "+123456789012345"] {
        assert_eq!(PhoneNumber::from_e164(text).unwrap().as_str(), text);
    }
    for text in [
        "12025550123",
        "+1 202",
        "+0123456",
        "+1234",
        "+1234567890123456",
        "+",
        "68849",
    ] {
        assert_eq!(PhoneNumber::from_e164(text), Err(PhoneError::NotE164));
    }
}

#[test]
fn a_number_knows_its_region_and_its_groups() {
    for (text, code, groups) in [
        ("+447400123456", Some("GB"), "+44-7400-123456"),
        ("+14165550123", Some("CA"), "+1-416-555-0123"),
        ("+491701234567", Some("DE"), "+49-170-1234567"),
        ("+80012345678", None, "+800-1234-5678"),
    ] {
        let number = PhoneNumber::from_e164(text).unwrap();
        assert_eq!(number.region(), code.map(region), "{text}");
        assert_eq!(number.in_groups(), groups);
    }
}

#[test]
fn a_number_of_a_newer_range_may_be_of_any_region_that_shares_its_code() {
    let regions = |text: &str| PhoneNumber::from_e164(text).unwrap().regions();
    let newer = regions("+15551234567");
    assert!(newer.contains(&Region::US) && newer.contains(&region("CA")));
    assert_eq!(regions("+14165550123"), [region("CA")]);
    assert_eq!(regions("+491701234567"), [region("DE")]);
    assert_eq!(regions("+80012345678"), []);
}

/// An example number of any region, of any type that can be texted or called, with
/// some of its digits changed.
fn number_in_use() -> impl Strategy<Value = String> {
    let mut examples: Vec<String> = Vec::new();
    for region in PHONE_NUMBER_UTIL.get_supported_regions() {
        for kind in [
            PhoneNumberType::Mobile,
            PhoneNumberType::FixedLine,
            PhoneNumberType::TollFree,
            PhoneNumberType::VoIP,
        ] {
            let example = PHONE_NUMBER_UTIL.get_example_number_for_type_and_region(region, kind);
            let e164 = |n| {
                PHONE_NUMBER_UTIL
                    .format(&n, PhoneNumberFormat::E164)
                    .into_owned()
            };
            examples.extend(example.map(e164));
        }
    }
    examples.sort();
    // The last three: further to the front is the country code of the shortest.
    let change = (1..4_usize, 0..10_u32);
    (
        prop::sample::select(examples),
        prop::collection::vec(change, 0..4),
    )
        .prop_map(|(example, changes)| {
            let mut signs: Vec<_> = example.chars().collect();
            for (from_end, digit) in changes {
                let at = signs.len() - from_end;
                signs[at] = char::from_digit(digit, 10).unwrap();
            }
            signs.into_iter().collect()
        })
}

fn any_region() -> impl Strategy<Value = Region> {
    let mut regions: Vec<_> = PHONE_NUMBER_UTIL.get_supported_regions().collect();
    regions.sort();
    prop::sample::select(regions).prop_map(Region)
}

#[test]
fn a_number_has_its_own_groups_however_many_were_asked_for_since() {
    let numbers = || (100..150).map(|last| (last, format!("+1202555{last:04}")));
    for _ in 0..2 {
        for (last, e164) in numbers() {
            let number = PhoneNumber::from_e164(&e164).unwrap();
            let groups = format!("+1-202-555-{last:04}");
            assert_eq!(
                [number.in_groups(), number.in_groups()],
                [groups.clone(), groups]
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn a_number_in_e164_comes_out_as_it_went_in_whatever_the_region(
        e164 in number_in_use(), region in any_region()
    ) {
        match PhoneNumber::parse(&e164, region) {
            Ok(number) => prop_assert_eq!(number.as_str(), e164),
            // Changed digits may be of a premium range.
            Err(why) => prop_assert_eq!(why, PhoneError::Premium),
        }
    }

    #[test]
    fn what_a_text_was_read_as_reads_as_the_same(text in r"\+?[0-9 ()/.-]{4,18}", a in any_region(), b in any_region()) {
        if let Ok(number) = PhoneNumber::parse(&text, a) {
            prop_assert_eq!(PhoneNumber::parse(number.as_str(), b), Ok(number));
        }
    }

    #[test]
    fn decimals_are_never_taken_into_a_number(
        e164 in number_in_use(), region in any_region(),
        point in "[.,]", decimals in "0{1,6}|[0-9]{1,3}",
    ) {
        let number = PhoneNumber::from_e164(&e164).unwrap();
        for written in [e164, number.in_groups(), number.in_groups().replace('-', " ")] {
            let text = format!("{written}{point}{decimals}");
            if let Ok(read) = PhoneNumber::parse(&text, region) {
                prop_assert_eq!(&read, &number, "{}", text);
            }
        }
    }

    #[test]
    fn any_text_is_a_number_or_refused(text in ".{0,80}", region in any_region()) {
        let _ = PhoneNumber::parse(&text, region);
    }
}
