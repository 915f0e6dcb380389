use std::collections::BTreeSet;

use chrono::TimeDelta;
use proptest::prelude::*;
use rstest::rstest;
use strum::VariantArray as _;

use super::*;
use crate::{
    id::TriggerId,
    meeting::Announced,
    notification::{AnswerGiven, NotDelivered, Report, ReportKind},
    reminders::ReminderInstance,
    sample,
    template::IfLate,
};

/// A row of this kind, with a delivery that was handed over `seconds` after it was asked for.
fn row(kind: MessageKind, channel: Channel, seconds: i64) -> Notification {
    let mut row = sample::notification(kind);
    let at = row.created_at + TimeDelta::seconds(seconds);
    let lease = Lease::new("owner".to_owned(), at);
    let mut delivery = Delivery::dispatching(channel, None, lease, at);
    delivery.settle(Ok("m-1".to_owned()), at);
    row.deliveries.push(delivery);
    row
}

fn given(answer: Answer, channel: AnswerChannel, stale: bool) -> AnswerGiven {
    AnswerGiven {
        answer,
        channel,
        reason: None,
        preferred_times: None,
        revision: 1,
        at: sample::now(),
        stale,
    }
}

/// A meeting whose reminder was due `minutes` before the sample row was made.
fn reminded(minutes: i64) -> Meeting {
    let mut meeting = sample::meeting();
    meeting.reminders.triggers = vec![sample::trigger("day", "soon", 1_440, IfLate::Skip)];
    let row = sample::notification(MessageKind::Reminder);
    meeting.reminders.marks.push(SettledReminder {
        instance: ReminderInstance {
            trigger_id: TriggerId::parse("day").unwrap(),
            revision: row.revision,
            due_at: row.created_at - TimeDelta::minutes(minutes),
        },
        outcome: Settlement::Sent,
        starts_at: meeting.details.starts_at,
        at: row.created_at,
    });
    meeting
}

fn reminder() -> Notification {
    let mut row = row(MessageKind::Reminder, Channel::Email, 0);
    row.config_id = crate::id::ConfigId::parse("soon").unwrap();
    row
}

fn lags(figures: &Figures) -> Vec<(Lag, u64)> {
    let counts = figures.due_to_accepted.iter();
    counts.map(|(group, count)| (group.lag, *count)).collect()
}

#[test]
fn a_delivery_counts_as_it_stands_and_so_it_does_again_once_more_is_known() {
    let mut row = row(MessageKind::Confirmation, Channel::Email, 0);
    let status = |row: &Notification| {
        let figures = Figures::of(row, None);
        let statuses = figures.messages.iter();
        statuses
            .map(|(group, count)| (group.status, *count))
            .collect::<Vec<_>>()
    };
    assert_eq!(status(&row), [(DeliveryStatus::Sent, 1)]);
    let later = row.created_at + TimeDelta::days(2);
    let bounce = Report::new(ReportKind::HardBounce, later, None);
    row.take_report(Channel::Email, bounce, None);
    assert_eq!(status(&row), [(DeliveryStatus::Bounced, 1)]);
    assert_eq!(
        lags(&Figures::of(&row, None)),
        [(Lag::Minute, 1)],
        "when it came back says nothing of when it was accepted"
    );
}

#[rstest]
#[case::at_once(0, Some(Lag::Minute))]
#[case::in_a_later_wave(200, Some(Lag::FiveMinutes))]
fn what_is_no_reminder_was_due_when_it_was_asked_for(
    #[case] seconds: i64,
    #[case] lag: Option<Lag>,
) {
    let figures = Figures::of(&row(MessageKind::Update, Channel::Sms, seconds), None);
    let expected: Vec<_> = lag.map(|lag| (lag, 1)).into_iter().collect();
    assert_eq!(lags(&figures), expected);
}

