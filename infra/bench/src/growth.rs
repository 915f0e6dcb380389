//! Whether anything costs more, or takes longer, where there are many meetings: the same
//! operations on two stages at once, turn by turn, one with a thousand meetings and one with
//! a hundred thousand.
//!
//! Some meetings are booked and confirmed through the front door; the rest are copies of
//! their items, written to the table under other ids.

use std::collections::HashMap;

use anyhow::{Context as _, ensure};
use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, PutRequest, WriteRequest},
};
use chrono::{SubsecRound as _, TimeDelta};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde::Serialize;
use serde_json::Value;

use crate::{
    counts::Counts,
    events,
    function::{Function, Machine},
    operation::Work,
    sample::{Sample, rounded},
    stage::{MeetingId, Preference, Stage},
};

/// The meetings of a small table.
const FEW: usize = 1_000;
/// How often each operation is measured on each.
const TIMES: usize = 40;
/// Events that go before.
const WARM_UP: usize = 5;
/// How many meetings are booked through the front door and copied.
const BOOKED: usize = 10;
/// The most items that one BatchWriteItem takes.
const BATCH: usize = 25;
/// How many such requests are under way at once.
const AT_ONCE: usize = 8;
/// The number of the first copy, above all that are booked.
const FIRST_COPY: usize = 400_000;

/// Many meetings against few.
#[derive(Debug, Serialize)]
pub struct Growth {
    /// Capacity units of all operations.
    pub units_ratio: f64,
    /// The times from event to answer of all operations.
    pub latency_ratio: f64,
    /// How many meetings each table had.
    pub meetings: [usize; 2],
    /// Each operation.
    pub operations: Vec<Grown>,
}

/// An operation on both tables, the small one first.
#[derive(Debug, Serialize)]
pub struct Grown {
    /// Its name.
    pub operation: &'static str,
    /// Capacity units of one event.
    pub units: [f64; 2],
    /// From event to answer, in microseconds.
    pub wall_us: [f64; 2],
}

/// Measures it with so many meetings on the large table.
///
/// # Errors
/// It cannot be measured.
pub async fn growth(machine: &Machine, many: usize) -> anyhow::Result<Growth> {
    let meetings = [FEW.min(many), many];
    let mut few = Table::open(machine, meetings[0]).await?;
    let mut many = Table::open(machine, meetings[1]).await?;
    let mut operations = Vec::new();
    for (index, operation) in OPERATIONS.into_iter().enumerate() {
        let mut units = [0.0; 2];
        let mut walls = [Sample::default(), Sample::default()];
        for turn in 0..WARM_UP + TIMES {
            for (side, table) in [&mut few, &mut many].into_iter().enumerate() {
                units[side] = table.run(index, turn, &mut walls[side]).await?;
            }
        }
        operations.push(Grown {
            operation,
            units,
            wall_us: walls.map(|sample| rounded(sample.median_us(), 1)),
        });
    }
    Ok(Growth {
        units_ratio: ratio(&operations, |grown| grown.units),
        latency_ratio: ratio(&operations, |grown| grown.wall_us),
        meetings,
        operations,
    })
}

fn ratio(operations: &[Grown], of: fn(&Grown) -> [f64; 2]) -> f64 {
    let sum = |side: usize| operations.iter().map(|grown| of(grown)[side]).sum::<f64>();
    rounded(sum(1) / sum(0), 3)
}

/// What is measured: a reminder, the landing page, and the newest of the log.
const OPERATIONS: [&str; 3] = ["reminder_email", "landing_get", "log"];

/// A stage with as many meetings as it is to have, and its functions at work.
struct Table {
    stage: Stage,
    functions: [Function; 3],
    events: [Vec<Value>; 3],
}

impl Table {
    async fn open(machine: &Machine, meetings: usize) -> anyhow::Result<Self> {
        // Reminders are due by the real clock.
        let at = (machine.now)().trunc_subsecs(0) - TimeDelta::seconds(5);
        let stage = Stage::open(at).await?;
        fill(&stage, meetings).await?;
        let times = WARM_UP + TIMES;
        let events = [
            Work::Reminder { attendees: 1 }
                .prepare(&stage, times)
                .await?,
            Work::LandingGet { attendees: 1 }
                .prepare(&stage, times)
                .await?,
            vec![events::log(); times],
        ];
        let start = |name| Function::start(machine, stage.stack(), name);
        let functions = [
            start("reminder-fanout").await?,
            start("landing-page").await?,
            start("staff-console").await?,
        ];
        Ok(Self {
            stage,
            functions,
            events,
        })
    }

