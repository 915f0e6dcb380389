//! Which channels are used, and why the others are not.

use rstest::rstest;

use super::*;
use crate::{contact::Region, sample};

const USE: &str = "use";

fn verdict_on(channel: Channel, plans: &[ChannelPlan]) -> Option<&'static str> {
    let plan = plans.iter().find(|plan| plan.channel == channel)?;
    Some(match plan.verdict {
        ChannelVerdict::Use { fallback: None } => USE,
        ChannelVerdict::Use { fallback: Some(_) } => "instead",
        ChannelVerdict::Replaced(_) => "replaced",
        ChannelVerdict::Fail(_) => "fail",
    })
}

fn config(kind: NotificationType, mode: ChannelMode) -> NotificationConfig {
    NotificationConfig {
        channel_mode: mode,
        ..NotificationConfig::built_in(kind)
    }
}

#[rstest]
// mode, preference, has email, has phone → email, sms
#[case(ChannelMode::FollowPreference, None, true, true, Some(USE), None)]
#[case(
    ChannelMode::FollowPreference,
    None,
    false,
    true,
    Some("replaced"),
    Some("instead")
)]
#[case(
    ChannelMode::FollowPreference,
    Some(Preference::Sms),
    true,
    true,
    None,
    Some(USE)
)]
#[case(
    ChannelMode::FollowPreference,
    Some(Preference::Sms),
    true,
    false,
    Some("instead"),
    Some("replaced")
)]
#[case(
    ChannelMode::FollowPreference,
    Some(Preference::Sms),
    false,
    false,
    Some("fail"),
    Some("fail")
)]
#[case(
    ChannelMode::FollowPreference,
    Some(Preference::Both),
    true,
    true,
    Some(USE),
    Some(USE)
)]
#[case(
    ChannelMode::FollowPreference,
    Some(Preference::Both),
    true,
    false,
    Some(USE),
    Some("replaced")
)]
#[case(
    ChannelMode::FollowPreference,
    Some(Preference::Both),
    false,
    false,
    Some("fail"),
    Some("fail")
)]
#[case(ChannelMode::Email, Some(Preference::Sms), true, true, Some(USE), None)]
#[case(
    ChannelMode::Email,
    Some(Preference::Sms),
    false,
    true,
    Some("fail"),
    None
)]
#[case(ChannelMode::Sms, None, true, true, None, Some(USE))]
#[case(ChannelMode::Sms, None, true, false, None, Some("fail"))]
#[case(
    ChannelMode::Both,
    Some(Preference::Email),
    true,
    true,
    Some(USE),
    Some(USE)
)]
#[case(
    ChannelMode::Both,
    Some(Preference::Email),
    true,
    false,
    Some(USE),
    Some("fail")
)]
fn channels(
    #[case] mode: ChannelMode,
    #[case] preference: Option<Preference>,
    #[case] has_email: bool,
    #[case] has_phone: bool,
    #[case] email: Option<&str>,
    #[case] sms: Option<&str>,
) {
    let mut attendee = sample::meeting().attendees.remove(0);
    attendee.preference = preference;
    attendee.email = attendee.email.filter(|_| has_email);
    attendee.phone = attendee.phone.filter(|_| has_phone);
    let plans = plan_channels(
        &config(NotificationType::Update, mode),
        &attendee,
        sample::deliverability(&sample::settings()),
    );
    assert_eq!(
        (
            verdict_on(Channel::Email, &plans),
            verdict_on(Channel::Sms, &plans)
        ),
        (email, sms)
    );
}

#[test]
fn a_country_that_is_not_allowed_is_not_texted() {
    let attendee = sample::meeting().attendees.remove(0);
    let mut settings = sample::settings();
    settings.sms.allowed_countries = vec![crate::contact::Region::parse("DE").unwrap()];
    let plans = plan_channels(
        &config(NotificationType::Update, ChannelMode::Sms),
        &attendee,
        sample::deliverability(&settings),
    );
    assert_eq!(
        plans[0].verdict,
        ChannelVerdict::Fail(Unusable::CountryNotAllowed)
    );
}

#[test]
fn a_number_of_a_newer_range_is_texted_where_any_country_of_its_code_is_allowed() {
    let mut attendee = sample::meeting().attendees.remove(0);
    attendee.phone = Some(PhoneNumber::from_e164("+15551234567").unwrap());
    let allowed_in = |codes: &[&str]| {
        let mut settings = sample::settings();
        let regions = codes.iter().map(|code| Region::parse(code).unwrap());
        settings.sms.allowed_countries = regions.collect();
        let config = config(NotificationType::Update, ChannelMode::Sms);
        plan_channels(&config, &attendee, sample::deliverability(&settings))[0].used()
    };
    assert!(allowed_in(&["US"]) && allowed_in(&["CA"]) && allowed_in(&[]));
    assert!(!allowed_in(&["DE"]));
    let mut sms = sample::settings().sms;
    sms.prices_usd = [("US", 0.01), ("CA", 0.02), ("DE", 0.5)]
        .map(|(code, price)| (Region::parse(code).unwrap(), price))
        .into();
    let one = crate::values::segments::segments("Hi");
    let price = sms.price_usd(attendee.phone.as_ref().unwrap(), one);
    assert_eq!(price, Some(0.02), "the dearest it may be");
}

