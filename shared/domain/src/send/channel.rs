//! Which channels a notification takes to an attendee, and why (C1, C2).

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    contact::{EmailAddress, Obstacles, PhoneNumber},
    meeting::{Attendee, Preference},
    notification::{Channel, NotificationType},
    settings::Settings,
    template::{ChannelMode, NotificationConfig},
};

/// One channel of one recipient: used or not, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelPlan {
    /// The channel.
    pub channel: Channel,
    /// Whether it is used.
    pub verdict: Verdict,
    /// The channel that takes its place if its text cannot be made.
    pub spare: Option<Channel>,
}

/// A channel that is used, as the API answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UsedChannel {
    /// The channel.
    pub channel: Channel,
    /// Why it is used.
    pub reason: String,
}

/// Whether a channel is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is used; with the reason when it stands in for another.
    Use {
        /// Why the preferred channel cannot be used.
        fallback: Option<Unusable>,
    },
    /// It was asked for, cannot be used, and the other one is used instead.
    Replaced(Unusable),
    /// It was asked for and cannot be used: the delivery has failed.
    Fail(Unusable),
}

/// Why a channel cannot be used for an attendee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// The attendee has no email address.
    NoEmail,
    /// The attendee has no phone number.
    NoPhone,
    /// The settings' allow-list does not have the number's country.
    CountryNotAllowed,
    /// What the settings say of countries or of the price cannot be read.
    SmsHeld,
    /// Neither a number nor a sender id is set that SMS come from.
    NoSmsSender,
    /// The number has opted out of SMS.
    OptedOut,
    /// The address has unsubscribed from reminders, and this is one.
    Unsubscribed,
    /// No sender address is set.
    NoSender,
    /// SES does not let us send from the sender address.
    SenderNotVerified,
    /// What would be sent cannot be made, or is too long or too dear (C5).
    Unsendable {
        /// A stable word for programs.
        code: &'static str,
        /// A sentence for staff.
        reason: String,
    },
}

impl Unusable {
    /// Every one that is about the address, the wishes or the sender.
    const KNOWN: [Self; 9] = [
        Self::NoEmail,
        Self::NoPhone,
        Self::CountryNotAllowed,
        Self::SmsHeld,
        Self::NoSmsSender,
        Self::OptedOut,
        Self::Unsubscribed,
        Self::NoSender,
        Self::SenderNotVerified,
    ];

    /// The one of those with this code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::KNOWN.into_iter().find(|each| each.code() == code)
    }

    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unsendable { code, .. } => code,
            Self::NoEmail => "no_email",
            Self::NoPhone => "no_phone",
            Self::CountryNotAllowed => "country_not_allowed",
            Self::NoSmsSender => "no_sms_sender",
            Self::SmsHeld => "sms_settings_unreadable",
            Self::OptedOut => "opted_out",
            Self::Unsubscribed => "unsubscribed",
            Self::NoSender => "no_sender",
            Self::SenderNotVerified => "sender_not_verified",
        }
    }

    /// A sentence for staff.
    pub fn reason(&self) -> &str {
        match self {
            Self::Unsendable { reason, .. } => reason,
            Self::NoEmail => "The attendee has no email address.",
            Self::NoPhone => "The attendee has no phone number.",
            Self::CountryNotAllowed => {
                "The settings do not allow SMS to the country of this phone number."
            }
            Self::NoSmsSender => {
                "The settings name neither a number nor a sender id for SMS to come from."
            }
            Self::SmsHeld => {
                "No SMS is sent, because the allowed countries or the price limit in the settings cannot be read."
            }
            Self::OptedOut => "This phone number has opted out of SMS.",
            Self::Unsubscribed => "This address has unsubscribed from reminder emails.",
            Self::NoSender => "The settings name no sender address for emails.",
            Self::SenderNotVerified => {
                "SES does not let us send from the settings' sender address: neither it nor its domain is a verified identity."
            }
        }
    }
}

impl ChannelPlan {
    /// Whether the provider is to be called.
    pub fn used(&self) -> bool {
        matches!(self.verdict, Verdict::Use { .. })
    }

    /// The reason as staff read it: why it is used, or why not.
    pub fn reason(&self, mode: ChannelMode, attendee: &Attendee) -> String {
        match &self.verdict {
            Verdict::Use {
                fallback: Some(why),
            } => format!("Used instead: {}", why.reason()),
            Verdict::Use { fallback: None } => used_because(mode, attendee.preference).to_owned(),
            Verdict::Replaced(why) | Verdict::Fail(why) => why.reason().to_owned(),
        }
    }
}

