//! The plan: for each trigger, when it goes, or why it does not (R2, R4, R6).

use chrono::{DateTime, TimeDelta, Utc};

use super::{ReminderInstance, Reminders, SettledReminder, Skip};
use crate::{
    meeting::{BookingStatus, Meeting},
    template::{IfLate, ReminderTrigger, Template},
};

/// How late a reminder may still go out: longer than Scheduler and Lambda may
/// take to deliver a call (900 s, and two more tries), shorter than anyone would
/// call it the wrong time. Never past the start. A crowd may take longer, at the
/// rate that a provider takes messages: who is left has as long from when the
/// reminder last got through to somebody.
pub const GRACE: TimeDelta = TimeDelta::minutes(30);

/// How long the sweep leaves a due reminder to its schedule, which fires within
/// the minute ("Schedule types on EventBridge Scheduler").
const SCHEDULES_TURN: TimeDelta = TimeDelta::minutes(2);

/// One trigger of a meeting, as things stand.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned<'a> {
    /// The trigger.
    pub trigger: &'a ReminderTrigger,
    /// The reminder it means now.
    pub instance: ReminderInstance,
    /// How that stands.
    pub state: State<'a>,
}

/// How a planned reminder stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State<'a> {
    /// It goes out when it is due, or at once when that has passed.
    Armed,
    /// It does not go out unless something changes.
    Off(Skip),
    /// Nothing more comes of it.
    Settled(&'a SettledReminder),
}

/// Plans a meeting's reminders as of `now`, in the order of its triggers: its
/// own, or the template's for as long as nobody has been told of the meeting.
pub fn plan<'a>(
    meeting: &'a Meeting,
    template: Option<&'a Template>,
    now: DateTime<Utc>,
) -> Vec<Planned<'a>> {
    let triggers: &[ReminderTrigger] = match (&meeting.announced, template) {
        (Some(_), _) => &meeting.reminders.triggers,
        (None, Some(template)) => &template.body().reminder_triggers,
        (None, None) => &[],
    };
    let planned = |trigger| {
        let instance = instance(meeting, trigger);
        let state = match unsettled(meeting, trigger, &instance) {
            Ok(()) => timely(meeting, &instance, now),
            Err(state) => state,
        };
        Planned {
            trigger,
            instance,
            state,
        }
    };
    triggers.iter().map(planned).collect()
}

/// The reminders of a plan that may still go out as of `now`: those that are armed, and those
/// that only wait for staff to tell of the meeting as it is, or to settle a doubt.
pub(crate) fn to_come<'a>(
    meeting: &'a Meeting,
    template: Option<&'a Template>,
    now: DateTime<Utc>,
) -> impl Iterator<Item = Planned<'a>> {
    let plans = plan(meeting, template, now).into_iter();
    plans.filter(move |planned| match planned.state {
        State::Armed => true,
        State::Settled(_) => false,
        State::Off(skip) => {
            let waits = matches!(
                skip,
                Skip::NotAnnounced
                    | Skip::UpdateDue
                    | Skip::ToldInDoubt
                    | Skip::CancellationInDoubt
                    | Skip::RescheduleRequested
            );
            // What is late once they are told is left out, unless it is to be sent at once.
            let in_time = planned.instance.due_at > now;
            waits && (in_time || planned.trigger.if_late == IfLate::SendNow)
        }
    })
}

/// What a trigger means for the meeting as it is. A reminder that is late
/// already when customers are told, and is to be sent all the same, is due then
/// (R4).
fn instance(meeting: &Meeting, trigger: &ReminderTrigger) -> ReminderInstance {
    let moment = moment(meeting, trigger);
    let told = meeting.announced.as_ref().map(|announced| announced.since);
    let due_at = match (trigger.if_late, told) {
        (IfLate::SendNow, Some(told)) => moment.max(told),
        _ => moment,
    };
    ReminderInstance {
        trigger_id: trigger.id.clone(),
        revision: meeting.revision,
        due_at,
    }
}

/// The trigger's moment: elapsed time before the start, whatever clocks do in
/// between.
fn moment(meeting: &Meeting, trigger: &ReminderTrigger) -> DateTime<Utc> {
    meeting.details.starts_at - TimeDelta::minutes(trigger.minutes_before.into())
}

/// Whether an instance is open, whatever the time.
fn unsettled<'a>(
    meeting: &'a Meeting,
    trigger: &ReminderTrigger,
    instance: &ReminderInstance,
) -> Result<(), State<'a>> {
    let Some(announced) = &meeting.announced else {
        return Err(State::Off(Skip::NotAnnounced));
    };
    if let Some(mark) = meeting.reminders.mark(&trigger.id, meeting.revision) {
        return Err(State::Settled(mark));
    }
    if let Some(skip) = stands_against(meeting) {
        return Err(State::Off(skip));
    }
    let moment = moment(meeting, trigger);
    if moment > announced.since {
        return Ok(());
    }
    if meeting
        .reminders
        .sent_for(&trigger.id, meeting.details.starts_at)
    {
        Err(State::Off(Skip::AlreadySent))
    } else if trigger.if_late == IfLate::Skip || instance.due_at >= meeting.details.starts_at {
        Err(State::Off(Skip::LateBooking))
    } else {
        Ok(())
    }
}

