//! The truth at send time: what comes of a reminder whose moment has come (R3).

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{ReminderInstance, Skip, State, plan, plan::stands_against};
use crate::{
    id::ConfigId,
    meeting::{Attendee, BookingStatus, Knowledge, Meeting},
    send::{ChannelPlan, ChannelVerdict, Deliverability, Recipient, SendPlan, plan_channels},
    template::{NotificationConfig, Template},
    values::{answer::Answer, kind::NotificationType, unusable::Unusable},
};

/// What comes of a reminder instance now.
#[derive(Debug, Clone, PartialEq)]
pub enum ReminderDecision {
    /// It is sent.
    Send(Box<ReminderPlan>),
    /// It is not sent, and is settled with that.
    Skip(Skip),
    /// It is no longer what the meeting plans: nothing is sent, and nothing
    /// changes but the timeline.
    Orphan(Skip),
    /// It is settled already, or not due yet.
    Nothing,
}

/// A reminder that is to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct ReminderPlan {
    /// What goes out, and to whom.
    pub send: SendPlan,
    /// Who is left out.
    pub left_out: Vec<LeftOut>,
}

impl ReminderPlan {
    /// Whether it would get through to nobody.
    pub(super) fn reaches_nobody(&self) -> bool {
        let reached = |each: &Recipient| each.channels.iter().any(ChannelPlan::used);
        !self.send.recipients.iter().any(reached)
    }

    /// Why there is nobody to send it to: the one reason of all who are left out.
    fn nobody(&self) -> Skip {
        let mut reasons = self.left_out.iter().map(|each| each.why);
        let first = reasons.next();
        match first.filter(|first| reasons.all(|why| why == *first)) {
            Some(WhyLeftOut::Untold) => Skip::Untold,
            Some(WhyLeftOut::Outdated) => Skip::UpdateDue,
            Some(WhyLeftOut::ToldInDoubt) => Skip::ToldInDoubt,
            _ => Skip::NobodyLeft,
        }
    }

    /// Why nothing would go out: there is nobody to send it to, or everyone there is
    /// would get it in a way only that they have opted out of, or seem to have. Whoever cannot be
    /// reached for another reason gets a row in the log that says so.
    pub(super) fn futile(&self) -> Option<Skip> {
        let failed_for = |each: &Recipient, reason: Unusable| {
            let failed = |plan: &ChannelPlan| plan.verdict == ChannelVerdict::Fail(reason.clone());
            each.channels.iter().any(failed)
        };
        let unsubscribed = |each: &Recipient| failed_for(each, Unusable::Unsubscribed);
        let held = |each: &Recipient| failed_for(each, Unusable::Held);
        let shut_out = |each: &Recipient| {
            let unwanted = failed_for(each, Unusable::OptedOut) || held(each) || unsubscribed(each);
            unwanted && !each.channels.iter().any(ChannelPlan::used)
        };
        match self.send.recipients.as_slice() {
            [] => Some(self.nobody()),
            all if !all.iter().all(shut_out) => None,
            all if all.iter().any(unsubscribed) => Some(Skip::Unsubscribed),
            all if all.iter().any(held) => Some(Skip::Held),
            _ => Some(Skip::OptedOut),
        }
    }
}

/// An attendee who gets no reminder, because of their own answer or of what they know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The attendee.
    pub attendee: Attendee,
    /// Why.
    pub why: WhyLeftOut,
}

/// Why an attendee gets no reminder that others may get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhyLeftOut {
    /// They were never told of the meeting.
    Untold,
    /// They know other details than it has now.
    Outdated,
    /// It is in doubt what they were told last.
    ToldInDoubt,
    /// They were told that it is off.
    Cancelled,
    /// They do not come.
    Declined,
    /// They asked for another time.
    RescheduleRequested,
}

impl WhyLeftOut {
    /// The sentence for staff.
    pub fn reason(self) -> &'static str {
        match self {
            Self::RescheduleRequested => "This attendee has asked for another time.",
            Self::Untold => "This attendee was not told of the meeting yet.",
            Self::Outdated => "This attendee knows other details: send the update first.",
            Self::ToldInDoubt => {
                "It is in doubt what this attendee was told last: settle that in the log first."
            }
            Self::Cancelled => "This attendee was told that the meeting is cancelled.",
            Self::Declined => "This attendee has declined.",
        }
    }
}

