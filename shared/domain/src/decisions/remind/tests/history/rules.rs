//! The rules: what the oracle says against what the code does.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    booking::{Rule, STOCK},
    oracle::{LATEST, Settled},
    truth,
    world::World,
};
use crate::{
    meeting::{Knowledge, Meeting},
    records::reminders::{ReminderInstance, Settlement, Skip},
    remind::{ReminderDecision, ReminderPlan, ReminderState, overview, wake_at, wanted},
    values::answer::Answer,
};

/// The most marks a trigger may leave on a meeting.
const MOST_MARKS: usize = 5;
/// How often the sweep runs.
const PERIOD: TimeDelta = TimeDelta::minutes(5);

/// A rule that does not hold.
#[derive(Debug, Clone)]
pub struct Broken {
    pub rule: &'static str,
    pub found: String,
}

impl Broken {
    pub fn new(rule: &'static str, found: String) -> Self {
        Self { rule, found }
    }
}

pub fn ensure(
    holds: bool,
    rule: &'static str,
    found: impl FnOnce() -> String,
) -> Result<(), Broken> {
    if holds {
        Ok(())
    } else {
        Err(Broken::new(rule, found()))
    }
}

/// What must hold after everything that happens.
pub fn check(world: &World) -> Result<(), Broken> {
    check_agreement(world)?;
    check_wanted(world)?;
    check_wake(world)?;
    check_lists(world)?;
    check_marks(world)
}

