//! What calls a function: an HTTP route, the sweep's schedule, or a topic. Every other
//! kind of event is refused, since a function that nothing calls would look like one that
//! works.

use anyhow::{Context, bail, ensure};
use chrono::TimeDelta;
use serde_json::Value as Json;
use serde_yaml_ng::Value;

use super::route::{Route, read_route};

/// An event of a function.
#[derive(Debug)]
pub(super) enum Event {
    Route(Route),
    Sweep(Sweep),
    Subscription(Subscription),
}

/// A `ScheduleV2` event: what a function is called with, again and again.
#[derive(Debug, Clone)]
pub(crate) struct Sweep {
    /// Index of the function.
    pub function: usize,
    /// How much time lies between two calls.
    pub every: TimeDelta,
    /// What it is called with.
    pub input: Json,
}

/// An `SNS` event: a function that each message to a topic goes to.
#[derive(Debug, Clone)]
pub(crate) struct Subscription {
    /// Logical id of the topic.
    pub topic: String,
    /// Index of the function.
    pub function: usize,
}

/// Reads the `Events` of the function with this index.
pub(super) fn read(
    events: &Value,
    function: usize,
    authorizer_by_default: bool,
) -> anyhow::Result<Vec<Event>> {
    let events = events.as_mapping().into_iter().flatten();
    let read = |(name, event): (&Value, &Value)| {
        read_event(event, function, authorizer_by_default)
            .with_context(|| format!("the event {}", name.as_str().unwrap_or("without a name")))
    };
    events.map(read).collect()
}

fn read_event(
    event: &Value,
    function: usize,
    authorizer_by_default: bool,
) -> anyhow::Result<Event> {
    let properties = &event["Properties"];
    match event["Type"].as_str() {
        Some("HttpApi") => {
            read_route(properties, function, authorizer_by_default).map(Event::Route)
        }
        Some("ScheduleV2") => read_sweep(properties, function).map(Event::Sweep),
        Some("SNS") => read_subscription(properties, function).map(Event::Subscription),
        Some(kind) => bail!("the type {kind} is not stood in for"),
        None => bail!("it has no Type"),
    }
}

fn read_sweep(properties: &Value, function: usize) -> anyhow::Result<Sweep> {
    let expression = properties["ScheduleExpression"]
        .as_str()
        .context("it lacks ScheduleExpression")?;
    let every = read_rate(expression)
        .with_context(|| format!("the expression {expression} is not stood in for"))?;
    ensure!(
        properties["State"].is_null() || properties["State"] == "ENABLED",
        "it is not enabled, which is not stood in for"
    );
    let input = properties["Input"]
        .as_str()
        .context("its Input is not written out")?;
    Ok(Sweep {
        function,
        every,
        input: serde_json::from_str(input).context("its Input is not JSON")?,
    })
}

/// A subscription without a dead-letter queue is refused: what SNS cannot hand over to
/// Lambda would be lost without a trace (Amazon SNS, "Dead-letter queues").
fn read_subscription(properties: &Value, function: usize) -> anyhow::Result<Subscription> {
    let topic = match &properties["Topic"] {
        Value::Tagged(topic) if topic.tag == "Ref" => topic.value.as_str(),
        Value::Null => bail!("it lacks Topic"),
        _ => None,
    };
    let topic = topic.context("its Topic is no !Ref, which is not stood in for")?;
    ensure!(
        !properties["RedrivePolicy"]["deadLetterTargetArn"].is_null(),
        "it lacks RedrivePolicy with a deadLetterTargetArn: what cannot be delivered would be lost"
    );
    // A filter, for instance: it would let through here what it stops in the cloud.
    let mut names = properties.as_mapping().into_iter().flatten();
    let is_known = |name: &Value| name == "Topic" || name == "RedrivePolicy";
    if let Some((unknown, _)) = names.find(|(name, _)| !is_known(name)) {
        bail!(
            "its {} is not stood in for",
            unknown.as_str().unwrap_or("nameless property")
        );
    }
    Ok(Subscription {
        topic: topic.to_owned(),
        function,
    })
}

/// The logical id of the function that a subscription of a log group hands everything to.
///
/// # Errors
/// It filters, or leads to something else.
pub(super) fn destination(properties: &Value) -> anyhow::Result<&str> {
    ensure!(
        properties["FilterPattern"] == "",
        "its FilterPattern is not stood in for"
    );
    let destination = match &properties["DestinationArn"] {
        Value::Tagged(arn) if arn.tag == "GetAtt" => arn.value.as_str(),
        _ => None,
    };
    let function = destination.and_then(|name| name.strip_suffix(".Arn"));
    function.context("its DestinationArn is no !GetAtt of an Arn, which is not stood in for")
}

/// The time between two calls of `rate(5 minutes)`.
fn read_rate(expression: &str) -> Option<TimeDelta> {
    let rate = expression.strip_prefix("rate(")?.strip_suffix(')')?;
    let (value, unit) = rate.split_once(' ')?;
    let value = value.parse().ok().filter(|value| *value > 0)?;
    match unit {
        "minute" | "minutes" => TimeDelta::try_minutes(value),
        "hour" | "hours" => TimeDelta::try_hours(value),
        "day" | "days" => TimeDelta::try_days(value),
        _ => None,
    }
}