/// Decides what comes of a reminder instance, from the meeting as it is now.
pub fn decide_reminder(
    meeting: &Meeting,
    template: Option<&Template>,
    deliverability: Deliverability<'_>,
    instance: &ReminderInstance,
    now: DateTime<Utc>,
) -> ReminderDecision {
    let plans = plan(meeting, template, now);
    let Some(planned) = plans
        .into_iter()
        .find(|planned| planned.trigger.id == instance.trigger_id)
    else {
        return ReminderDecision::Orphan(Skip::TriggerGone);
    };
    let resting = match planned.state {
        State::Off(skip @ (Skip::NotAnnounced | Skip::Archived | Skip::Cancelled)) => Some(skip),
        _ => None,
    };
    if let Some(skip) = resting {
        return ReminderDecision::Orphan(skip);
    }
    if instance.revision != meeting.revision {
        return ReminderDecision::Orphan(Skip::OlderRevision);
    }
    match planned.state {
        State::Settled(_) => ReminderDecision::Nothing,
        _ if planned.instance != *instance => ReminderDecision::Orphan(Skip::Superseded),
        // Once the doubt is settled it goes out, if there is still time (N13).
        State::Off(Skip::CancellationInDoubt) if !meeting.started(now) => ReminderDecision::Nothing,
        _ if instance.due_at > now => ReminderDecision::Nothing,
        State::Off(skip) if !skip.is_a_miss() => ReminderDecision::Skip(skip),
        state => {
            let plan = reminder_plan(
                meeting,
                template,
                deliverability,
                &planned.trigger.config_id,
            );
            match (plan.futile(), state) {
                // Nobody has missed what would have gone to nobody.
                (Some(skip), _) | (None, State::Off(skip)) => ReminderDecision::Skip(skip),
                (None, _) => ReminderDecision::Send(Box::new(plan)),
            }
        }
    }
}

/// To whom a reminder goes, how, and who is left out (R5).
pub(super) fn reminder_plan(
    meeting: &Meeting,
    template: Option<&Template>,
    deliverability: Deliverability<'_>,
    config_id: &ConfigId,
) -> ReminderPlan {
    let config = NotificationConfig::named(template, NotificationType::Reminder, config_id);
    let config = Arc::new(config);
    let reached = if for_lead_only(template) {
        1
    } else {
        meeting.attendees.len()
    };
    let (mut recipients, mut left_out) = (Vec::new(), Vec::new());
    for attendee in meeting.attendees.iter().take(reached) {
        match stays_away(meeting, attendee) {
            Some(why) => left_out.push(LeftOut {
                attendee: attendee.clone(),
                why,
            }),
            None => recipients.push(Recipient {
                channels: plan_channels(&config, attendee, deliverability),
                config: config.clone(),
                attendee: attendee.clone(),
            }),
        }
    }
    let send = SendPlan {
        kind: NotificationType::Reminder,
        confirm: None,
        config: NotificationConfig::clone(&config),
        recipients,
        removals: Vec::new(),
        left_out: Vec::new(),
    };
    ReminderPlan { send, left_out }
}

/// Why an attendee of a meeting is not reminded of it, as things stand; none where they are.
pub(in crate::decisions) fn not_reminded(
    meeting: &Meeting,
    attendee: &Attendee,
) -> Option<&'static str> {
    match stands_against(meeting) {
        Some(skip) => Some(skip.reason()),
        None => stays_away(meeting, attendee).map(WhyLeftOut::reason),
    }
}

/// Whether reminders are meant for the lead attendee only (R5).
pub(crate) fn for_lead_only(template: Option<&Template>) -> bool {
    template.is_some_and(|template| template.body().lead_only_reminders)
}

/// Why an attendee is not reminded: a reminder goes to those who certainly know the
/// current details, and to nobody else (R9).
fn stays_away(meeting: &Meeting, attendee: &Attendee) -> Option<WhyLeftOut> {
    match meeting.knowledge_of(attendee) {
        Knowledge::Untold => return Some(WhyLeftOut::Untold),
        Knowledge::Outdated => return Some(WhyLeftOut::Outdated),
        Knowledge::Cancelled => return Some(WhyLeftOut::Cancelled),
        Knowledge::Current if !meeting.is_known_to(attendee) => {
            return Some(WhyLeftOut::ToldInDoubt);
        }
        Knowledge::Current => {}
    }
    match answer_that_counts(meeting, attendee)? {
        Answer::Accept => None,
        Answer::Decline => Some(WhyLeftOut::Declined),
        Answer::Reschedule => Some(WhyLeftOut::RescheduleRequested),
    }
}

/// The answer of an attendee, as far as it decides what they are sent: the lead attendee's
/// is the meeting's status, which a message that asks again may have moved since.
pub(crate) fn answer_that_counts(meeting: &Meeting, attendee: &Attendee) -> Option<Answer> {
    if !meeting.is_lead(&attendee.id) {
        return meeting.standing_answer(attendee).map(|given| given.answer);
    }
    match meeting.status {
        BookingStatus::Declined => Some(Answer::Decline),
        BookingStatus::RescheduleRequested => Some(Answer::Reschedule),
        _ => None,
    }
}