#[test]
fn without_a_sender_or_with_settings_that_cannot_be_read_nobody_is_texted() {
    let attendee = sample::meeting().attendees.remove(0);
    let why = |change: fn(&mut Settings)| {
        let mut settings = sample::settings();
        change(&mut settings);
        let config = config(NotificationType::Update, ChannelMode::Sms);
        plan_channels(&config, &attendee, sample::deliverability(&settings))[0]
            .verdict
            .clone()
    };
    assert_eq!(
        why(|settings| settings.sms.origination_number = None),
        ChannelVerdict::Fail(Unusable::NoSmsSender)
    );
    assert_eq!(
        why(|settings| settings.sms.held = true),
        ChannelVerdict::Fail(Unusable::SmsHeld)
    );
}

fn email_with(
    suppressions: &Suppressions,
    kind: NotificationType,
    mode: ChannelMode,
) -> ChannelVerdict {
    let attendee = sample::meeting().attendees.remove(0);
    let settings = sample::settings();
    let deliverability = Deliverability {
        settings: &settings,
        suppressions,
    };
    plan_channels(&config(kind, mode), &attendee, deliverability)[0]
        .verdict
        .clone()
}

#[test]
fn an_address_that_unsubscribed_gets_everything_but_reminders() {
    let address = EmailAddress::parse("ANN@Example.com").unwrap();
    let suppressions = Suppressions {
        unsubscribed: [address].into_iter().collect(),
        ..Suppressions::default()
    };
    for &kind in NotificationType::ALL {
        let verdict = email_with(&suppressions, kind, ChannelMode::Email);
        let expected = match kind {
            NotificationType::Reminder => ChannelVerdict::Fail(Unusable::Unsubscribed),
            _ => ChannelVerdict::Use { fallback: None },
        };
        assert_eq!(verdict, expected, "{kind}");
    }
    assert_eq!(
        email_with(
            &suppressions,
            NotificationType::Reminder,
            ChannelMode::FollowPreference
        ),
        ChannelVerdict::Replaced(Unusable::Unsubscribed)
    );
}

#[test]
fn a_sender_that_ses_does_not_let_us_use_sends_no_email() {
    let suppressions = Suppressions {
        sender_unverified: true,
        ..Suppressions::default()
    };
    let kind = NotificationType::Confirmation;
    assert_eq!(
        email_with(&suppressions, kind, ChannelMode::Both),
        ChannelVerdict::Fail(Unusable::SenderNotVerified)
    );
}

#[rstest]
// mode, preference, email cannot be sent, sms cannot be sent → email, sms
#[case(ChannelMode::Both, None, true, false, Some("fail"), Some(USE))]
#[case(ChannelMode::Both, None, false, true, Some(USE), Some("fail"))]
#[case(ChannelMode::Both, None, true, true, Some("fail"), Some("fail"))]
#[case(ChannelMode::Email, None, true, false, Some("fail"), None)]
#[case(ChannelMode::Email, None, false, true, Some(USE), None)]
#[case(
    ChannelMode::FollowPreference,
    None,
    true,
    false,
    Some("replaced"),
    Some("instead")
)]
#[case(ChannelMode::FollowPreference, None, false, true, Some(USE), None)]
#[case(
    ChannelMode::FollowPreference,
    None,
    true,
    true,
    Some("fail"),
    Some("fail")
)]
#[case(
    ChannelMode::FollowPreference,
    Some(Preference::Both),
    true,
    false,
    Some("fail"),
    Some(USE)
)]
fn a_message_that_cannot_be_sent_is_the_trouble_of_its_channel(
    #[case] mode: ChannelMode,
    #[case] preference: Option<Preference>,
    #[case] email_fails: bool,
    #[case] sms_fails: bool,
    #[case] email: Option<&str>,
    #[case] sms: Option<&str>,
) {
    let mut attendee = sample::meeting().attendees.remove(0);
    attendee.preference = preference;
    let config = config(NotificationType::Update, mode);
    let plans = plan_channels(
        &config,
        &attendee,
        sample::deliverability(&sample::settings()),
    );
    let trouble = |channel| {
        let fails = match channel {
            Channel::Email => email_fails,
            Channel::Sms => sms_fails,
        };
        fails.then(|| Unusable::Unsendable {
            code: "x",
            reason: "X.".to_owned(),
        })
    };
    let plans = plan_with_messages(&plans, trouble);
    assert_eq!(
        (
            verdict_on(Channel::Email, &plans),
            verdict_on(Channel::Sms, &plans)
        ),
        (email, sms)
    );
}

#[rstest]
#[case(
    ChannelMode::FollowPreference,
    Some(Preference::Email),
    "The attendee prefers it."
)]
#[case(
    ChannelMode::FollowPreference,
    None,
    "Email is used when no preference is set."
)]
#[case(ChannelMode::Email, Some(Preference::Email), "The template says so.")]
#[case(ChannelMode::Both, None, "The template says so.")]
fn staff_read_why_a_channel_is_used(
    #[case] mode: ChannelMode,
    #[case] preference: Option<Preference>,
    #[case] reason: &str,
) {
    let mut attendee = sample::meeting().attendees.remove(0);
    attendee.preference = preference;
    let plan = ChannelPlan {
        channel: Channel::Email,
        verdict: ChannelVerdict::Use { fallback: None },
        spare: None,
    };
    assert_eq!(plan.reason(mode, &attendee), reason);
}