/// A meeting that was read without its attendees says of them what the whole one says.
fn check_lists(world: &World) -> Result<(), Broken> {
    type Said = (&'static str, fn(&Meeting) -> String);
    let said: [Said; 8] = [
        ("how many", |it| it.attendee_count().to_string()),
        ("state", |it| format!("{:?}", it.notification_state())),
        ("known", |it| it.is_known().to_string()),
        ("in doubt", |it| it.cancellation_in_doubt().to_string()),
        ("attention", |it| {
            format!("{:?}", it.needs_attention_until())
        }),
        ("dealt with", |it| {
            format!("{:?}", it.attention_dealt_with())
        }),
        ("plan", |it| format!("{:?} {:?}", wanted(it), wake_at(it))),
        ("lists", |it| format!("{:?}", it.without_others())),
    ];
    let listed = world.meeting.without_others();
    for (what, say) in said {
        let (theirs, ours) = (say(&listed), say(&world.meeting));
        let found = || format!("{what}: {theirs}, not {ours}");
        ensure(theirs == ours, "a list says what the meeting says", found)?;
    }
    Ok(())
}

/// The meeting is as the oracle says: told, cancelled, answered.
fn check_agreement(world: &World) -> Result<(), Broken> {
    let (meeting, oracle) = (&world.meeting, &world.oracle);
    truth::check_knowledge(world)?;
    let since = |told: Option<DateTime<Utc>>| told.filter(|_| !oracle.is_cancelled());
    let theirs = since(meeting.announced.as_ref().map(|told| told.since));
    let ours = since(oracle.announced.map(|announced| announced.since));
    ensure(theirs == ours, "since when it is announced", || {
        format!("{theirs:?}, not {ours:?}")
    })?;
    let (theirs, ours) = (meeting.status, oracle.status);
    ensure(
        theirs == ours,
        "the status follows the lead attendee",
        || format!("{theirs:?}, not {ours:?}"),
    )
}

/// Exactly what is to go at a moment to come has a schedule coming to it.
fn check_wanted(world: &World) -> Result<(), Broken> {
    let oracle = &world.oracle;
    let found = wanted(&world.meeting);
    let found: BTreeSet<_> = found
        .iter()
        .map(|instance| {
            (
                instance.trigger_id.as_str(),
                instance.revision,
                instance.due_at,
            )
        })
        .collect();
    let revision = world.meeting.revision;
    let rules = oracle.in_force.iter();
    let planned: BTreeSet<_> = rules
        .filter(|rule| oracle.goes(**rule) && !oracle.late_booking(**rule))
        .map(|rule| (rule.id, revision, oracle.moment(*rule)))
        .collect();
    ensure(found == planned, "only what may go is armed", || {
        format!("{found:?}, not {planned:?}")
    })
}

/// The sweep is never told to come later than the first open reminder needs it.
fn check_wake(world: &World) -> Result<(), Broken> {
    let oracle = &world.oracle;
    let open = oracle
        .in_force
        .iter()
        .filter(|rule| !oracle.rests() && !oracle.is_settled(**rule));
    let Some(first) = open.map(|rule| oracle.due(*rule)).min() else {
        return Ok(());
    };
    // Nothing comes of any while it may be off.
    let first = if oracle.cancellation_in_doubt() {
        first.max(oracle.facts.start)
    } else {
        first
    };
    let wake = wake_at(&world.meeting);
    ensure(
        wake.is_some_and(|at| at <= first + PERIOD),
        "the sweep comes in time",
        || format!("{wake:?} for {first}"),
    )
}

/// Everything that is over has its mark, and the marks stay few.
fn check_marks(world: &World) -> Result<(), Broken> {
    let (oracle, marks) = (&world.oracle, &world.meeting.reminders.marks);
    for rule in &oracle.in_force {
        let own = || {
            marks
                .iter()
                .filter(|mark| mark.instance.trigger_id.as_str() == rule.id)
        };
        ensure(own().count() <= MOST_MARKS, "marks stay few", || {
            format!("{marks:?}")
        })?;
        let mark = own().find(|mark| mark.instance.revision == world.meeting.revision);
        let outcome = mark.map(|mark| match mark.outcome {
            Settlement::Sent => Settled::Sent,
            Settlement::Skipped(skip) => Settled::Skipped(skip),
        });
        let settled = oracle.settled.get(&(rule.id, oracle.edition)).copied();
        ensure(outcome == settled, "what was settled is marked so", || {
            format!("{rule:?}: {outcome:?}, not {settled:?}")
        })?;
        let rests = oracle.rests() || oracle.cancellation_in_doubt();
        let (due, time) = (oracle.due(*rule), LATEST + PERIOD);
        let over = due.max(oracle.touched) + time < world.now
            && oracle.down_until + PERIOD + PERIOD < world.now;
        ensure(
            rests || !over || settled.is_some(),
            "what is over has its mark",
            || format!("{rule:?}, due {due}"),
        )?;
    }
    Ok(())
}

/// After the upkeep: what is armed is what is wanted, until something is due.
pub fn check_kept(world: &World) -> Result<(), Broken> {
    let (oracle, meeting) = (&world.oracle, &world.meeting);
    let open = oracle.in_force.iter().filter(|rule| oracle.goes(**rule));
    let waiting = open
        .map(|rule| oracle.due(*rule))
        .any(|due| due <= world.now);
    let (mut wanted, mut armed) = (wanted(meeting), meeting.reminders.armed.clone());
    wanted.sort();
    armed.sort();
    ensure(waiting || wanted == armed, "kept means armed", || {
        format!("{armed:?}, not {wanted:?}")
    })?;
    let over = oracle.is_cancelled() || oracle.archived;
    let left = over && !world.cut && !world.scheduler.is_empty();
    ensure(!left, "nothing is left of what is over", || {
        format!("{:?}", world.scheduler)
    })
}

/// A schedule that has called is gone, and known to be: there is nothing to mend.
pub fn check_settled(
    world: &World,
    instance: &ReminderInstance,
    fired: bool,
) -> Result<(), Broken> {
    let armed = &world.meeting.reminders.armed;
    ensure(
        !fired || !armed.contains(instance),
        "what has called is not armed",
        || format!("{armed:?}"),
    )
}

/// A day after the meeting, nothing is left to do.
pub fn check_end(world: &World) -> Result<(), Broken> {
    let wake = wake_at(&world.meeting);
    let armed = &world.meeting.reminders.armed;
    let over = wake.is_none() && armed.is_empty() && world.scheduler.is_empty();
    ensure(over, "nothing is left of what is over", || {
        format!("{wake:?}, {armed:?}, {:?}", world.scheduler)
    })
}

/// A verdict is the one that the oracle would have come to.
pub fn check_verdict(
    world: &World,
    instance: &ReminderInstance,
    verdict: &ReminderDecision,
) -> Result<(), Broken> {
    let oracle = &world.oracle;
    let rule = oracle.rule(instance.trigger_id.as_str());
    let current = instance.revision == world.meeting.revision;
    let must = rule
        .filter(|rule| current && oracle.due(*rule) == instance.due_at && oracle.goes_now(*rule));
    let found = || format!("{instance:?}: {verdict:?}");
    match verdict {
        ReminderDecision::Send(plan) => {
            ensure(must.is_some(), "true when it was sent", found)?;
            ensure(names(plan) == oracle.recipients(), "who is reminded", found)
        }
        ReminderDecision::Nothing => ensure(must.is_none(), "none is lost", found),
        ReminderDecision::Skip(skip) | ReminderDecision::Orphan(skip) => {
            ensure(must.is_none(), "none is lost", found)?;
            let reason = is_true(world, *skip, rule, instance);
            ensure(reason, "skipped for a true reason", found)?;
            let again = matches!(verdict, ReminderDecision::Skip(_))
                && rule.is_none_or(|rule| oracle.is_settled(rule));
            ensure(!again, "settled once", found)
        }
    }
}

fn names(plan: &ReminderPlan) -> Vec<&str> {
    let recipients = plan.send.recipients.iter();
    recipients.map(|each| each.attendee.id.as_str()).collect()
}

/// Whether a reason for not sending is one, right now.
fn is_true(world: &World, skip: Skip, rule: Option<Rule>, instance: &ReminderInstance) -> bool {
    let oracle = &world.oracle;
    let announced = oracle.announced.is_some();
    let of_rule = |holds: &dyn Fn(Rule) -> bool| rule.is_some_and(holds);
    match skip {
        Skip::NotAnnounced => !announced,
        Skip::UpdateDue => {
            let outdated = truth::all_meant_are(world, Knowledge::Outdated);
            announced && (outdated || !oracle.somebody_knows())
        }
        Skip::ToldInDoubt => {
            let mut guests = oracle.guests.iter().map(|who| oracle.person(who));
            announced && guests.any(|person| person.doubtful_anywhere().next().is_some())
        }
        Skip::Untold => announced && truth::all_meant_are(world, Knowledge::Untold),
        Skip::Cancelled => oracle.is_cancelled(),
        Skip::CancellationInDoubt => oracle.cancellation_in_doubt(),
        Skip::Archived => oracle.archived,
        Skip::Declined => oracle.refused() == Some(Answer::Decline),
        Skip::RescheduleRequested => oracle.refused() == Some(Answer::Reschedule),
        Skip::Started => oracle.facts.start <= world.now,
        Skip::OlderRevision => instance.revision != world.meeting.revision,
        Skip::TriggerGone => rule.is_none(),
        Skip::Superseded => of_rule(&|rule| oracle.due(rule) != instance.due_at),
        Skip::LateBooking => of_rule(&|rule| {
            let too_late = oracle.due(rule) >= oracle.facts.start;
            oracle.late_booking(rule) && (!rule.send_now || too_late)
        }),
        Skip::AlreadySent => of_rule(&|rule| oracle.late_booking(rule) && oracle.reminded(rule)),
        Skip::Missed => of_rule(&|rule| world.now > oracle.due(rule) + LATEST),
        Skip::NobodyLeft => oracle.recipients().is_empty(),
        // The oracle's customers neither opt out nor lose their addresses.
        Skip::OptedOut | Skip::Held | Skip::Unsubscribed | Skip::Unreachable | Skip::Other => false,
    }
}

/// A reminder has gone out to someone who had not got it.
pub fn check_sent(world: &mut World, instance: &ReminderInstance, who: &str) -> Result<(), Broken> {
    let oracle = &mut world.oracle;
    let rule = oracle.rule(instance.trigger_id.as_str());
    let name = oracle.guests.iter().copied().find(|name| *name == who);
    let Some((rule, name)) = rule.zip(name) else {
        return Err(Broken::new(
            "who is reminded",
            format!("{instance:?} to {who}"),
        ));
    };
    let before = oracle.sent(rule, name);
    ensure(before.is_none(), "none goes twice", || {
        format!("{instance:?} to {who}, and before on {before:?}")
    })
}

/// What staff read of the plan is so, and names every reason.
pub fn check_overview(world: &World) -> Result<(), Broken> {
    let (oracle, meeting) = (&world.oracle, &world.meeting);
    let plan = overview(
        meeting,
        world.template(),
        crate::sample::deliverability(&STOCK.settings),
        world.now,
    );
    let rules = match oracle.announced {
        Some(_) => &oracle.in_force,
        None => world.rules(),
    };
    ensure(plan.len() == rules.len(), "the plan is whole", || {
        format!("{plan:?}")
    })?;
    for (view, rule) in plan.iter().zip(rules) {
        let settled = oracle.settled.get(&(rule.id, oracle.edition)).copied();
        let instance = ReminderInstance {
            trigger_id: crate::id::TriggerId::parse(rule.id).unwrap(),
            revision: meeting.revision,
            due_at: oracle.due(*rule),
        };
        let code = view.reason.unwrap_or_default();
        let good = match (view.state, settled) {
            (ReminderState::Sent, settled) => settled == Some(Settled::Sent),
            (ReminderState::Armed, _) => {
                let started = oracle.facts.start <= world.now;
                let in_time = world.now <= instance.due_at + LATEST && !started;
                oracle.goes(*rule) && in_time && !oracle.recipients().is_empty()
            }
            (ReminderState::Skipped, Some(Settled::Skipped(skip))) => skip.code() == code,
            (ReminderState::Skipped, Some(Settled::Sent)) => false,
            (ReminderState::Skipped, None) => SKIPS
                .iter()
                .any(|skip| skip.code() == code && is_true(world, *skip, Some(*rule), &instance)),
        };
        let explained = view.explanation.is_some() == (view.state == ReminderState::Skipped);
        ensure(
            good && explained && view.trigger_id.as_str() == rule.id,
            "the plan is true",
            || format!("{view:?}"),
        )?;
    }
    Ok(())
}

/// What the plan may say of a reminder that is not settled.
const SKIPS: [Skip; 14] = [
    Skip::NotAnnounced,
    Skip::UpdateDue,
    Skip::Untold,
    Skip::ToldInDoubt,
    Skip::NobodyLeft,
    Skip::Cancelled,
    Skip::CancellationInDoubt,
    Skip::Archived,
    Skip::Declined,
    Skip::RescheduleRequested,
    Skip::Started,
    Skip::LateBooking,
    Skip::AlreadySent,
    Skip::Missed,
];
