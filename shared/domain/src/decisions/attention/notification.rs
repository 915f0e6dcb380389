//! What needs attention of a notification: something failed, or may not have gone out.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    dealt_with::DealtWith,
    notification::{
        Delivery, DeliveryStatus, Notification, NotificationDealtWith, StatusFilter, Trouble,
    },
    text::Reason,
};

/// How long a doubt may wait for what its provider reports: events of SES and receipts of most
/// carriers are there within minutes.
const DOUBT_SETTLES: TimeDelta = TimeDelta::minutes(15);

impl NotificationDealtWith {
    /// Whether it was given for what is the matter with this delivery now.
    fn covers(&self, delivery: &Delivery) -> bool {
        match (Trouble::of(delivery), &self.of) {
            (None, _) => true,
            (Some(trouble), Some(of)) => of.contains(&trouble),
            (Some(_), None) => delivery.at <= self.dealt.at,
        }
    }
}

impl StatusFilter {
    /// Whether a row stands so.
    pub fn takes(self, row: &Notification) -> bool {
        match self {
            Self::Unknown => row.in_doubt(),
            Self::NeedsAttention => row.needs_attention(),
            _ => self.statuses().contains(&row.status()),
        }
    }
}

impl Notification {
    /// Whether staff must look at it: something failed, or may not have gone out, and
    /// nobody has dealt with it.
    pub fn needs_attention(&self) -> bool {
        self.in_trouble() && self.dealt_with().is_none()
    }

    fn in_trouble(&self) -> bool {
        self.deliveries
            .iter()
            .any(|each| Trouble::of(each).is_some())
    }

    /// Notes that somebody has dealt with all of it that needs attention now.
    pub fn deal_with(&mut self, dealt: DealtWith) {
        let of = self.deliveries.iter().filter_map(Trouble::of).collect();
        self.dealt_with = Some(NotificationDealtWith {
            dealt,
            of: Some(of),
        });
    }

    /// Notes that a newer message has taken the place of what is the matter with this one:
    /// it said the same to the same attendee on the same channel, and reached them, or
    /// failed in turn, which then needs attention in its place. Returns whether there is
    /// anything to note. What is in doubt gives way only to what arrived.
    pub fn give_way_to(&mut self, newer: &Self, now: DateTime<Utc>) -> bool {
        let same = newer.id.meeting() == self.id.meeting()
            && newer.recipient.id == self.recipient.id
            && newer.kind == self.kind
            && newer.id != self.id
            && newer.revision >= self.revision;
        if !same || !self.needs_attention() {
            return false;
        }
        let replaced = |trouble: &Trouble| {
            let delivery = newer.delivery(trouble.channel);
            delivery.is_some_and(|newer| match newer.status {
                DeliveryStatus::Sent | DeliveryStatus::Delivered => true,
                DeliveryStatus::Failed | DeliveryStatus::Bounced => {
                    trouble.status != DeliveryStatus::Unknown
                }
                _ => false,
            })
        };
        let troubles = self.deliveries.iter().filter_map(Trouble::of);
        let of: Vec<_> = troubles.filter(replaced).collect();
        if of.is_empty() {
            return false;
        }
        self.dealt_with = Some(NotificationDealtWith {
            dealt: DealtWith {
                by: "Usher".to_owned(),
                at: now,
                note: Reason::parse("it was sent again").ok(),
            },
            of: Some(of),
        });
        true
    }

    /// Who has dealt with all that is the matter with it now.
    pub fn dealt_with(&self) -> Option<&DealtWith> {
        let given = self.dealt_with.as_ref()?;
        let all = self.deliveries.iter().all(|each| given.covers(each));
        (self.in_trouble() && all).then_some(&given.dealt)
    }

    /// Until when staff must look at it: until the meeting starts, or ends where it is
    /// cancelled, which may be done and told while it is on.
    pub fn needs_attention_until(&self) -> Option<DateTime<Utc>> {
        let until = self.expires_at().unwrap_or(self.details.starts_at);
        self.needs_attention().then_some(until)
    }

