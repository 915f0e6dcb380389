//! Ten thousand random histories of a meeting over a month: whatever people do
//! and whatever fails, no reminder goes out that was not true when it was sent,
//! none twice, none is lost, and every one that is skipped has its reason.
//!
//! A history is a list of steps that is made from a seed. When a rule breaks,
//! the history is shortened to the steps it takes, and told with the seed.

mod booking;
mod chance;
mod messages;
mod oracle;
mod rules;
mod scheduler;
mod step;
mod upkeep;
mod world;

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
};

use rules::Broken;
use step::{History, Step};
use world::{Tally, World};

/// How many histories there are.
const HISTORIES: u64 = 10_000;
/// The seed of the first one; the others count on from it.
const SEED: u64 = 20_260_301;
/// How many threads share them.
const THREADS: u64 = 2;
/// The variable that another first seed is read from.
const VARIABLE: &str = "USHER_HISTORY_SEED";

#[test]
fn no_reminder_is_untrue_doubled_or_lost_in_any_history() {
    let first = first_seed();
    let tally = thread::scope(|scope| {
        let threads = (0..THREADS).map(|thread| scope.spawn(move || histories(first + thread)));
        let threads: Vec<_> = threads.collect();
        let results = threads.into_iter().map(|thread| thread.join().unwrap());
        let results: Vec<_> = results.collect();
        results.into_iter().fold(Tally::new(), |mut all, result| {
            for (what, count) in result.unwrap_or_else(|failure| panic!("{failure}")) {
                *all.entry(what).or_default() += count;
            }
            all
        })
    });
    // Histories in which little happens prove little.
    for what in MUST_HAPPEN {
        let count = tally.get(what).copied().unwrap_or_default();
        assert!(count > 0, "never {what}: {tally:?}");
    }
}

/// What comes of reminders, all of which must come up.
const MUST_HAPPEN: [&str; 16] = [
    "sent",
    "nothing",
    "cut off",
    "update_due",
    "cancelled",
    "archived",
    "declined",
    "reschedule_requested",
    "started",
    "older_revision",
    "trigger_gone",
    "superseded",
    "late_booking",
    "already_sent",
    "missed",
    "unreachable",
];

#[expect(
    clippy::disallowed_methods,
    reason = "a failing seed is tried again by whoever runs the test, and by nobody else"
)]
fn first_seed() -> u64 {
    let given = std::env::var(VARIABLE).ok();
    given.map_or(SEED, |seed| seed.parse().unwrap())
}

/// Every other history, from a seed on.
fn histories(first: u64) -> Result<Tally, String> {
    let mut all = Tally::new();
    for n in 0..HISTORIES / THREADS {
        let history = History::new(first.wrapping_add(n * THREADS));
        let tally = play(&history, &history.steps).map_err(|broken| tell(&history, &broken))?;
        for (what, count) in tally {
            *all.entry(what).or_default() += count;
        }
    }
    Ok(all)
}

/// Plays the steps of a history, and lets everything come to rest after them.
fn play(history: &History, steps: &[Step]) -> Result<Tally, Broken> {
    let mut world = World::new(history, false);
    outcome(&mut world, steps)?;
    Ok(world.tally)
}

/// A panic breaks a rule, too.
fn outcome(world: &mut World, steps: &[Step]) -> Result<(), Broken> {
    let live = AssertUnwindSafe(|| live(&mut *world, steps));
    catch_unwind(live).unwrap_or_else(|panic| Err(Broken::new("no panic", message(&*panic))))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string))
        .unwrap_or_default()
}

fn live(world: &mut World, steps: &[Step]) -> Result<(), Broken> {
    rules::check(world)?;
    for step in steps {
        world.take(step)?;
    }
    // Until long after everything, a schedule that was forgotten included; the
    // meeting may still be moved while a reminder goes out.
    while world.now < world.end() {
        world.run_until(world.end())?;
    }
    rules::check_end(world)
}

/// A failure for people: the rule, the seed, and the shortest history.
fn tell(history: &History, broken: &Broken) -> String {
    let steps = shortest(history, broken.rule);
    let mut world = World::new(history, true);
    let last = outcome(&mut world, &steps).err();
    let found = last.map_or_else(|| broken.found.clone(), |last| last.found);
    let template = history
        .template
        .map_or("no template", |at| booking::SHELVES[at].name);
    format!(
        "broken: {}\nby seed {} ({VARIABLE}={} begins with it); calm: {}\n{found}\n\n{} {}, {template}, {}\n{}\n",
        broken.rule,
        history.seed,
        history.seed,
        history.calm,
        history.start,
        history.zone,
        booking::GUESTS[history.guests].join(", "),
        world.into_lines().join("\n"),
    )
}

/// The history without every step that it breaks the rule without.
fn shortest(history: &History, rule: &str) -> Vec<Step> {
    let breaks = |steps: &[Step]| play(history, steps).is_err_and(|broken| broken.rule == rule);
    let mut steps = history.steps.clone();
    loop {
        let before = steps.clone();
        for at in (0..steps.len()).rev() {
            let mut fewer = steps.clone();
            fewer.remove(at);
            if breaks(&fewer) {
                steps = fewer;
                continue;
            }
            let mut tidier = steps.clone();
            tidier[at].upkeep = step::Upkeep::Whole;
            if breaks(&tidier) {
                steps = tidier;
            }
        }
        if steps == before {
            return steps;
        }
    }
}
