use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use strum::VariantArray as _;

use super::*;
use crate::{
    notification::NotDelivered,
    sample,
    values::{channel::Channel, lease::Lease},
};

fn at(minutes: i64) -> DateTime<Utc> {
    sample::now() + TimeDelta::minutes(minutes)
}

fn dispatching() -> Delivery {
    let lease = Lease::new("owner".to_owned(), at(0));
    Delivery::dispatching(Channel::Email, None, lease, at(0))
}

fn report(kind: ReportKind, minutes: i64) -> Report {
    Report::new(kind, at(minutes), None)
}

/// How a delivery stands of which these are all the reports, in whatever order they came:
/// written from the promises, and not from the order of the kinds.
fn expected(kinds: &[ReportKind]) -> DeliveryStatus {
    use ReportKind::{
        Accepted, Answered, Complaint, Delayed, Delivered, HardBounce, NotTaken, Rejected,
        SoftBounce, TakenByCarrier,
    };
    let any = |wanted: &[ReportKind]| kinds.iter().any(|kind| wanted.contains(kind));
    if any(&[Answered]) {
        DeliveryStatus::Delivered
    } else if any(&[Complaint]) {
        DeliveryStatus::Complained
    } else if any(&[HardBounce]) {
        DeliveryStatus::Bounced
    } else if any(&[Delivered]) {
        DeliveryStatus::Delivered
    } else if any(&[Rejected, NotTaken]) {
        DeliveryStatus::Failed
    } else if any(&[SoftBounce]) {
        DeliveryStatus::Bounced
    } else {
        assert!(any(&[Accepted, Delayed, TakenByCarrier]));
        DeliveryStatus::Sent
    }
}

/// One thing that happens to a delivery.
#[derive(Debug, Clone)]
enum Event {
    Reported(Report),
    Recorded(Result<String, NotDelivered>),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let kinds = prop::sample::select(ReportKind::VARIANTS);
    let words = prop::option::of("[a-c]{1,2}");
    let reported = (kinds, 0..5_i64, words).prop_map(|(kind, minutes, detail)| {
        Event::Reported(Report::new(kind, at(minutes), detail.as_deref()))
    });
    let why = || "why".to_owned();
    let recorded = prop::sample::select(vec![
        Ok("id".to_owned()),
        Err(NotDelivered::Doubtful(why())),
        Err(NotDelivered::Refused(why())),
        Err(NotDelivered::NotYet(why())),
    ]);
    let recorded = prop::option::of(recorded.prop_map(Event::Recorded));
    (prop::collection::vec(reported, 1..6), recorded)
        .prop_map(|(reported, recorded)| reported.into_iter().chain(recorded).collect())
}

/// The delivery after these, in this order; each report comes with the provider's name of
/// the message.
fn after(events: &[Event]) -> Delivery {
    let mut delivery = dispatching();
    for event in events {
        match event {
            Event::Reported(report) => {
                delivery.take_report(report.clone(), Some("id"));
            }
            // What its sender knows, who claimed it before anything was reported.
            Event::Recorded(said) => {
                let mut record = dispatching();
                record.settle(said.clone(), at(1));
                delivery.take_record(&record);
            }
        }
    }
    delivery
}

proptest! {
    #[test]
    fn any_order_and_number_of_events_ends_in_the_same_state(
        (events, shuffled, again) in events().prop_flat_map(|events| {
            let shuffled = Just(events.clone()).prop_shuffle();
            let again = prop::collection::vec(any::<prop::sample::Index>(), 0..4);
            (Just(events), shuffled, again)
        })
    ) {
        let delivery = after(&events);
        let repeated = again.iter().map(|index| index.get(&events).clone());
        let repeated: Vec<_> = shuffled.into_iter().chain(repeated).collect();
        prop_assert_eq!(&after(&repeated), &delivery);
        let kinds: Vec<_> = events.iter().filter_map(|event| match event {
            Event::Reported(report) => Some(report.kind),
            Event::Recorded(_) => None,
        }).collect();
        prop_assert_eq!(delivery.status, expected(&kinds));
        prop_assert_eq!(delivery.provider_message_id.as_deref(), Some("id"));
    }
}

