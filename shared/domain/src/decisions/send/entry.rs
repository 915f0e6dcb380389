//! What the timeline says of a message: the message's row tells it, as long as it was sent
//! once. What became of it since then stands in entries of its own.

use chrono::{DateTime, Utc};

use crate::{
    notification::{Delivery, DeliveryStatus, Notification, Status},
    timeline::{TimelineEntry, TimelineKind},
    values::kind::MessageKind,
};

/// What a row tells in its meeting's timeline by itself; none while it is on its way, and
/// where entries tell it. That staff were told is no news to them; that they were not, is.
/// A customer's answer to what was in doubt shows that it came: the row says so in place.
pub fn own_entry(row: &Notification) -> Option<TimelineEntry> {
    let is_no_news = row.kind == MessageKind::AnswerNotice && row.status() == Status::Sent;
    let is_told = !row.has_entries && !row.is_on_its_way() && !is_no_news;
    is_told.then(|| sent_entry(row, row.created_at))
}

/// Has entries tell what becomes of a row from now on. Returns the one for what it has told
/// by itself so far.
pub fn leave_to_entries(row: &mut Notification) -> Option<TimelineEntry> {
    let told = own_entry(row);
    row.has_entries = true;
    told
}

/// What became of deliveries, as a verb, and of which that is so.
type Outcome = (&'static str, fn(DeliveryStatus) -> bool);

/// In the order in which a sentence names them.
const OUTCOMES: [Outcome; 5] = [
    ("sent to", |status| {
        matches!(status, DeliveryStatus::Sent | DeliveryStatus::Delivered)
    }),
    ("called spam by", |status| {
        status == DeliveryStatus::Complained
    }),
    ("came back from", |status| status == DeliveryStatus::Bounced),
    ("not sent to", |status| status == DeliveryStatus::Failed),
    ("perhaps sent to", DeliveryStatus::in_doubt),
];

/// The timeline's entry on one notification of a send.
pub fn sent_entry(notification: &Notification, now: DateTime<Utc>) -> TimelineEntry {
    let told = told_of(notification);
    let channel = match told.as_slice() {
        [only] => Some(only.channel),
        _ => None,
    };
    TimelineEntry {
        attendee_id: Some(notification.recipient.id.clone()),
        channel,
        actor: notification.actor.clone(),
        ..TimelineEntry::of_meeting(
            now,
            TimelineKind::Notification,
            sentence(notification, &told),
        )
    }
}

/// What became of these deliveries of a notification, those with one outcome together.
fn sentence(notification: &Notification, told: &[&Delivery]) -> String {
    let name = notification.to_whom();
    let clause = |(verb, is_so): Outcome| {
        let channels = told.iter().filter(|delivery| is_so(delivery.status));
        let channels: Vec<_> = channels.map(|each| each.channel.label()).collect();
        (!channels.is_empty()).then(|| format!("{verb} {name} by {}", channels.join(" and ")))
    };
    let clauses: Vec<_> = OUTCOMES.into_iter().filter_map(clause).collect();
    let mut text = format!("{} {}", notification.kind.label(), clauses.join(", "));
    let reasons: Vec<_> = told.iter().filter_map(|d| d.reason.as_deref()).collect();
    if !reasons.is_empty() {
        text.push_str(&format!(" ({})", reasons.join(" ")));
    }
    text
}

/// The deliveries that the newest attempt was made of: what came of those before it was told
/// then.
fn told_of(notification: &Notification) -> Vec<&Delivery> {
    let until = |delivery: &Delivery| delivery.lease.as_ref().map(|lease| lease.until);
    let deliveries = notification.deliveries.iter();
    let newest = deliveries.clone().filter_map(until).max();
    let is_earlier = |delivery: &&Delivery| until(delivery).is_some_and(|at| Some(at) < newest);
    deliveries.filter(|each| !is_earlier(each)).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::{
        actor::Actor, lease::Lease, notification::Delivery, sample, values::channel::Channel,
    };

    fn at(minutes: i64) -> DateTime<Utc> {
        sample::now() + chrono::TimeDelta::minutes(minutes)
    }

    /// A row of this kind with these deliveries.
    fn row(kind: MessageKind, deliveries: &[(Channel, DeliveryStatus)]) -> Notification {
        let lease = Lease::new("owner".to_owned(), at(0));
        let each = deliveries.iter().map(|(channel, status)| Delivery {
            status: *status,
            ..Delivery::dispatching(*channel, None, lease.clone(), at(0))
        });
        Notification {
            deliveries: each.collect(),
            ..sample::notification(kind)
        }
    }

    #[rstest]
    #[case::sent(MessageKind::Confirmation, DeliveryStatus::Sent, true)]
    #[case::failed(MessageKind::Confirmation, DeliveryStatus::Failed, true)]
    #[case::in_doubt(MessageKind::Confirmation, DeliveryStatus::Unknown, true)]
    #[case::on_its_way(MessageKind::Confirmation, DeliveryStatus::Dispatching, false)]
    #[case::staff_were_told(MessageKind::AnswerNotice, DeliveryStatus::Sent, false)]
    #[case::staff_were_not_told(MessageKind::AnswerNotice, DeliveryStatus::Failed, true)]
    fn a_row_tells_what_became_of_it_until_entries_do(
        #[case] kind: MessageKind,
        #[case] status: DeliveryStatus,
        #[case] tells: bool,
    ) {
        let mut row = row(kind, &[(Channel::Email, status)]);
        let own = own_entry(&row);
        assert_eq!(own.is_some(), tells);
        assert!(own.iter().all(|entry| entry.at == row.created_at));
        assert_eq!(leave_to_entries(&mut row), own);
        assert_eq!(own_entry(&row), None);
        assert_eq!(leave_to_entries(&mut row), None, "it is told once");
    }

    #[rstest]
    #[case(&[(Channel::Email, DeliveryStatus::Sent)], "Confirmation sent to Ann Lee by email", Some(Channel::Email))]
    #[case(&[(Channel::Email, DeliveryStatus::Sent), (Channel::Sms, DeliveryStatus::Delivered)], "Confirmation sent to Ann Lee by email and SMS", None)]
    #[case(&[(Channel::Email, DeliveryStatus::Failed), (Channel::Sms, DeliveryStatus::Unknown)], "Confirmation not sent to Ann Lee by email, perhaps sent to Ann Lee by SMS", None)]
    #[case(&[(Channel::Email, DeliveryStatus::Bounced), (Channel::Sms, DeliveryStatus::Sent)], "Confirmation sent to Ann Lee by SMS, came back from Ann Lee by email", None)]
    #[case(&[(Channel::Email, DeliveryStatus::Complained)], "Confirmation called spam by Ann Lee by email", Some(Channel::Email))]
    #[case(&[(Channel::Email, DeliveryStatus::Skipped), (Channel::Sms, DeliveryStatus::Dispatching)], "Confirmation perhaps sent to Ann Lee by SMS", None)]
    fn the_timeline_says_what_went_where(
        #[case] deliveries: &[(Channel, DeliveryStatus)],
        #[case] text: &str,
        #[case] channel: Option<Channel>,
    ) {
        let mut row = row(MessageKind::Confirmation, deliveries);
        row.actor = Some(Actor::System);
        let entry = sent_entry(&row, at(3));
        assert_eq!(entry.text, text);
        assert_eq!((entry.at, entry.kind), (at(3), TimelineKind::Notification));
        assert_eq!(entry.channel, channel);
        assert_eq!(entry.attendee_id, Some(row.recipient.id.clone()));
        assert_eq!(entry.actor, row.actor);
        row.deliveries[0].reason = Some("First.".to_owned());
        row.staff = crate::contact::EmailAddress::parse("sam@example.com").ok();
        let entry = sent_entry(&row, at(3));
        let said = text.replace("Ann Lee", "sam@example.com");
        assert_eq!(entry.text, format!("{said} (First.)"));
    }
    #[test]
    fn what_came_of_an_earlier_attempt_is_not_told_again() {
        let (email, sms) = (Channel::Email, Channel::Sms);
        let both = [
            (email, DeliveryStatus::Bounced),
            (sms, DeliveryStatus::Sent),
        ];
        let mut row = row(MessageKind::Confirmation, &both);
        row.deliveries[1].lease = Some(Lease::new("owner".to_owned(), at(5)));
        let entry = sent_entry(&row, at(5));
        assert_eq!(entry.text, "Confirmation sent to Ann Lee by SMS");
        assert_eq!(entry.channel, Some(sms));
    }
}