    /// From when on a doubt of it is too old to wait for what its provider reports: whoever runs
    /// the system is told then. None where nothing is in doubt, or somebody has dealt with it.
    pub fn watched_from(&self) -> Option<DateTime<Utc>> {
        let open = self.in_doubt() && self.needs_attention();
        open.then(|| self.dispatched_at() + DOUBT_SETTLES)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::records::dealt_with::ada as dealt;
    use crate::{
        id::NotificationId,
        notification::NotDelivered,
        sample,
        values::channel::Channel,
        values::{kind::MessageKind, lease::Lease},
    };

    fn sent(kind: MessageKind, results: [Result<String, NotDelivered>; 2]) -> Notification {
        let mut row = sample::notification(kind);
        let lease = Lease::new("owner".to_owned(), sample::now());
        row.deliveries = [Channel::Email, Channel::Sms]
            .into_iter()
            .zip(results)
            .map(|(channel, result)| {
                let mut delivery =
                    Delivery::dispatching(channel, None, lease.clone(), sample::now());
                delivery.settle(result, sample::now());
                delivery
            })
            .collect();
        row
    }

    fn refused() -> Result<String, NotDelivered> {
        Err(NotDelivered::Refused("no".to_owned()))
    }

    fn doubtful() -> Result<String, NotDelivered> {
        Err(NotDelivered::Doubtful("no answer".to_owned()))
    }

    #[test]
    fn a_dismissal_ends_with_whatever_happens_to_what_it_was_given_for() {
        let update = MessageKind::Update;
        let before = sent(update, [refused(), doubtful()]);
        assert!(before.needs_attention() && before.dealt_with().is_none());
        let mut row = before.clone();
        row.deal_with(dealt());
        assert!(!row.needs_attention());
        assert_eq!(row.dealt_with().unwrap().by, "Ada");
        // Neither the clock nor whoever writes it is asked.
        let change = |channel, result| {
            let mut row = row.clone();
            let delivery = row.delivery_mut(channel).unwrap();
            delivery.settle(result, sample::now() - TimeDelta::hours(1));
            row.needs_attention()
        };
        assert!(change(Channel::Sms, refused()), "the doubt is over");
        assert!(!change(Channel::Sms, Ok("id".to_owned())), "a good end");
        let mut again = row.clone();
        let lease = Lease::new("other".to_owned(), sample::now());
        let delivery = again.delivery_mut(Channel::Email).unwrap();
        delivery.retry(lease, sample::now());
        assert!(!again.needs_attention(), "on its way");
        let delivery = again.delivery_mut(Channel::Email).unwrap();
        delivery.settle(refused(), sample::now());
        assert!(again.needs_attention(), "it failed again");
    }

    #[test]
    fn a_dismissal_of_the_first_release_holds_for_what_was_there_then() {
        let mut row = sent(MessageKind::Update, [refused(), doubtful()]);
        row.dealt_with = Some(NotificationDealtWith {
            dealt: dealt(),
            of: None,
        });
        assert!(!row.needs_attention());
        let later = sample::now() + TimeDelta::hours(1);
        row.delivery_mut(Channel::Sms)
            .unwrap()
            .settle(refused(), later);
        assert!(row.needs_attention());
    }

    #[test]
    fn a_failed_cancellation_needs_attention_until_the_meeting_is_over() {
        let until = |kind| {
            let row = sent(kind, [refused(), refused()]);
            (row.needs_attention_until(), row.details)
        };
        let (cancelled, details) = until(MessageKind::Cancellation);
        assert_eq!(cancelled, Some(details.ends_at()));
        let (updated, details) = until(MessageKind::Update);
        assert_eq!(updated, Some(details.starts_at));
    }

    #[test]
    fn a_newer_message_takes_the_place_of_what_failed_on_its_channels() {
        let kind = MessageKind::Confirmation;
        let newer = |kind, results| {
            let mut row = sent(kind, results);
            let id = NotificationId::new(
                row.id.meeting(),
                &row.recipient.id,
                "another",
                sample::now(),
            );
            row.id = id;
            row
        };
        let ok = || Ok("id".to_owned());
        for (old, new, rests) in [
            ([refused(), ok()], [ok(), ok()], true),
            ([refused(), refused()], [ok(), refused()], true),
            ([refused(), ok()], [doubtful(), ok()], false),
            ([doubtful(), ok()], [ok(), ok()], true),
            ([doubtful(), ok()], [refused(), ok()], false),
        ] {
            let mut row = sent(kind, old.clone());
            assert!(row.needs_attention());
            row.give_way_to(&newer(kind, new.clone()), sample::now());
            assert_eq!(row.needs_attention(), !rests, "{old:?} {new:?}");
            let mut row = sent(kind, old);
            assert!(!row.give_way_to(&newer(MessageKind::Update, new), sample::now()));
        }
        let mut row = sent(kind, [refused(), refused()]);
        let mut by_email = newer(kind, [ok(), ok()]);
        by_email.deliveries.truncate(1);
        row.give_way_to(&by_email, sample::now());
        assert!(row.needs_attention(), "nothing went by SMS since");
    }
}
