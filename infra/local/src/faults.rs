//! Faults that the stand-ins are told to commit, and the count of the calls they
//! saw. A test arms a fault for the k-th call and walks every k.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// A service that is stood in for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// Amazon SES, API v2.
    Ses,
    /// Amazon SNS.
    Sns,
    /// EventBridge Scheduler.
    Scheduler,
    /// Amazon DynamoDB.
    Dynamodb,
}

/// What a faulty call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// A definite error that no repetition mends; nothing is done.
    Refuse,
    /// The service's own "too many requests"; nothing is done.
    Throttle,
    /// No answer, ever, and nothing is done: the caller runs into its timeout.
    Stall,
    /// The work is done and the connection closed without an answer.
    DropAnswer,
}

/// One armed fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Whose calls fail.
    pub service: Service,
    /// How they fail.
    pub effect: Effect,
    /// How many calls go well first, counted from the moment of arming.
    #[serde(default)]
    pub skip: u32,
    /// How many calls then fail; 0 clears everything armed for the service.
    #[serde(default = "once")]
    pub count: u32,
}

fn once() -> u32 {
    1
}

/// The armed faults of a stack, and its call counts.
#[derive(Debug, Default)]
pub struct Faults(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    armed: Vec<Fault>,
    calls: BTreeMap<Service, BTreeMap<String, u64>>,
}

impl Faults {
    /// Arms `fault` behind those already armed; with a `count` of 0, clears the
    /// service's faults instead.
    pub fn arm(&self, fault: Fault) {
        let mut state = self.lock();
        if fault.count == 0 {
            state.armed.retain(|armed| armed.service != fault.service);
        } else {
            state.armed.push(fault);
        }
    }

    /// Disarms everything.
    pub fn clear(&self) {
        self.lock().armed.clear();
    }

    /// What is still armed, oldest first.
    pub fn armed(&self) -> Vec<Fault> {
        self.lock().armed.clone()
    }

    /// Calls that reached a service so far, by operation, faulty ones included.
    pub fn calls(&self, service: Service) -> BTreeMap<String, u64> {
        self.lock().calls.get(&service).cloned().unwrap_or_default()
    }

    /// Starts counting calls anew.
    pub fn reset_calls(&self) {
        self.lock().calls.clear();
    }

    /// Counts a call and says which fault it meets, if any. Every armed fault of the
    /// service counts the call towards its `skip`; the oldest that is due strikes.
    pub(crate) fn on_call(&self, service: Service, operation: &str) -> Option<Effect> {
        let mut state = self.lock();
        let operations = state.calls.entry(service).or_default();
        *operations.entry(operation.to_owned()).or_default() += 1;
        let mut struck = None;
        for fault in state
            .armed
            .iter_mut()
            .filter(|fault| fault.service == service)
        {
            if fault.skip > 0 {
                fault.skip -= 1;
            } else if struck.is_none() {
                fault.count -= 1;
                struck = Some(fault.effect);
            }
        }
        state.armed.retain(|fault| fault.count > 0);
        struck
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(effect: Effect, skip: u32, count: u32) -> Fault {
        Fault {
            service: Service::Ses,
            effect,
            skip,
            count,
        }
    }

    #[test]
    fn a_fault_strikes_after_its_skip_and_as_often_as_its_count() {
        let faults = Faults::default();
        faults.arm(fault(Effect::Refuse, 1, 2));
        let strikes: Vec<_> = (0..4)
            .map(|_| faults.on_call(Service::Ses, "SendEmail"))
            .collect();
        assert_eq!(
            strikes,
            [None, Some(Effect::Refuse), Some(Effect::Refuse), None]
        );
        assert_eq!(faults.calls(Service::Ses)["SendEmail"], 4);
        assert!(faults.armed().is_empty());
    }

    #[test]
    fn another_service_is_not_struck() {
        let faults = Faults::default();
        faults.arm(fault(Effect::Stall, 0, 1));
        assert_eq!(faults.on_call(Service::Sns, "Publish"), None);
        assert_eq!(faults.armed().len(), 1);
    }

    #[test]
    fn of_two_due_faults_the_older_strikes_and_the_other_waits() {
        let faults = Faults::default();
        faults.arm(fault(Effect::Throttle, 0, 1));
        faults.arm(fault(Effect::Stall, 0, 1));
        assert_eq!(
            faults.on_call(Service::Ses, "SendEmail"),
            Some(Effect::Throttle)
        );
        assert_eq!(
            faults.on_call(Service::Ses, "SendEmail"),
            Some(Effect::Stall)
        );
    }

    #[test]
    fn a_count_of_zero_clears_the_service() {
        let faults = Faults::default();
        faults.arm(fault(Effect::Stall, 3, 1));
        faults.arm(fault(Effect::Stall, 0, 0));
        assert!(faults.armed().is_empty());
    }
}