#[test]
fn an_out_of_office_note_beside_a_delivery_is_no_bounce_and_a_refusal_is() {
    let mut delivery = dispatching();
    delivery.settle(Ok("id".to_owned()), at(0));
    assert!(delivery.take_report(report(ReportKind::SoftBounce, 2), None));
    assert_eq!(delivery.status, DeliveryStatus::Bounced);
    assert!(delivery.got_through(), "it may have arrived all the same");
    assert!(delivery.take_report(report(ReportKind::Delivered, 1), None));
    assert_eq!(
        (delivery.status, delivery.at),
        (DeliveryStatus::Delivered, at(1))
    );
    assert!(delivery.take_report(report(ReportKind::HardBounce, 3), None));
    assert_eq!(delivery.status, DeliveryStatus::Bounced);
    assert!(delivery.is_hard_bounce() && !delivery.got_through());
    assert!(
        !delivery.take_report(report(ReportKind::HardBounce, 4), None),
        "a later one of a kind says nothing"
    );
}

#[test]
fn what_was_reported_outlasts_what_its_sender_recorded() {
    let mut delivery = dispatching();
    delivery.take_report(report(ReportKind::Accepted, 1), Some("from the event"));
    let mut record = dispatching();
    record.settle(Err(NotDelivered::Doubtful("no answer".to_owned())), at(2));
    delivery.take_record(&record);
    assert_eq!(
        (delivery.status, &delivery.reason),
        (DeliveryStatus::Sent, &None)
    );
    assert_eq!(
        delivery.provider_message_id.as_deref(),
        Some("from the event")
    );
    let mut unreported = dispatching();
    unreported.take_record(&record);
    assert_eq!(unreported, record);
}

#[test]
fn another_attempt_begins_without_the_reports_on_the_one_before() {
    let mut delivery = dispatching();
    delivery.take_report(report(ReportKind::NotTaken, 1), Some("id"));
    assert_eq!(delivery.failed_by, Some(FailedBy::Receiver));
    let lease = Lease::new("other".to_owned(), at(3));
    delivery.retry(lease, at(3));
    assert_eq!(delivery.status, DeliveryStatus::Dispatching);
    assert_eq!((delivery.reports.len(), delivery.attempt), (0, 2));
    assert_eq!(delivery.provider_message_id, None);
}

#[test]
fn a_reporters_words_are_kept_shortened_and_on_one_line() {
    let kept = |detail: &str| Report::new(ReportKind::HardBounce, at(0), Some(detail)).detail;
    assert_eq!(
        kept(" smtp; 550\r\nno such user "),
        Some("smtp; 550  no such user".to_owned())
    );
    assert_eq!(kept(" \n "), None);
    assert_eq!(
        kept(&"é".repeat(500)).map(|kept| kept.chars().count()),
        Some(200)
    );
}

#[test]
fn what_was_taken_is_charged_for_unless_its_receipt_has_no_price() {
    let settled = |result| {
        let mut delivery = dispatching();
        delivery.settle(result, at(0));
        delivery
    };
    let why = || "why".to_owned();
    assert_eq!(dispatching().charged(), Charged::Open);
    let doubtful = settled(Err(NotDelivered::Doubtful(why())));
    assert_eq!(doubtful.charged(), Charged::Open);
    let refused = settled(Err(NotDelivered::Refused(why())));
    assert_eq!(refused.charged(), Charged::No);
    let sent = settled(Ok("id".to_owned()));
    assert_eq!(sent.charged(), Charged::Yes);
    for (kind, price, charged) in [
        (ReportKind::HardBounce, None, Charged::Yes),
        (ReportKind::Rejected, None, Charged::Open),
        (ReportKind::NotTaken, Some(0), Charged::No),
        (ReportKind::NotTaken, Some(6_450), Charged::Yes),
        (ReportKind::NotTaken, None, Charged::Yes),
        (ReportKind::TakenByCarrier, Some(6_450), Charged::Yes),
    ] {
        let mut reported = sent.clone();
        let report = Report {
            price_microusd: price,
            ..report(kind, 1)
        };
        reported.take_report(report, None);
        assert_eq!(reported.charged(), charged, "{kind:?} {price:?}");
    }
}
