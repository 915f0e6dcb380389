//! What can be seen of a stack: what it sent, what it has armed, and what it consumed.

use std::collections::BTreeMap;

use usher_cloud::SdkConfig;

use super::Stack;
use crate::clock::LocalClock;
use crate::faults::{Faults, Service};
use crate::firing::{DeadLetter, Invocation};
use crate::functions::Deployed;
use crate::meter::{Capacity, Consumption};
use crate::outbox::Message;
use crate::scheduler::ArmedSchedule;

impl Stack {
    /// `http://127.0.0.1:<port>`, without a trailing slash.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Every email and SMS accepted so far, oldest first.
    pub fn outbox(&self) -> Vec<Message> {
        self.stand_ins.outbox.messages()
    }

    /// Each receiver with the landing link of the message they got last, latest first.
    pub fn landing_links(&self) -> Vec<(String, String)> {
        let mut links: Vec<(String, String)> = Vec::new();
        for message in self.outbox().iter().rev() {
            if let Some(link) = message.landing_link()
                && links.iter().all(|(to, _)| *to != message.to)
            {
                links.push((message.to.clone(), link.to_owned()));
            }
        }
        links
    }

    /// What Scheduler has armed, by time.
    pub fn schedules(&self) -> Vec<ArmedSchedule> {
        self.stand_ins.scheduler.armed()
    }

    /// Invocations that no function has done yet: of a schedule that fired late, or
    /// failed and to be tried again; by time.
    pub fn pending_invocations(&self) -> Vec<Invocation> {
        self.callers.firing.pending()
    }

    /// What was given up, oldest first: invocations that failed three times, or that
    /// no function took, and sweeps that failed.
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        self.callers.firing.dead_letters()
    }

    /// The numbers on the account's list, in order.
    pub fn opted_out_at_account(&self) -> Vec<String> {
        self.stand_ins.opt_outs.all()
    }

    /// The clock that all functions read.
    pub fn clock(&self) -> &LocalClock {
        &self.stand_ins.clock
    }

    /// The faults of the stand-ins.
    pub fn faults(&self) -> &Faults {
        &self.stand_ins.faults
    }

    /// Calls that reached `service` since the start or [`Faults::reset_calls`], by
    /// operation.
    pub fn calls(&self, service: Service) -> BTreeMap<String, u64> {
        self.stand_ins.faults.calls(service)
    }

    /// DynamoDB capacity consumed since the start or [`Self::reset_capacity`].
    pub fn capacity(&self) -> Capacity {
        self.consumption().total()
    }

    /// What was consumed since the start or [`Self::reset_capacity`], each by where.
    pub fn consumption(&self) -> Consumption {
        self.stand_ins.meter.consumption()
    }

    /// Starts measuring what is consumed anew.
    pub fn reset_capacity(&self) {
        self.stand_ins.meter.reset();
    }

    /// The functions, for a process that runs their programs on this stack.
    pub fn deployed(&self) -> &[Deployed] {
        &self.deployed
    }

    /// The configuration the functions' AWS clients were made with, for a test that
    /// looks at what is stored.
    pub fn sdk_config(&self) -> &SdkConfig {
        &self.sdk
    }

    /// The tables that the template declares.
    pub fn tables(&self) -> &[String] {
        &self.stand_ins.tables
    }
}
