//! Random histories of a meeting over a month, ten thousand of them in `.ci/run`: whatever people do
//! and whatever fails, no message contradicts what its receiver was or may have been told
//! since, and none relies on what they may not have been told; no reminder goes out
//! twice, none is lost, and every one that is skipped has its reason.
//!
//! A history is a list of steps that is made from a seed. When a rule breaks,
//! the history is shortened to the steps it takes, and told with the seed.

mod again;
mod answers;
mod booking;
mod bounces;
mod chance;
mod messages;
mod oracle;
mod rules;
mod scheduler;
mod step;
mod truth;
mod upkeep;
mod world;

use std::{
    any::Any,
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
};

use rules::Broken;
use step::{History, Step};
use world::{Tally, World};

/// How many histories there are, unless [`COUNT`] says otherwise.
const HISTORIES: u64 = 2_000;
/// In how many everything comes up that must, however rare: `.ci/run` has as many.
const TELLING: u64 = 10_000;
/// The variable that says how many there are.
const COUNT: &str = "USHER_DOMAIN_HISTORIES";
/// The seed of the first one; the others count on from it.
const SEED: u64 = 20_260_301;
/// How many threads share them.
const THREADS: u64 = 2;
/// The variable that another first seed is read from.
const VARIABLE: &str = "USHER_HISTORY_SEED";

#[test]
fn no_reminder_is_untrue_doubled_or_lost_in_any_history() {
    let (first, count) = (number(VARIABLE, SEED), number(COUNT, HISTORIES));
    let all = thread::scope(|scope| {
        let threads = (0..THREADS)
            .map(|thread| scope.spawn(move || histories(first + thread, count / THREADS)));
        let threads: Vec<_> = threads.collect();
        let results = threads.into_iter().map(|thread| thread.join().unwrap());
        results.fold(Outcomes::default(), Outcomes::and)
    });
    let broken: Vec<_> = all.broken.into_values().collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    let tally = all.tally;
    // Histories in which little happens prove little.
    if count >= TELLING {
        for what in MUST_HAPPEN {
            let times = tally.get(what).copied().unwrap_or_default();
            assert!(times > 0, "never {what}: {tally:?}");
        }
    }
}

/// What comes of reminders and messages, all of which must come up.
const MUST_HAPPEN: [&str; 42] = [
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
    "untold",
    "told_in_doubt",
    "an untold guest is left out",
    "an outdated guest is left out",
    "a guest in doubt is left out",
    "a guest who does not come is left out",
    "held while it may be off",
    "an answer while it may be off",
    "a cancellation came",
    "a cancellation came to nothing",
    "a cancellation is repeated",
    "a cancellation is reversed",
    "a removed guest is told",
    "a removed guest is told that it is off",
    "a guest who was told that it is off is told",
    "a new address is told",
    "a calendar is asked to take the meeting out",
    "a newcomer is told",
    "a doubt is talked over",
    "several doubts",
    "found sent",
    "found failed",
    "came back",
    "came back, and what was told before holds again",
    "sent again",
    "not again",
];

#[expect(
    clippy::disallowed_methods,
    reason = "a failing seed is tried again by whoever runs the test, and more histories by the long checks"
)]
fn number(variable: &str, otherwise: u64) -> u64 {
    let given = std::env::var(variable).ok();
    given.map_or(otherwise, |given| given.parse().unwrap())
}

/// What came of histories.
#[derive(Default)]
struct Outcomes {
    tally: Tally,
    /// The first that breaks each rule.
    broken: BTreeMap<&'static str, String>,
}

impl Outcomes {
    fn and(mut self, other: Self) -> Self {
        for (what, count) in other.tally {
            *self.tally.entry(what).or_default() += count;
        }
        self.broken.extend(other.broken);
        self
    }
}

/// So many histories, every other one from a seed on.
fn histories(first: u64, count: u64) -> Outcomes {
    let mut all = Outcomes::default();
    for n in 0..count {
        let history = History::new(first.wrapping_add(n * THREADS));
        let mut one = Outcomes::default();
        match play(&history, &history.steps) {
            Ok(tally) => one.tally = tally,
            Err(broken) if all.broken.contains_key(broken.rule) => {}
            Err(broken) => {
                one.broken.insert(broken.rule, tell(&history, &broken));
            }
        }
        all = all.and(one);
    }
    all
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