/// What speaks against any reminder of the meeting as it is (R3).
pub(super) fn stands_against(meeting: &Meeting) -> Option<Skip> {
    match meeting.status {
        _ if meeting.archived => Some(Skip::Archived),
        BookingStatus::Cancelled => Some(Skip::Cancelled),
        _ if meeting.cancellation_in_doubt() => Some(Skip::CancellationInDoubt),
        _ if !meeting.is_known_to_somebody() => Some(nobody_knows(meeting)),
        BookingStatus::Declined => Some(Skip::Declined),
        BookingStatus::RescheduleRequested => Some(Skip::RescheduleRequested),
        BookingStatus::Draft
        | BookingStatus::Booked
        | BookingStatus::Invited
        | BookingStatus::Confirmed => None,
    }
}

/// Why no attendee certainly knows the details as they are.
fn nobody_knows(meeting: &Meeting) -> Skip {
    if meeting.was_told_to_somebody() {
        Skip::ToldInDoubt
    } else {
        Skip::UpdateDue
    }
}

fn timely<'a>(meeting: &Meeting, instance: &ReminderInstance, now: DateTime<Utc>) -> State<'a> {
    let reached_at = meeting.reminders.reached_at(instance);
    let since = reached_at.map_or(instance.due_at, |at| at.max(instance.due_at));
    if meeting.started(now) {
        State::Off(Skip::Started)
    } else if now - since > GRACE {
        State::Off(Skip::Missed)
    } else {
        State::Armed
    }
}

/// The reminders of an announced meeting that are due by `now` and not settled.
pub fn due(meeting: &Meeting, now: DateTime<Utc>) -> Vec<ReminderInstance> {
    let open = open(meeting).filter(|(instance, _)| instance.due_at <= now);
    open.map(|(instance, _)| instance).collect()
}

/// The reminders there should be a schedule for: what is open and nothing
/// stands against, except what was due already when customers were told.
pub fn wanted(meeting: &Meeting) -> Vec<ReminderInstance> {
    let Some(announced) = &meeting.announced else {
        return Vec::new();
    };
    open(meeting)
        .filter(|(instance, open)| *open && instance.due_at > announced.since)
        .map(|(instance, _)| instance)
        .collect()
}

/// Whether a meeting may still be reminded of: customers were told of it, and it
/// is neither cancelled nor put away.
pub fn goes_on(meeting: &Meeting) -> bool {
    meeting.announced.is_some() && !meeting.archived && meeting.status != BookingStatus::Cancelled
}

/// What is not settled of a meeting that goes on, each with whether it would be
/// sent as things stand.
fn open(meeting: &Meeting) -> impl Iterator<Item = (ReminderInstance, bool)> {
    let goes_on = goes_on(meeting);
    let triggers = meeting.reminders.triggers.iter().filter(move |_| goes_on);
    triggers.filter_map(|trigger| {
        let instance = instance(meeting, trigger);
        match unsettled(meeting, trigger, &instance) {
            Ok(()) => Some((instance, true)),
            Err(State::Off(_)) => Some((instance, false)),
            Err(State::Settled(_) | State::Armed) => None,
        }
    })
}

/// What a meeting must know of its reminders once it is written as it is: from then on
/// whoever reads it may make what is wanted and remove what is not, and may be cut off
/// before that is noted. So whatever is not as it should be is not certain to be there,
/// nor to be gone, until Scheduler has said so and that is written.
#[must_use]
pub fn with_schedules_in_doubt(meeting: &Meeting) -> Reminders {
    let wanted = wanted(meeting);
    let mut reminders = meeting.reminders.clone();
    let armed = &meeting.reminders.armed;
    let missing = wanted.iter().filter(|instance| !armed.contains(instance));
    let in_the_way = armed.iter().filter(|instance| !wanted.contains(instance));
    for instance in missing.chain(in_the_way) {
        reminders.doubt_schedule(instance);
    }
    reminders
}

/// When the sweep must look at a meeting: at once ([`DateTime::UNIX_EPOCH`]) while
/// its schedules are not what they should be, else when the next reminder is
/// overdue; `None` when there is nothing to come.
///
/// It needs no clock, so it is written with the meeting whenever that is
/// written, and no change can be forgotten.
pub fn wake_at(meeting: &Meeting) -> Option<DateTime<Utc>> {
    let mut wanted = wanted(meeting);
    let mut armed = meeting.reminders.armed.clone();
    wanted.sort();
    armed.sort();
    if wanted != armed || !meeting.reminders.unsure.is_empty() {
        return Some(DateTime::UNIX_EPOCH);
    }
    let next = open(meeting).map(|(instance, _)| instance.due_at).min();
    // Nothing comes of any while it may be off; when that is settled, this is written.
    let rests = meeting.cancellation_in_doubt();
    let next = next.map(|due_at| match rests {
        true => due_at.max(meeting.details.starts_at),
        false => due_at,
    });
    next.map(|due_at| due_at + SCHEDULES_TURN)
}