#[test]
fn what_was_never_accepted_has_no_time_to_that() {
    let mut row = row(MessageKind::Update, Channel::Sms, 0);
    let refused = NotDelivered::Refused("no".to_owned());
    row.deliveries[0].settle(Err(refused), row.created_at);
    assert_eq!(lags(&Figures::of(&row, None)), []);
}

#[test]
fn a_reminder_was_due_at_its_triggers_moment() {
    let meeting = reminded(10);
    let figures = Figures::of(&reminder(), Some(&meeting));
    assert_eq!(lags(&figures), [(Lag::QuarterHour, 1)]);
    // Nobody knows when it was due: that is no reason to call it punctual.
    assert_eq!(lags(&Figures::of(&reminder(), None)), []);
    let mut other = reminder();
    other.revision += 1;
    assert_eq!(lags(&Figures::of(&other, Some(&meeting))), []);
    // By a trigger of another config.
    let mut other = meeting.clone();
    other.reminders.triggers[0].config_id =
        sample::config("other", crate::kind::NotificationType::Reminder).id;
    assert_eq!(lags(&Figures::of(&reminder(), Some(&other))), []);
}

#[test]
fn a_reminder_that_was_late_already_when_customers_were_told_was_due_then() {
    let mut meeting = reminded(600);
    let row = reminder();
    meeting.announced = Some(Announced {
        details: meeting.details.clone(),
        revision: row.revision,
        at: row.created_at,
        since: row.created_at - TimeDelta::seconds(30),
        asked: false,
        requested: false,
        statement: 1,
    });
    let figures = Figures::of(&row, Some(&meeting));
    assert_eq!(lags(&figures), [(Lag::Minute, 1)]);
}

#[test]
fn an_answer_counts_with_the_template_of_its_meeting_unless_it_came_too_late() {
    let mut row = row(MessageKind::ConfirmationRequest, Channel::Email, 0);
    row.answers = vec![
        given(Answer::Accept, AnswerChannel::EmailLink, false),
        given(Answer::Decline, AnswerChannel::SmsReply, true),
    ];
    let mut meeting = sample::meeting();
    meeting.template_id = TemplateId::parse("visit").ok();
    let figures = Figures::of(&row, Some(&meeting));
    let group = AnswerGroup {
        template_id: meeting.template_id,
        channel: AnswerChannel::EmailLink,
        answer: Answer::Accept,
    };
    assert_eq!(figures.answers, BTreeMap::from([(group, 1)]));
    assert!(Figures::need_meeting(&row));
    row.answers.clear();
    assert!(!Figures::need_meeting(&row));
    assert!(Figures::need_meeting(&reminder()));
}

/// Any row, with the template of its meeting.
fn any_row() -> impl Strategy<Value = (Notification, Option<&'static str>)> {
    let deliveries = prop::collection::vec(
        (
            prop::sample::select(DeliveryStatus::VARIANTS),
            0_i64..30_000,
        ),
        0..=2,
    );
    let answers = prop::collection::vec(
        (
            prop::sample::select(Answer::VARIANTS),
            prop::sample::select(AnswerChannel::VARIANTS),
            any::<bool>(),
        ),
        0..3,
    );
    let kind = prop::sample::select(MessageKind::VARIANTS);
    let template = prop::option::of(prop::sample::select(vec!["visit", "call"]));
    (kind, deliveries, answers, template).prop_map(|(kind, deliveries, answers, template)| {
        let mut made = sample::notification(kind);
        for ((status, seconds), channel) in deliveries.into_iter().zip(Channel::ALL) {
            let mut delivery = row(kind, *channel, seconds).deliveries.remove(0);
            delivery.status = status;
            made.deliveries.push(delivery);
        }
        let answers = answers.into_iter();
        made.answers = answers
            .map(|(a, channel, stale)| given(a, channel, stale))
            .collect();
        (made, template)
    })
}