/// What staff read of an attendee's channels: those that are used, and why the
/// others are not.
pub fn explain(
    channels: &[ChannelPlan],
    mode: ChannelMode,
    attendee: &Attendee,
) -> (Vec<UsedChannel>, Vec<String>) {
    let (used, unused): (Vec<_>, Vec<_>) = channels.iter().partition(|plan| plan.used());
    let used = used.into_iter().map(|plan| UsedChannel {
        channel: plan.channel,
        reason: plan.reason(mode, attendee),
    });
    let unused = unused.into_iter().map(|plan| plan.reason(mode, attendee));
    (used.collect(), unused.collect())
}

fn used_because(mode: ChannelMode, preference: Option<Preference>) -> &'static str {
    match (mode, preference) {
        (ChannelMode::FollowPreference, Some(_)) => "The attendee prefers it.",
        (ChannelMode::FollowPreference, None) => "Email is used when no preference is set.",
        _ => "The template says so.",
    }
}

/// What decides, besides the attendee, whether a channel can be used.
#[derive(Debug, Clone, Copy)]
pub struct Reach<'a> {
    /// The business's settings.
    pub settings: &'a Settings,
    /// What else stands in the way.
    pub obstacles: &'a Obstacles,
}

impl Reach<'_> {
    /// Whether a channel can be used for a message of this type to an attendee.
    ///
    /// # Errors
    /// Why not.
    pub(super) fn usable(
        self,
        channel: Channel,
        kind: NotificationType,
        attendee: &Attendee,
    ) -> Result<(), Unusable> {
        match channel {
            Channel::Email => {
                self.may_email(kind, attendee.email.as_ref().ok_or(Unusable::NoEmail)?)
            }
            Channel::Sms => self.may_text(attendee.phone.as_ref().ok_or(Unusable::NoPhone)?),
        }
    }

    fn may_email(self, kind: NotificationType, address: &EmailAddress) -> Result<(), Unusable> {
        let reminds = kind == NotificationType::Reminder;
        if reminds && self.obstacles.unsubscribed.contain(address) {
            Err(Unusable::Unsubscribed)
        } else if self.settings.sender.email.is_none() {
            Err(Unusable::NoSender)
        } else if self.obstacles.sender_unverified {
            Err(Unusable::SenderNotVerified)
        } else {
            Ok(())
        }
    }

    /// Whether a number may be texted.
    ///
    /// # Errors
    /// Why not.
    pub fn may_text(self, number: &PhoneNumber) -> Result<(), Unusable> {
        if self.obstacles.opted_out.contain(number) {
            Err(Unusable::OptedOut)
        } else if self.settings.sms.held {
            Err(Unusable::SmsHeld)
        } else if !self.settings.sms.has_sender() {
            Err(Unusable::NoSmsSender)
        } else if country_allowed(number, self.settings) {
            Ok(())
        } else {
            Err(Unusable::CountryNotAllowed)
        }
    }
}

/// Whether the number's country is allowed. A number of a range that is newer than the
/// plans we know, under a code that several countries share, may be of any of them: it is
/// allowed with any of them, for nobody must be turned away for having a new number, and
/// what one SMS may cost has a limit of its own.
fn country_allowed(phone: &PhoneNumber, settings: &Settings) -> bool {
    let allowed = &settings.sms.allowed_countries;
    allowed.is_empty()
        || phone
            .regions()
            .iter()
            .any(|region| allowed.contains(region))
}

/// Plans the channels for one attendee; never empty, so that a notification
/// that reaches nobody still says why.
pub fn plan_channels(
    config: &NotificationConfig,
    attendee: &Attendee,
    reach: Reach<'_>,
) -> Vec<ChannelPlan> {
    let mode = config.channel_mode;
    let follows = mode == ChannelMode::FollowPreference;
    let preference = match mode {
        ChannelMode::FollowPreference => attendee.preference.unwrap_or(Preference::Email),
        ChannelMode::Email => Preference::Email,
        ChannelMode::Sms => Preference::Sms,
        ChannelMode::Both => Preference::Both,
    };
    let wanted: &[Channel] = match preference {
        Preference::Email => &[Channel::Email],
        Preference::Sms => &[Channel::Sms],
        Preference::Both => &[Channel::Email, Channel::Sms],
    };
    let check = |channel| reach.usable(channel, config.kind, attendee);
    if let ([channel], true) = (wanted, follows) {
        return follow(*channel, check);
    }
    let reached = wanted.iter().any(|channel| check(*channel).is_ok());
    let verdict = |channel| match check(channel) {
        Ok(()) => Verdict::Use { fallback: None },
        Err(why) if follows && reached => Verdict::Replaced(why),
        Err(why) => Verdict::Fail(why),
    };
    wanted
        .iter()
        .map(|&channel| ChannelPlan {
            channel,
            verdict: verdict(channel),
            spare: None,
        })
        .collect()
}

