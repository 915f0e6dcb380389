//! What staff could do next with a meeting, and what each of it would do for each
//! attendee: the plans that a send is made of, looked at before anybody asks (G8).

use chrono::{DateTime, Utc};

use super::{Deliverability, SendPlan, UsedChannel, Whom, decide_send, explain};
use crate::{
    Failure,
    id::AttendeeId,
    meeting::{BookingStatus, Meeting, NotificationState},
    template::Template,
    values::kind::NotificationType,
};

/// The types that staff send, in the order of the specification.
pub fn by_staff() -> impl Iterator<Item = NotificationType> {
    let all = NotificationType::ALL.iter().copied();
    all.filter(|kind| kind.rules().sent_by_staff)
}

/// Something that staff can send, or why they cannot.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// What.
    pub kind: NotificationType,
    /// What it would do; a sentence on why not, as things stand.
    pub plan: Result<SendPlan, String>,
}

/// What some of the actions would do for one attendee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// Which actions: those that would do the same.
    pub kinds: Vec<NotificationType>,
    /// The channels they would take, each with why; empty when they reach nobody.
    pub channels: Vec<UsedChannel>,
    /// Why the other channels would not be used.
    pub unused: Vec<String>,
}

/// The next right step for a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// Send this.
    Send(NotificationType),
    /// Give it another time: a customer has asked for one.
    OfferAnotherTime,
}

/// What staff can send of a meeting, in the order of [`by_staff`].
///
/// # Errors
/// What [`decide_send`] fails with, but for refusals.
pub fn actions(
    meeting: &Meeting,
    template: Option<&Template>,
    deliverability: Deliverability<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<Action>, Failure> {
    let action = |kind| {
        let plan = match decide_send(
            meeting,
            template,
            deliverability,
            kind,
            Whom::EVERYBODY,
            now,
        ) {
            Ok(plan) => Ok(plan),
            Err(Failure::Refused { reason, .. }) => Err(reason),
            Err(failure) => return Err(failure),
        };
        Ok(Action { kind, plan })
    };
    by_staff().map(action).collect()
}

/// What the actions that are possible would do for an attendee; those that would do the
/// same are one.
pub fn outlooks(actions: &[Action], attendee: &AttendeeId) -> Vec<Outlook> {
    let mut outlooks: Vec<Outlook> = Vec::new();
    for plan in actions
        .iter()
        .filter_map(|action| action.plan.as_ref().ok())
    {
        let mut recipients = plan.recipients.iter();
        let Some(recipient) = recipients.find(|each| &each.attendee.id == attendee) else {
            continue;
        };
        let mode = recipient.config.channel_mode;
        let (channels, unused) = explain(&recipient.channels, mode, &recipient.attendee);
        let same = |each: &&mut Outlook| each.channels == channels && each.unused == unused;
        match outlooks.iter_mut().find(same) {
            Some(outlook) => outlook.kinds.push(plan.kind),
            None => outlooks.push(Outlook {
                kinds: vec![plan.kind],
                channels,
                unused,
            }),
        }
    }
    outlooks
}

/// The one next right step; none when there is nothing that asks for one.
pub fn next_step(meeting: &Meeting, actions: &[Action]) -> Option<NextStep> {
    let possible = |kind| {
        let found = actions.iter().find(|action| action.kind == kind);
        found.is_some_and(|action| action.plan.is_ok())
    };
    let confirm = possible(NotificationType::Confirmation);
    if possible(NotificationType::Update) {
        Some(NextStep::Send(NotificationType::Update))
    } else if meeting.status == BookingStatus::RescheduleRequested && confirm {
        Some(NextStep::OfferAnotherTime)
    } else if confirm
        && (meeting.notification_state() == NotificationState::None
            || meeting.status == BookingStatus::Cancelled)
    {
        Some(NextStep::Send(NotificationType::Confirmation))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn next(meeting: &Meeting) -> Option<NextStep> {
        let settings = sample::settings();
        let actions = actions(
            meeting,
            None,
            sample::deliverability(&settings),
            sample::now(),
        )
        .unwrap();
        next_step(meeting, &actions)
    }

    #[test]
    fn there_is_one_next_step_at_most() {
        let mut meeting = sample::meeting();
        let confirm = Some(NextStep::Send(NotificationType::Confirmation));
        assert_eq!(next(&meeting), confirm);
        let details = meeting.details.clone();
        let revision = meeting.revision;
        sample::tell(&mut meeting, details, revision, false);
        meeting.status = BookingStatus::Booked;
        assert_eq!(next(&meeting), None, "everybody knows");
        meeting.status = BookingStatus::RescheduleRequested;
        assert_eq!(next(&meeting), Some(NextStep::OfferAnotherTime));
        let mut details = meeting.details.clone();
        details.duration_minutes += 15;
        meeting.change_details(details);
        let update = Some(NextStep::Send(NotificationType::Update));
        assert_eq!(next(&meeting), update);
        meeting.archived = true;
        assert_eq!(next(&meeting), None);
    }

    #[test]
    fn actions_that_would_do_the_same_are_one() {
        let (meeting, settings) = (sample::meeting(), sample::settings());
        let actions = actions(
            &meeting,
            None,
            sample::deliverability(&settings),
            sample::now(),
        )
        .unwrap();
        let ann = outlooks(&actions, &meeting.attendees[0].id);
        assert_eq!(ann.len(), 1);
        assert_eq!(
            ann[0].kinds,
            [
                NotificationType::Confirmation,
                NotificationType::ConfirmationRequest
            ]
        );
    }
}
