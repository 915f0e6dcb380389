//! Reads `infra/template.yaml`, the only source of tables, events and environment.
//! Nothing of these is written down a second time here: what the template does not
//! declare does not exist on this machine either.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde_json::{Map, Value as Json};
use serde_yaml_ng::Value;

mod events;

use events::Event;
pub(crate) use events::{Route, Subscription, Sweep};

/// The deployed template.
pub(crate) const DEPLOYED: &str = include_str!("../../../template.yaml");

/// What the local stack needs of a SAM template.
#[derive(Debug)]
pub(crate) struct Template {
    pub tables: Vec<Table>,
    pub functions: Vec<Function>,
    pub routes: Vec<Route>,
    pub sweeps: Vec<Sweep>,
    pub subscriptions: Vec<Subscription>,
}

/// An `AWS::DynamoDB::Table`.
#[derive(Debug)]
pub(crate) struct Table {
    /// Its name, or its logical id where CloudFormation would make a name up.
    pub name: String,
    /// A `CreateTable` request.
    pub definition: Json,
    /// The `TimeToLiveSpecification`.
    pub time_to_live: Option<Json>,
}

/// An `AWS::Serverless::Function`.
#[derive(Debug)]
pub(crate) struct Function {
    /// The crate its `CodeUri` names.
    pub crate_name: String,
    /// Its `Timeout`; 3 s when unset, as in Lambda.
    pub timeout: Duration,
    /// Its variables.
    pub environment: BTreeMap<String, Setting>,
}

/// The value of a variable, as far as the template tells it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Setting {
    /// Written out, or a reference to a table.
    Known(String),
    /// Known only to a deployment: a parameter, another resource.
    Deployed,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// What the local stack cannot stand in for, named by its resource.
    pub(crate) fn parse(yaml: &str) -> anyhow::Result<Self> {
        let document: Value = serde_yaml_ng::from_str(yaml).context("the template is not YAML")?;
        let resources = document["Resources"]
            .as_mapping()
            .context("the template has no Resources")?;
        let resources: Vec<_> = resources
            .iter()
            .filter_map(|(id, resource)| {
                Some((
                    id.as_str()?,
                    resource["Type"].as_str()?,
                    &resource["Properties"],
                ))
            })
            .collect();
        let globals = &document["Globals"];
        let authorizer_by_default = resources
            .iter()
            .filter(|(_, kind, _)| *kind == "AWS::Serverless::HttpApi")
            .map(|(_, _, properties)| &properties["Auth"])
            .chain([&globals["HttpApi"]["Auth"]])
            .any(|auth| !auth["DefaultAuthorizer"].is_null());
        let mut template = Self {
            tables: Vec::new(),
            functions: Vec::new(),
            routes: Vec::new(),
            sweeps: Vec::new(),
            subscriptions: Vec::new(),
        };
        let mut names = BTreeMap::new();
        for (id, kind, properties) in &resources {
            if *kind == "AWS::DynamoDB::Table" {
                let table = read_table(id, properties)?;
                names.insert(*id, table.name.clone());
                template.tables.push(table);
            }
        }
        for (id, kind, properties) in &resources {
            if *kind == "AWS::Serverless::Function" {
                let function = read_function(properties, &globals["Function"], &names)
                    .with_context(|| (*id).to_owned())?;
                let index = template.functions.len();
                template.functions.push(function);
                let events = events::read(&properties["Events"], index, authorizer_by_default);
                template.take(events.with_context(|| (*id).to_owned())?);
            }
        }
        let mut keys = BTreeSet::new();
        if let Some(twice) = template
            .routes
            .iter()
            .find(|route| !keys.insert(route.key()))
        {
            bail!("the route {} is declared twice", twice.key());
        }
        let is_topic = |id: &str| {
            let mut topics = resources.iter();
            topics.any(|(own, kind, _)| *own == id && *kind == "AWS::SNS::Topic")
        };
        for Subscription { topic, .. } in &template.subscriptions {
            ensure!(is_topic(topic), "the template declares no topic {topic}");
        }
        Ok(template)
    }

    fn take(&mut self, events: Vec<Event>) {
        for event in events {
            match event {
                Event::Route(route) => self.routes.push(route),
                Event::Sweep(sweep) => self.sweeps.push(sweep),
                Event::Subscription(subscription) => self.subscriptions.push(subscription),
            }
        }
    }
}

fn read_table(id: &str, properties: &Value) -> anyhow::Result<Table> {
    let name = properties["TableName"].as_str().unwrap_or(id).to_owned();
    let mut definition = Map::from_iter([("TableName".to_owned(), Json::from(name.clone()))]);
    for field in [
        "AttributeDefinitions",
        "KeySchema",
        "GlobalSecondaryIndexes",
        "LocalSecondaryIndexes",
        "BillingMode",
    ] {
        let value = &properties[field];
        if !value.is_null() {
            definition.insert(field.to_owned(), serde_json::to_value(value)?);
        }
    }
    ensure!(
        definition.contains_key("KeySchema"),
        "the table {id} has no KeySchema"
    );
    let ttl = &properties["TimeToLiveSpecification"];
    let time_to_live = if ttl.is_null() {
        None
    } else {
        Some(serde_json::to_value(ttl)?)
    };
    Ok(Table {
        name,
        definition: definition.into(),
        time_to_live,
    })
}

fn read_function(
    properties: &Value,
    globals: &Value,
    tables: &BTreeMap<&str, String>,
) -> anyhow::Result<Function> {
    let code = properties["CodeUri"].as_str().context("no CodeUri")?;
    let crate_name = code
        .trim_end_matches('/')
        .strip_prefix("../functions/")
        .with_context(|| format!("its CodeUri {code} is not in ../functions/"))?;
    let timeout = properties["Timeout"]
        .as_u64()
        .or_else(|| globals["Timeout"].as_u64())
        .unwrap_or(3);
    let mut environment = BTreeMap::new();
    for source in [globals, properties] {
        for (name, value) in source["Environment"]["Variables"]
            .as_mapping()
            .into_iter()
            .flatten()
        {
            let name = name
                .as_str()
                .context("the name of a variable is not a string")?;
            environment.insert(name.to_owned(), read_setting(value, tables));
        }
    }
    Ok(Function {
        crate_name: crate_name.to_owned(),
        timeout: Duration::from_secs(timeout),
        environment,
    })
}

fn read_setting(value: &Value, tables: &BTreeMap<&str, String>) -> Setting {
    match value {
        Value::String(text) => Setting::Known(text.clone()),
        Value::Number(number) => Setting::Known(number.to_string()),
        Value::Bool(flag) => Setting::Known(flag.to_string()),
        Value::Tagged(tagged) if tagged.tag == "Ref" => tagged
            .value
            .as_str()
            .and_then(|id| tables.get(id))
            .map_or(Setting::Deployed, |name| Setting::Known(name.clone())),
        Value::Tagged(_) | Value::Null | Value::Sequence(_) | Value::Mapping(_) => {
            Setting::Deployed
        }
    }
}

#[cfg(test)]
mod tests;