    /// Has an operation done, adds how long it took unless it is to warm up, and returns
    /// how many units it consumed.
    async fn run(
        &mut self,
        operation: usize,
        turn: usize,
        walls: &mut Sample,
    ) -> anyhow::Result<f64> {
        Counts::begin(self.stage.stack());
        let event = &self.events[operation][turn];
        let invoked = self.functions[operation].invoke(event).await?;
        let done = invoked.answer["came"] == "sent" || invoked.answer["statusCode"] == 200;
        ensure!(done, "it came to nothing: {}", invoked.answer);
        if turn >= WARM_UP {
            walls.add(invoked.wall);
        }
        let units = Counts::of(self.stage.stack()).consumption.total();
        Ok(units.read + units.write)
    }
}

/// Gives a stage so many meetings, each confirmed.
async fn fill(stage: &Stage, meetings: usize) -> anyhow::Result<()> {
    ensure!(
        (BOOKED..FIRST_COPY).contains(&meetings),
        "a table is filled with {BOOKED} to {FIRST_COPY} meetings, not {meetings}"
    );
    let table = stage.stack().tables().first().context("no table")?;
    let client = Client::new(stage.stack().sdk_config());
    let mut booked = Vec::new();
    for _ in 0..BOOKED {
        let meeting = stage.book(1, Preference::None).await?;
        stage.send(meeting, "confirmation", None).await?;
        booked.push((meeting, items(&client, table, meeting).await?));
    }
    // Theirs are not among the reminders that are measured.
    stage.lose_due_reminders().await?;
    let copies = (0..meetings - BOOKED).flat_map(|copy| {
        let (meeting, items) = &booked[copy % BOOKED];
        let from = meeting.to_string();
        let to = format!("visit-{:06}", FIRST_COPY + copy);
        items.iter().map(move |item| copied(item, &from, &to))
    });
    let batches = stream::iter(copies).chunks(BATCH);
    let written = batches.map(|batch| write(&client, table, batch));
    written.buffer_unordered(AT_ONCE).try_collect().await
}

type Item = HashMap<String, AttributeValue>;

/// The items of a meeting: itself, its timeline, its rows of the log with what they say.
async fn items(client: &Client, table: &str, meeting: MeetingId) -> anyhow::Result<Vec<Item>> {
    let query = client.query().table_name(table);
    let partition = AttributeValue::S(format!("MEETING#{meeting}"));
    let found = query
        .key_condition_expression("PK = :meeting")
        .expression_attribute_values(":meeting", partition)
        .send()
        .await?;
    let items = found.items.unwrap_or_default();
    ensure!(!items.is_empty(), "{meeting} has no items");
    Ok(items)
}

fn copied(item: &Item, from: &str, to: &str) -> Item {
    let renamed = |(name, value): (&String, &AttributeValue)| {
        let value = match value {
            AttributeValue::S(text) => AttributeValue::S(text.replace(from, to)),
            other => other.clone(),
        };
        (name.clone(), value)
    };
    item.iter().map(renamed).collect()
}

async fn write(client: &Client, table: &str, items: Vec<Item>) -> anyhow::Result<()> {
    let put = |item| {
        let put = PutRequest::builder().set_item(Some(item)).build()?;
        anyhow::Ok(WriteRequest::builder().put_request(put).build())
    };
    let puts: Vec<_> = items.into_iter().map(put).collect::<anyhow::Result<_>>()?;
    let written = client.batch_write_item().request_items(table, puts);
    let left = written.send().await?.unprocessed_items.unwrap_or_default();
    ensure!(left.is_empty(), "not all items were written");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_another_meetings_keys_and_the_same_size() {
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let item = Item::from([
            ("PK".to_owned(), text("MEETING#visit-000001")),
            ("n".to_owned(), AttributeValue::N("1".to_owned())),
        ]);
        let copy = copied(&item, "visit-000001", "visit-400000");
        assert_eq!(copy["PK"], text("MEETING#visit-400000"));
        assert_eq!(copy["n"], item["n"]);
    }

    #[test]
    fn many_meetings_are_told_against_few() {
        let grown = |units| Grown {
            operation: "log",
            units,
            wall_us: units,
        };
        let operations = [grown([1.0, 2.0]), grown([3.0, 3.0])];
        assert!((ratio(&operations, |grown| grown.units) - 1.25).abs() < 1e-9);
    }
}
