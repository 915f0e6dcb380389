//! What calls the functions, as AWS does: the gateway with requests, the firing with
//! what is due, the topic with customers' texts.

use std::sync::Arc;

use anyhow::Context as _;
use usher_console::SessionKey;

use super::stand_ins::StandIns;
use crate::control::Control;
use crate::disk::Disk;
use crate::feedback::Feedback;
use crate::firing::{Firing, Moves, Sweep, Timekeeper};
use crate::functions::{self, Function};
use crate::gateway::Gateway;
use crate::template::{self, Template};
use crate::topic::Topic;

/// The callers of one stack.
#[derive(Debug)]
pub(super) struct Callers {
    pub(super) gateway: Arc<Gateway>,
    pub(super) firing: Arc<Firing>,
    pub(super) topic: Arc<Topic>,
    pub(super) feedback: Arc<Feedback>,
    pub(super) moves: Moves,
    _timekeeper: Timekeeper,
}

impl Callers {
    /// Starts them as they were left; from here on, what is due is fired.
    pub(super) fn start(
        template: Template,
        functions: Vec<Function>,
        session_key: SessionKey,
        stand_ins: &StandIns,
        disk: &Disk,
    ) -> anyhow::Result<Self> {
        let firing = Firing::open(
            disk,
            stand_ins.clock.clone(),
            stand_ins.scheduler.clone(),
            stand_ins.faults.clone(),
            sweeps(&template),
            functions::by_name(functions.clone()),
        );
        let firing = Arc::new(firing.context("the kept invocations")?);
        let topic = Topic::open(&template, stand_ins.clock.clone(), firing.clone())?;
        let feedback = Feedback::open(
            &template,
            stand_ins.outbox.clone(),
            stand_ins.suppressed.clone(),
            stand_ins.clock.clone(),
            firing.clone(),
        );
        let feedback = Arc::new(feedback?);
        let (timekeeper, moves) = Timekeeper::start(firing.clone());
        let gateway = Gateway {
            routes: template.routes,
            functions,
            clock: stand_ins.clock.clone(),
            session_key,
        };
        Ok(Self {
            gateway: Arc::new(gateway),
            firing,
            topic: Arc::new(topic),
            feedback,
            moves,
            _timekeeper: timekeeper,
        })
    }

    /// The pages and switches of the stack at `url`.
    pub(super) fn control(&self, url: &str, stand_ins: &StandIns) -> Control {
        Control {
            url: url.to_owned(),
            outbox: stand_ins.outbox.clone(),
            clock: stand_ins.clock.clone(),
            faults: stand_ins.faults.clone(),
            scheduler: stand_ins.scheduler.clone(),
            firing: self.firing.clone(),
            moves: self.moves.clone(),
            topic: self.topic.clone(),
            feedback: self.feedback.clone(),
        }
    }
}

/// The template's sweeps, by the names of their functions.
fn sweeps(template: &Template) -> Vec<Sweep> {
    let by_name = |sweep: &template::Sweep| Sweep {
        function: template.functions[sweep.function].crate_name.clone(),
        every: sweep.every,
        input: sweep.input.clone(),
    };
    template.sweeps.iter().map(by_name).collect()
}