/// The figures of one row of a meeting with this template.
fn figures_of((row, template): &(Notification, Option<&'static str>)) -> Figures {
    let mut meeting = sample::meeting();
    meeting.template_id = template.and_then(|id| TemplateId::parse(id).ok());
    Figures::of(row, Some(&meeting))
}

fn sum(figures: impl IntoIterator<Item = Figures>) -> Figures {
    figures
        .into_iter()
        .fold(Figures::default(), |mut all, each| {
            all.merge(each);
            all
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// However a day is cut into parts, and in whatever order they are counted.
    #[test]
    fn parts_in_any_order_add_up_to_the_whole(
        rows in prop::collection::vec((any_row(), 0_usize..4), 0..24),
        order in Just((0..4_usize).collect::<Vec<_>>()).prop_shuffle(),
        unreadable in 0_usize..3,
    ) {
        let whole = sum(rows.iter().map(|(row, _)| figures_of(row)).chain([Figures::unreadable(unreadable)]));
        let part = |wanted: usize| {
            let own = rows.iter().rev().filter(move |(_, part)| *part == wanted);
            sum(own.map(|(row, _)| figures_of(row)))
        };
        let mut parts = Figures::unreadable(unreadable);
        for each in order {
            parts.merge(part(each));
        }
        prop_assert_eq!(parts, whole);
    }

    /// Every group has as many as one finds who goes through the rows for it alone.
    #[test]
    fn every_group_counts_what_one_finds_who_looks_for_it_alone(rows in prop::collection::vec(any_row(), 0..16)) {
        let figures = sum(rows.iter().map(figures_of));
        prop_assert_eq!(figures.rows, rows.len() as u64);
        let mut seen = BTreeSet::new();
        for (kind, channel, status) in every_choice(MessageKind::VARIANTS, Channel::ALL, DeliveryStatus::VARIANTS) {
            let of_kind = rows.iter().filter(|(row, _)| row.kind == kind);
            let deliveries = of_kind.flat_map(|(row, _)| &row.deliveries);
            let found = deliveries.filter(|d| d.channel == channel && d.status == status).count() as u64;
            let group = MessageGroup { kind, channel, status };
            prop_assert_eq!(figures.messages.get(&group).copied().unwrap_or_default(), found);
            seen.insert(group);
        }
        prop_assert!(figures.messages.keys().all(|group| seen.contains(group)));
        for template in [None, Some("visit"), Some("call")] {
            for (answer, channel, ()) in every_choice(Answer::VARIANTS, AnswerChannel::VARIANTS, &[()]) {
                let of_template = rows.iter().filter(|(_, own)| *own == template);
                let answers = of_template.flat_map(|(row, _)| &row.answers);
                let found = answers.filter(|a| !a.stale && a.answer == answer && a.channel == channel).count() as u64;
                let template_id = template.and_then(|id| TemplateId::parse(id).ok());
                let group = AnswerGroup { template_id, channel, answer };
                prop_assert_eq!(figures.answers.get(&group).copied().unwrap_or_default(), found);
            }
        }
        let accepted = rows.iter().filter(|(row, _)| row.kind != MessageKind::Reminder);
        let sent_at = |d: &Delivery| d.lease.as_ref().map(Lease::since);
        let accepted = accepted.flat_map(|(row, _)| {
            // Those that went out together at first.
            let first = row.deliveries.iter().filter_map(sent_at).min();
            row.deliveries.iter().filter(move |d| d.status.accepted() && sent_at(d) == first)
        });
        prop_assert_eq!(figures.due_to_accepted.values().sum::<u64>(), accepted.count() as u64);
    }
}

/// Every choice of one of each.
fn every_choice<A: Copy, B: Copy, C: Copy>(a: &[A], b: &[B], c: &[C]) -> Vec<(A, B, C)> {
    let pairs = a.iter().flat_map(|a| b.iter().map(move |b| (*a, *b)));
    pairs
        .flat_map(|(a, b)| c.iter().map(move |c| (a, b, *c)))
        .collect()
}