/// The plan once the messages are there: a channel whose message cannot be sent fails
/// alone (C5), or gives way to the other one where the customer's preference decides
/// (C2). `trouble` says why a channel's message cannot be sent, if it cannot.
pub fn plan_with_messages(
    plans: &[ChannelPlan],
    trouble: impl Fn(Channel) -> Option<Unusable>,
) -> Vec<ChannelPlan> {
    let plan = |channel, verdict| ChannelPlan {
        channel,
        verdict,
        spare: None,
    };
    let mut settled = Vec::with_capacity(plans.len());
    for each in plans {
        let Some(why) = trouble(each.channel).filter(|_| each.used()) else {
            settled.push(each.clone());
            continue;
        };
        let spare = each.spare.map(|spare| (spare, trouble(spare)));
        let (verdict, other) = match spare {
            Some((spare, None)) => {
                let fallback = Some(why.clone());
                let instead = plan(spare, Verdict::Use { fallback });
                (Verdict::Replaced(why), Some(instead))
            }
            Some((spare, Some(other))) => {
                (Verdict::Fail(why), Some(plan(spare, Verdict::Fail(other))))
            }
            None => (Verdict::Fail(why), None),
        };
        settled.push(plan(each.channel, verdict));
        settled.extend(other);
    }
    if !settled.iter().any(ChannelPlan::used) {
        for each in &mut settled {
            if let Verdict::Replaced(why) = &each.verdict {
                each.verdict = Verdict::Fail(why.clone());
            }
        }
    }
    settled
}

/// One preferred channel, the other one in its stead.
fn follow(preferred: Channel, check: impl Fn(Channel) -> Result<(), Unusable>) -> Vec<ChannelPlan> {
    let other = match preferred {
        Channel::Email => Channel::Sms,
        Channel::Sms => Channel::Email,
    };
    let plan = |channel, verdict| ChannelPlan {
        channel,
        verdict,
        spare: None,
    };
    match (check(preferred), check(other)) {
        (Ok(()), spare) => vec![ChannelPlan {
            spare: spare.is_ok().then_some(other),
            ..plan(preferred, Verdict::Use { fallback: None })
        }],
        (Err(why), Ok(())) => vec![
            plan(preferred, Verdict::Replaced(why.clone())),
            plan(
                other,
                Verdict::Use {
                    fallback: Some(why),
                },
            ),
        ],
        (Err(why), Err(other_why)) => {
            vec![
                plan(preferred, Verdict::Fail(why)),
                plan(other, Verdict::Fail(other_why)),
            ]
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::sample;

    const USE: &str = "use";

    fn verdict_on(channel: Channel, plans: &[ChannelPlan]) -> Option<&'static str> {
        let plan = plans.iter().find(|plan| plan.channel == channel)?;
        Some(match plan.verdict {
            Verdict::Use { fallback: None } => USE,
            Verdict::Use { fallback: Some(_) } => "instead",
            Verdict::Replaced(_) => "replaced",
            Verdict::Fail(_) => "fail",
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
            sample::reach(&sample::settings()),
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
            sample::reach(&settings),
        );
        assert_eq!(plans[0].verdict, Verdict::Fail(Unusable::CountryNotAllowed));
    }

    fn email_with(obstacles: &Obstacles, kind: NotificationType, mode: ChannelMode) -> Verdict {
        let attendee = sample::meeting().attendees.remove(0);
        let settings = sample::settings();
        let reach = Reach {
            settings: &settings,
            obstacles,
        };
        plan_channels(&config(kind, mode), &attendee, reach)[0]
            .verdict
            .clone()
    }

    #[test]
    fn an_address_that_unsubscribed_gets_everything_but_reminders() {
        let address = EmailAddress::parse("ANN@Example.com").unwrap();
        let obstacles = Obstacles {
            unsubscribed: [address].into_iter().collect(),
            ..Obstacles::default()
        };
        for kind in NotificationType::ALL {
            let verdict = email_with(&obstacles, kind, ChannelMode::Email);
            let expected = match kind {
                NotificationType::Reminder => Verdict::Fail(Unusable::Unsubscribed),
                _ => Verdict::Use { fallback: None },
            };
            assert_eq!(verdict, expected, "{kind}");
        }
        assert_eq!(
            email_with(
                &obstacles,
                NotificationType::Reminder,
                ChannelMode::FollowPreference
            ),
            Verdict::Replaced(Unusable::Unsubscribed)
        );
    }

    #[test]
    fn a_sender_that_ses_does_not_let_us_use_sends_no_email() {
        let obstacles = Obstacles {
            sender_unverified: true,
            ..Obstacles::default()
        };
        let kind = NotificationType::Confirmation;
        assert_eq!(
            email_with(&obstacles, kind, ChannelMode::Both),
            Verdict::Fail(Unusable::SenderNotVerified)
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
        let plans = plan_channels(&config, &attendee, sample::reach(&sample::settings()));
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
}
