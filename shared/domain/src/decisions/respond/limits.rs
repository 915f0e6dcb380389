//! How many answers one notification takes, and of how many staff are emailed.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    notification::{AnswerGiven, Notification},
    values::answer::AnswerChannel,
};

/// The most answers over one way that one notification keeps: enough for anyone who
/// changes their mind, and an end to whoever plays with a link. Each way has its own:
/// a text may come from whoever forges its number, and must not use up the answers of
/// the customer's link.
const MAX_ANSWERS: usize = 50;

/// The same for texts.
const MAX_TEXTED: usize = 20;

/// How many answers to one notification staff are emailed of within
/// [`NOTICES_WINDOW`].
pub const MAX_NOTICES: usize = 5;

/// The time that [`MAX_NOTICES`] is for.
pub const NOTICES_WINDOW: TimeDelta = TimeDelta::hours(1);

/// Whether a notification takes no more answers over this way.
pub fn changed_too_often(notification: &Notification, channel: AnswerChannel) -> bool {
    let same = notification
        .answers
        .iter()
        .filter(|given| given.channel == channel);
    let most = match channel {
        AnswerChannel::SmsReply => MAX_TEXTED,
        _ => MAX_ANSWERS,
    };
    same.count() >= most
}

/// Whether staff are emailed of the last answer to a notification, which came this way:
/// not, if they were of several that did within the hour. Each way is counted by itself,
/// for a number can be forged, and must not silence its owner's link. The log and the
/// timeline have all of them.
pub fn is_news(notification: &Notification, channel: AnswerChannel, now: DateTime<Utc>) -> bool {
    let lately = |given: &&AnswerGiven| {
        given.channel == channel && !given.stale && given.at + NOTICES_WINDOW > now
    };
    notification.answers.iter().filter(lately).count() <= MAX_NOTICES
}
