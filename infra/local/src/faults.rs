//! Faults that the stand-ins are told to commit, and the count of the calls they
//! saw. A test arms a fault for the k-th call and walks every k.
//!
//! Scheduler has two kinds: those of its API, like every service's, and those of its
//! firing. The kinds are counted apart, and neither can strike the other's work.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

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

/// What a faulty call, or a faulty firing of a schedule, does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// A call gets a definite error that no repetition mends; nothing is done.
    Refuse,
    /// A call gets the service's own "too many requests"; nothing is done.
    Throttle,
    /// A call gets no answer, ever, and nothing is done: the caller runs into its
    /// timeout.
    Stall,
    /// A call's work is done and the connection closed without an answer.
    DropAnswer,
    /// A schedule fires, and its function is invoked twice in a row; each invocation
    /// has retries of its own.
    Twice,
    /// A schedule fires, and its invocation reaches the function 10 minutes after the
    /// schedule's time. It waits in Lambda's queue by then: deleting the schedule does
    /// not take it back.
    Late,
    /// A schedule vanishes when its time comes, and fires never.
    Never,
}

/// What strikes a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnCall {
    Refuse,
    Throttle,
    Stall,
    DropAnswer,
}

/// What strikes a firing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnFiring {
    Twice,
    Late,
    Never,
}

impl Effect {
    fn on_call(self) -> Option<OnCall> {
        match self {
            Self::Refuse => Some(OnCall::Refuse),
            Self::Throttle => Some(OnCall::Throttle),
            Self::Stall => Some(OnCall::Stall),
            Self::DropAnswer => Some(OnCall::DropAnswer),
            Self::Twice | Self::Late | Self::Never => None,
        }
    }

    fn on_firing(self) -> Option<OnFiring> {
        match self {
            Self::Twice => Some(OnFiring::Twice),
            Self::Late => Some(OnFiring::Late),
            Self::Never => Some(OnFiring::Never),
            Self::Refuse | Self::Throttle | Self::Stall | Self::DropAnswer => None,
        }
    }
}

/// An effect that the fault's service cannot have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotItsEffect;

impl std::fmt::Display for NotItsEffect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "the effects twice, late and never are for the firing of schedules, so for the service scheduler alone"
        )
    }
}

impl std::error::Error for NotItsEffect {}

/// One armed fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Whose calls, or firings, fail.
    pub service: Service,
    /// How they fail.
    pub effect: Effect,
    /// The operation that is struck alone, like `GetEmailIdentity`. Left out, it is
    /// every one of the service's, but of SES `SendEmail`: it is asked about its
    /// identities in passing, and a story counts what is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The recipient whose messages are struck alone: an email address, or a number as SNS is
    /// told it. Messages that go out at once come in no order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// How many of them go well first, counted from the moment of arming: calls if the
    /// effect is a call's, and firings, without their retries, if it is a firing's.
    #[serde(default)]
    pub skip: u32,
    /// How many then fail; 0 clears everything armed for the service.
    #[serde(default = "once")]
    pub count: u32,
}

fn once() -> u32 {
    1
}

impl Fault {
    /// Whether an event of the service is one that this strikes: a call of an operation,
    /// or a firing.
    fn is_about(&self, service: Service, operation: Option<&str>, body: &[u8]) -> bool {
        let only = match (&self.operation, service) {
            (Some(only), _) => Some(only.as_str()),
            (None, Service::Ses) => Some("SendEmail"),
            (None, Service::Sns | Service::Scheduler | Service::Dynamodb) => None,
        };
        let theirs = |to: &String| body.windows(to.len()).any(|text| text == to.as_bytes());
        self.service == service
            && (only.is_none() || only == operation)
            && self.to.as_ref().is_none_or(theirs)
    }
}

/// A call that is held up until this is dropped: whoever made it stands still there.
#[derive(Debug)]
pub struct HeldCall {
    came: oneshot::Receiver<()>,
    _let_go: oneshot::Sender<()>,
}

impl HeldCall {
    /// Waits until the call has come. Returns whether it has: it never will once all is
    /// [cleared](Faults::clear).
    pub async fn came(&mut self) -> bool {
        (&mut self.came).await.is_ok()
    }
}

