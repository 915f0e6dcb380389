//! Reads `infra/template.yaml`, the only source of tables, events and environment.
//! Nothing of these is written down a second time here: what the template does not
//! declare does not exist on this machine either.

mod events;
mod function;
mod resources;
mod route;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use anyhow::{Context, bail, ensure};
use serde_yaml_ng::Value;

use events::Event;
pub(crate) use events::{Subscription, Sweep};
use function::read_function;
pub(crate) use function::{Function, Setting};
use resources::Resources;
pub(crate) use route::Route;
pub(crate) use table::Table;
use table::read_table;

const DEPLOYED: &str = include_str!("../../../template.yaml");

/// What the local stack needs of a SAM template.
#[derive(Debug, Clone, Default)]
pub(crate) struct Template {
    pub tables: Vec<Table>,
    pub functions: Vec<Function>,
    pub routes: Vec<Route>,
    pub sweeps: Vec<Sweep>,
    pub subscriptions: Vec<Subscription>,
    /// Indexes of the functions that log groups of SMS receipts are handed to.
    pub receipts: BTreeSet<usize>,
}

impl Template {
    /// The one that is deployed. A process reads it once, however many stacks it starts.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub(crate) fn deployed() -> anyhow::Result<Self> {
        static READ: OnceLock<Template> = OnceLock::new();
        if let Some(template) = READ.get() {
            return Ok(template.clone());
        }
        let template = Self::parse(DEPLOYED).context("infra/template.yaml")?;
        Ok(READ.get_or_init(|| template).clone())
    }

    /// Reads a template.
    ///
    /// # Errors
    /// What the local stack cannot stand in for, named by its resource.
    pub(crate) fn parse(yaml: &str) -> anyhow::Result<Self> {
        let document: Value = serde_yaml_ng::from_str(yaml).context("the template is not YAML")?;
        let resources = Resources::of(&document)?;
        let mut template = Self::default();
        let (mut names, mut ids) = (BTreeMap::new(), Vec::new());
        for (id, properties) in resources.of_kind("AWS::DynamoDB::Table") {
            let table = read_table(id, properties)?;
            names.insert(id, table.name.clone());
            template.tables.push(table);
        }
        for (id, properties) in resources.of_kind("AWS::Serverless::Function") {
            let function = read_function(properties, &resources.globals["Function"], &names)
                .with_context(|| id.to_owned())?;
            let index = template.functions.len();
            template.functions.push(function);
            ids.push(id);
            let authorizer = resources.has_default_authorizer();
            let events = events::read(&properties["Events"], index, authorizer);
            template.take(events.with_context(|| id.to_owned())?);
        }
        template.check_routes()?;
        template.check_topics(&resources)?;
        for (id, properties) in resources.of_kind("AWS::Logs::SubscriptionFilter") {
            let function = events::destination(properties).with_context(|| id.to_owned())?;
            let function = ids.iter().position(|id| *id == function);
            let function = function.with_context(|| format!("{id} leads to no function"))?;
            template.receipts.insert(function);
        }
        Ok(template)
    }

    /// The names of the functions that each message to a topic goes to.
    pub(crate) fn subscribers(&self, topic: &str) -> Vec<String> {
        let to_topic = self.subscriptions.iter().filter(|each| each.topic == topic);
        to_topic.map(|each| self.name(each.function)).collect()
    }

    /// The names of the functions that SMS receipts are handed to.
    pub(crate) fn receivers_of_receipts(&self) -> Vec<String> {
        self.receipts
            .iter()
            .map(|index| self.name(*index))
            .collect()
    }

    fn name(&self, function: usize) -> String {
        self.functions[function].crate_name.clone()
    }

    /// Refuses a route that is declared twice: which function takes it would be chance.
    fn check_routes(&self) -> anyhow::Result<()> {
        let mut keys = BTreeSet::new();
        let mut routes = self.routes.iter();
        if let Some(twice) = routes.find(|route| !keys.insert(route.key())) {
            bail!("the route {} is declared twice", twice.key());
        }
        Ok(())
    }

    /// Refuses a subscription to a topic that there is not.
    fn check_topics(&self, resources: &Resources<'_>) -> anyhow::Result<()> {
        for Subscription { topic, .. } in &self.subscriptions {
            let mut topics = resources.of_kind("AWS::SNS::Topic");
            ensure!(
                topics.any(|(id, _)| id == topic),
                "the template declares no topic {topic}"
            );
        }
        Ok(())
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

#[cfg(test)]
mod tests;
