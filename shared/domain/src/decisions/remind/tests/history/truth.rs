//! What may be said to whom: no message contradicts what its receiver was or may have been
//! told since, and none relies on what they may not have been told.

use super::{
    booking::address_of,
    oracle::Letter,
    rules::{Broken, ensure},
    world::World,
};
use crate::{meeting::Knowledge, send::SendPlan, values::kind::NotificationType};

/// A message is true for its receiver at the moment that it sets out.
pub fn check_letter(world: &World, letter: &Letter) -> Result<(), Broken> {
    let oracle = &world.oracle;
    let person = oracle.person(letter.who);
    let last = person.last();
    let perhaps_off = person.perhaps_knows_it_is_off();
    let found = || format!("{letter:?} to {person:?}");
    let relies = match letter.word.kind {
        // It speaks of the details as of something known.
        NotificationType::Reminder => person.is_sure_of(letter.word.facts),
        // It speaks of other details as of something known.
        NotificationType::Update => last.is_some_and(|word| !word.is_off()),
        // It takes back what they were told, or may have been.
        NotificationType::Cancellation => person.may_know(),
        NotificationType::Confirmation | NotificationType::ConfirmationRequest => true,
    };
    ensure(
        relies,
        "no message relies on what its receiver may not have been told",
        found,
    )?;
    let expected = oracle.guests.contains(&letter.who) && !oracle.is_cancelled();
    ensure(
        !(letter.removal && expected),
        "nobody who is expected is told that they are not",
        found,
    )?;
    let contradicts = !letter.word.is_off() && (perhaps_off || oracle.calling_off);
    ensure(
        !contradicts,
        "no message contradicts what its receiver may have been told",
        found,
    )
}

/// A send goes to exactly those it may go to, with the message that is true for each; and
/// it asks for a word where it may say something twice.
pub fn check_plan(
    world: &mut World,
    kind: NotificationType,
    to: &[&'static str],
    plan: Option<&SendPlan>,
) -> Result<(), Broken> {
    let oracle = &world.oracle;
    let mut ours = oracle.would_get(kind, to);
    let recipients = plan.iter().flat_map(|plan| &plan.recipients);
    let mut theirs: Vec<_> = recipients
        .map(|each| (each.attendee.id.as_str(), each.config.kind))
        .collect();
    ours.sort();
    theirs.sort();
    ensure(
        ours == theirs,
        "everyone gets what is true for them",
        || format!("{kind:?}: {theirs:?}, not {ours:?}"),
    )?;
    let mut asked = oracle.would_ask(kind, to);
    let removals = plan.iter().flat_map(|plan| &plan.removals);
    let mut asks: Vec<_> = removals
        .filter_map(|each| address_of(each.attendee.id.as_str(), each.email.shown()))
        .collect();
    asked.sort_unstable();
    asks.sort_unstable();
    ensure(
        asks == asked,
        "calendars behind addresses that nobody has any more are asked",
        || format!("{kind:?}: {asks:?}, not {asked:?}"),
    )?;
    let repeats = ours.iter().any(|(who, kind)| {
        let person = oracle.person(who);
        let perhaps = person.doubtful().iter();
        let mut perhaps = perhaps.filter(|word| !word.is_off());
        let mut certain = person.certain().iter();
        perhaps.any(|word| word.facts == oracle.facts)
            || certain.any(|word| word.kind == *kind && word.facts == oracle.facts)
    });
    let off = ours
        .iter()
        .any(|(_, kind)| *kind == NotificationType::Cancellation);
    let asks = plan.is_some_and(|plan| plan.confirm.is_some());
    ensure(
        asks || !(repeats || off),
        "what may be said twice, or calls off, wants a word",
        || format!("{kind:?} to {ours:?}"),
    )?;
    if !asked.is_empty() {
        world.count("a calendar is asked to take the meeting out");
    }
    for (who, says) in ours {
        let oracle = &world.oracle;
        let (person, expected) = (oracle.person(who), oracle.guests.contains(&who));
        let off = says == NotificationType::Cancellation;
        let what = match kind {
            NotificationType::Update if off && !expected => "a removed guest is told",
            NotificationType::Update if person.last().is_some_and(|word| word.is_off()) => {
                "a guest who was told that it is off is told"
            }
            NotificationType::Cancellation if off && !expected => {
                "a removed guest is told that it is off"
            }
            NotificationType::Update if person.has_moved() => "a new address is told",
            NotificationType::Update if !person.was_told() => "a newcomer is told",
            NotificationType::Cancellation if oracle.is_cancelled() => "a cancellation is repeated",
            NotificationType::Confirmation if oracle.is_cancelled() => "a cancellation is reversed",
            _ if !person.doubtful().is_empty() => "a doubt is talked over",
            _ => "something else is told",
        };
        world.count(what);
    }
    Ok(())
}

/// What everybody knows is what the oracle says that they know (N7).
pub fn check_knowledge(world: &World) -> Result<(), Broken> {
    let (meeting, oracle) = (&world.meeting, &world.oracle);
    let (theirs, ours) = (meeting.notification_state(), oracle.state());
    ensure(theirs == ours, "what customers know", || {
        format!("{theirs:?}, not {ours:?}")
    })?;
    for who in oracle.guests {
        let attendee = meeting
            .attendees
            .iter()
            .find(|each| each.id.as_str() == *who);
        let attendee = attendee.ok_or_else(|| Broken::new("who is to come", who.to_string()))?;
        let (theirs, ours) = (meeting.knowledge_of(attendee), oracle.knowledge(who));
        ensure(theirs == ours, "what each customer knows", || {
            format!("{who}: {theirs:?}, not {ours:?}")
        })?;
        let (theirs, ours) = (meeting.owed_to(attendee), oracle.owed_to(who));
        ensure(theirs == ours, "what each customer is owed", || {
            format!("{who}: {theirs:?}, not {ours:?}")
        })?;
        let doubts = meeting.doubtful_of(attendee).count();
        let person = oracle.person(who);
        ensure(
            doubts == person.doubtful().len(),
            "what each customer may know",
            || format!("{who}: {doubts}, not {person:?}"),
        )?;
        let asked = meeting.was_asked(attendee);
        ensure(asked == person.was_asked(), "who was asked", || {
            format!("{who}: {asked}, {person:?}")
        })?;
    }
    let mut theirs: Vec<_> = meeting
        .removed
        .iter()
        .map(|each| each.id.as_str())
        .collect();
    theirs.sort_unstable();
    let ours: Vec<_> = oracle.removed().collect();
    ensure(theirs == ours, "who was removed and does not know", || {
        format!("{theirs:?}, not {ours:?}")
    })?;
    let (theirs, ours) = (
        meeting.cancellation_in_doubt(),
        oracle.cancellation_in_doubt(),
    );
    ensure(theirs == ours, "whether it may be off", || {
        format!("{theirs:?}, not {ours:?}")
    })
}

/// Whether all that reminders are meant for know this little of it.
pub fn all_meant_are(world: &World, knowledge: Knowledge) -> bool {
    let oracle = &world.oracle;
    let mut meant = oracle.meant().iter();
    meant.all(|who| oracle.knowledge(who) == knowledge)
}
