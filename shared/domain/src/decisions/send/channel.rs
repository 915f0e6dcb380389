//! Which channels a notification takes to an attendee, and why (C1, C2).

use super::Unusable;
use crate::{
    contact::{EmailAddress, PhoneNumber, Suppressions},
    meeting::Attendee,
    settings::Settings,
    template::{ChannelMode, NotificationConfig},
    values::{
        channel::{Channel, Preference},
        kind::NotificationType,
    },
};

/// One channel of one recipient: used or not, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelPlan {
    /// The channel.
    pub channel: Channel,
    /// Whether it is used.
    pub verdict: ChannelVerdict,
    /// The channel that takes its place if its text cannot be made.
    pub spare: Option<Channel>,
}

/// A channel that is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedChannel {
    /// The channel.
    pub channel: Channel,
    /// Why it is used.
    pub reason: String,
}

/// Whether a channel is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelVerdict {
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

impl ChannelPlan {
    /// Whether the provider is to be called.
    pub fn used(&self) -> bool {
        matches!(self.verdict, ChannelVerdict::Use { .. })
    }

    /// The reason as staff read it: why it is used, or why not.
    pub fn reason(&self, mode: ChannelMode, attendee: &Attendee) -> String {
        match &self.verdict {
            ChannelVerdict::Use {
                fallback: Some(why),
            } => format!("Used instead: {}", why.reason()),
            ChannelVerdict::Use { fallback: None } => {
                used_because(mode, attendee.preference).to_owned()
            }
            ChannelVerdict::Replaced(why) | ChannelVerdict::Fail(why) => why.reason().to_owned(),
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
pub struct Deliverability<'a> {
    /// The business's settings.
    pub settings: &'a Settings,
    /// What else stands in the way.
    pub suppressions: &'a Suppressions,
}

impl Deliverability<'_> {
    /// Whether a channel can be used for a message of this type to an attendee.
    ///
    /// # Errors
    /// Why not.
    pub(in crate::decisions) fn usable(
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
        if kind.rules().unsubscribable && self.suppressions.unsubscribed.contain(address) {
            Err(Unusable::Unsubscribed)
        } else if self.suppressions.suppressed.contain(address) {
            Err(Unusable::Suppressed)
        } else if self.settings.sender.email.is_none() {
            Err(Unusable::NoSender)
        } else if self.suppressions.sender_unverified {
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
        if self.suppressions.opted_out.contain(number) {
            Err(Unusable::OptedOut)
        } else if self.suppressions.held.contain(number) {
            Err(Unusable::Held)
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
    deliverability: Deliverability<'_>,
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
    let check = |channel| deliverability.usable(channel, config.kind, attendee);
    if let ([channel], true) = (wanted, follows) {
        return follow(*channel, check);
    }
    let reached = wanted.iter().any(|channel| check(*channel).is_ok());
    let verdict = |channel| match check(channel) {
        Ok(()) => ChannelVerdict::Use { fallback: None },
        Err(why) if follows && reached => ChannelVerdict::Replaced(why),
        Err(why) => ChannelVerdict::Fail(why),
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
                let instead = plan(spare, ChannelVerdict::Use { fallback });
                (ChannelVerdict::Replaced(why), Some(instead))
            }
            Some((spare, Some(other))) => (
                ChannelVerdict::Fail(why),
                Some(plan(spare, ChannelVerdict::Fail(other))),
            ),
            None => (ChannelVerdict::Fail(why), None),
        };
        settled.push(plan(each.channel, verdict));
        settled.extend(other);
    }
    if !settled.iter().any(ChannelPlan::used) {
        for each in &mut settled {
            if let ChannelVerdict::Replaced(why) = &each.verdict {
                each.verdict = ChannelVerdict::Fail(why.clone());
            }
        }
    }
    settled
}

/// One preferred channel, the other one in its stead.
fn follow(preferred: Channel, check: impl Fn(Channel) -> Result<(), Unusable>) -> Vec<ChannelPlan> {
    let other = preferred.other();
    let plan = |channel, verdict| ChannelPlan {
        channel,
        verdict,
        spare: None,
    };
    match (check(preferred), check(other)) {
        (Ok(()), spare) => vec![ChannelPlan {
            spare: spare.is_ok().then_some(other),
            ..plan(preferred, ChannelVerdict::Use { fallback: None })
        }],
        (Err(why), Ok(())) => vec![
            plan(preferred, ChannelVerdict::Replaced(why.clone())),
            plan(
                other,
                ChannelVerdict::Use {
                    fallback: Some(why),
                },
            ),
        ],
        (Err(why), Err(other_why)) => {
            vec![
                plan(preferred, ChannelVerdict::Fail(why)),
                plan(other, ChannelVerdict::Fail(other_why)),
            ]
        }
    }
}

#[cfg(test)]
mod tests;