/// The other side of a [`HeldCall`].
#[derive(Debug)]
struct Hold {
    /// How many calls of any service go on before the one that is held up.
    skip: u32,
    came: oneshot::Sender<()>,
    let_go: oneshot::Receiver<()>,
}

/// The armed faults of a stack, and its call counts.
#[derive(Debug, Default)]
pub struct Faults(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    armed: Vec<Fault>,
    /// How many calls of any service go well before all are refused.
    calls_left: Option<u32>,
    hold: Option<Hold>,
    calls: BTreeMap<Service, BTreeMap<String, u64>>,
}

impl Faults {
    /// Arms `fault` behind those already armed; with a `count` of 0, clears the
    /// service's faults instead.
    ///
    /// # Errors
    /// The effect is none of this service's; nothing is armed then.
    pub fn arm(&self, fault: Fault) -> Result<(), NotItsEffect> {
        if fault.effect.on_firing().is_some() && fault.service != Service::Scheduler {
            return Err(NotItsEffect);
        }
        let mut state = self.lock();
        if fault.count == 0 {
            state.armed.retain(|armed| armed.service != fault.service);
        } else {
            state.armed.push(fault);
        }
        Ok(())
    }

    /// Has every call of every service be refused after `calls` more that go well, until
    /// everything is [cleared](Self::clear): to whoever is at work it is as if their
    /// process had died there.
    pub fn cut_off_after(&self, calls: u32) {
        self.lock().calls_left = Some(calls);
    }

    /// Holds up the call that comes after `calls` more, and no other one.
    pub fn hold_after(&self, calls: u32) -> HeldCall {
        let (comes, came) = oneshot::channel();
        let (goes, let_go) = oneshot::channel();
        self.lock().hold = Some(Hold {
            skip: calls,
            came: comes,
            let_go,
        });
        HeldCall {
            came,
            _let_go: goes,
        }
    }

    /// Disarms everything.
    pub fn clear(&self) {
        let mut state = self.lock();
        state.armed.clear();
        state.calls_left = None;
        state.hold = None;
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

    /// Holds a call up for as long as somebody wants it held up.
    pub(crate) async fn pass(&self) {
        let held = self.lock().next_held();
        if let Some(Hold { came, let_go, .. }) = held
            && came.send(()).is_ok()
        {
            // An error means that the sender was dropped, which is the signal.
            let _ = let_go.await;
        }
    }

    /// Counts a call and says which fault it meets, if any.
    pub(crate) fn on_call(&self, service: Service, operation: &str, body: &[u8]) -> Option<OnCall> {
        let mut state = self.lock();
        let operations = state.calls.entry(service).or_default();
        *operations.entry(operation.to_owned()).or_default() += 1;
        match state.calls_left.as_mut() {
            Some(0) => return Some(OnCall::Refuse),
            Some(left) => *left -= 1,
            None => {}
        }
        state.strike(service, Some(operation), body, Effect::on_call)
    }

    /// Says which fault a schedule meets that is due to fire.
    pub(crate) fn on_firing(&self) -> Option<OnFiring> {
        self.lock()
            .strike(Service::Scheduler, None, &[], Effect::on_firing)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The hold of the call that comes now, if it is the one.
    fn next_held(&mut self) -> Option<Hold> {
        let hold = self.hold.as_mut()?;
        if hold.skip > 0 {
            hold.skip -= 1;
            return None;
        }
        self.hold.take()
    }

    /// Every armed fault of the service and of the kind that `read` reads counts the
    /// event towards its `skip`; the oldest that is due strikes.
    fn strike<E>(
        &mut self,
        service: Service,
        operation: Option<&str>,
        body: &[u8],
        read: impl Fn(Effect) -> Option<E>,
    ) -> Option<E> {
        let mut struck = None;
        for fault in self
            .armed
            .iter_mut()
            .filter(|fault| fault.is_about(service, operation, body))
        {
            let Some(effect) = read(fault.effect) else {
                continue;
            };
            if fault.skip > 0 {
                fault.skip -= 1;
            } else if struck.is_none() {
                fault.count -= 1;
                struck = Some(effect);
            }
        }
        self.armed.retain(|fault| fault.count > 0);
        struck
    }
}

#[cfg(test)]
mod tests;
