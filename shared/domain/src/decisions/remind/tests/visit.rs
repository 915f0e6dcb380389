//! The visit that the examples tell of: the sample meeting, its template, and
//! what goes out for it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    id::{NotificationId, TemplateId, TriggerId},
    meeting::{Meeting, Statement},
    notification::{Delivery, NotDelivered, Notification},
    records::reminders::{ReminderInstance, SettledReminder, Settlement},
    remind::{ReminderDecision, decide_reminder, wanted},
    sample,
    send::{Whom, decide_send, record_sent, statement},
    settings::Settings,
    template::{Template, TemplateBody},
    values::{kind::NotificationType, lease::Lease},
};

/// What a provider says of a message.
pub type Said = fn() -> Result<String, NotDelivered>;

pub fn accepted() -> Result<String, NotDelivered> {
    Ok("message".to_owned())
}

pub fn doubtful() -> Result<String, NotDelivered> {
    Err(NotDelivered::Doubtful("timed out".to_owned()))
}

/// A template of one reminder config and these triggers: id, minutes, if late.
pub fn template(triggers: &[(&str, u32, &str)]) -> Template {
    template_with(triggers, |_| {})
}

/// The same, otherwise changed.
pub fn template_with(
    triggers: &[(&str, u32, &str)],
    change: impl FnOnce(&mut TemplateBody),
) -> Template {
    let trigger = |(id, minutes, if_late): &(&str, u32, &str)| {
        sample::trigger(id, "soon", *minutes, if_late.parse().unwrap())
    };
    let mut body = TemplateBody {
        configs: vec![sample::config("soon", NotificationType::Reminder)],
        reminder_triggers: triggers.iter().map(trigger).collect(),
        ..sample::template_body("Visit")
    };
    change(&mut body);
    let id = TemplateId::parse("visit").unwrap();
    Template::new(id, 1, body, &Settings::default()).unwrap()
}

/// Sends a message to all, and returns its rows before they are recorded; the meeting is
/// as it is while they are under way.
pub fn rows(
    meeting: &mut Meeting,
    template: &Template,
    kind: NotificationType,
    said: Said,
    now: DateTime<Utc>,
) -> Vec<Notification> {
    let settings = sample::settings();
    let plan = decide_send(
        meeting,
        Some(template),
        sample::deliverability(&settings),
        kind,
        Whom::EVERYBODY,
        now,
    )
    .unwrap();
    meeting.renew_for(kind);
    let mut statements: Vec<Statement> = Vec::new();
    let mut rows = Vec::new();
    for recipient in &plan.recipients {
        let (attendee, config) = (&recipient.attendee, &recipient.config);
        let number = match statements.iter().find(|each| each.kind == config.kind) {
            Some(made) => made.number,
            None => {
                let number = meeting.next_statement() + statements.len() as u64;
                statements.push(statement(meeting, config, number, now));
                number
            }
        };
        let used = recipient.channels.iter().filter(|channel| channel.used());
        let deliveries = used.map(|channel| {
            let lease = Lease::new("owner".to_owned(), now);
            let mut delivery = Delivery::dispatching(channel.channel, None, lease, now);
            delivery.statement = Some(number);
            delivery.settle(said(), now);
            delivery
        });
        let id = NotificationId::new(&meeting.id, &attendee.id, &now.to_string(), now);
        let (kind, config_id) = (config.kind.into(), config.id.clone());
        rows.push(Notification {
            version: 1,
            buttons: config.buttons(),
            deliveries: deliveries.collect(),
            ..Notification::about(meeting, attendee, id, kind, config_id, now)
        });
    }
    *meeting = meeting.clone().about_to_say(statements);
    rows
}

/// Tells all customers, who get it.
pub fn tell(
    meeting: &mut Meeting,
    template: &Template,
    kind: NotificationType,
    now: DateTime<Utc>,
) {
    let rows = rows(meeting, template, kind, accepted, now);
    record_sent(meeting, Some(template), &rows, now);
}

/// The sample meeting, confirmed ten days before it starts.
pub fn told(template: &Template) -> Meeting {
    let mut meeting = sample::meeting();
    let kind = NotificationType::Confirmation;
    tell(&mut meeting, template, kind, sample::now());
    meeting
}

/// Decides what comes of an occasion.
pub fn decide(
    meeting: &Meeting,
    template: &Template,
    instance: &ReminderInstance,
    now: DateTime<Utc>,
) -> ReminderDecision {
    let settings = sample::settings();
    decide_reminder(
        meeting,
        Some(template),
        sample::deliverability(&settings),
        instance,
        now,
    )
}

/// The only reminder that is to come.
pub fn only(meeting: &Meeting) -> ReminderInstance {
    let mut wanted = wanted(meeting);
    assert_eq!(wanted.len(), 1, "{wanted:?}");
    wanted.remove(0)
}

/// What a trigger means for the meeting as it is, due then.
pub fn instance(meeting: &Meeting, trigger: &str, due_at: DateTime<Utc>) -> ReminderInstance {
    ReminderInstance {
        trigger_id: TriggerId::parse(trigger).unwrap(),
        revision: meeting.revision,
        due_at,
    }
}

/// Settles an occasion of the meeting as it is.
pub fn settle(meeting: &mut Meeting, instance: &ReminderInstance, outcome: Settlement) {
    let mark = SettledReminder {
        instance: instance.clone(),
        outcome,
        starts_at: meeting.details.starts_at,
        at: instance.due_at,
    };
    meeting.settle_reminder(mark, true);
}

/// Sends the only reminder that is to come, when it is due.
pub fn remind(meeting: &mut Meeting, template: &Template) -> ReminderInstance {
    let instance = only(meeting);
    let verdict = decide(meeting, template, &instance, instance.due_at);
    assert!(matches!(verdict, ReminderDecision::Send(_)), "{verdict:?}");
    settle(meeting, &instance, Settlement::Sent);
    instance
}

/// Moves the start by minutes.
pub fn postpone(meeting: &mut Meeting, minutes: i64) {
    let mut details = meeting.details.clone();
    details.starts_at += TimeDelta::minutes(minutes);
    meeting.change_details(details);
}

/// Changes another field than the time: half an hour more.
pub fn prolong(meeting: &mut Meeting) {
    let mut details = meeting.details.clone();
    details.duration_minutes += 30;
    meeting.change_details(details);
}
