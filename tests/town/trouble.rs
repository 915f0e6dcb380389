//! Time that passes, and what goes wrong meanwhile.

use std::{collections::BTreeMap, sync::atomic::Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use usher_local::{DeadLetter, Effect, Fault, Service};

use super::Town;

impl Town {
    /// Time passes: what is due on the way happens at its own time, and at the end
    /// the sweep runs once.
    ///
    /// # Panics
    /// When it would go backwards, or when something is given up on the way that the
    /// story did not [expect](Self::expect_dead_letters).
    pub async fn advance(&self, by: TimeDelta) {
        self.stack.advance(by).await.unwrap();
        if !self.expects_dead.load(Ordering::Relaxed) {
            self.assert_no_news_of_the_dead();
        }
    }

    /// Time passes until then, as with [`advance`](Self::advance).
    ///
    /// # Panics
    /// As [`advance`](Self::advance).
    pub async fn advance_to(&self, then: DateTime<Utc>) {
        self.advance(then - self.stack.clock().now()).await;
    }

    /// Scheduler calls with this event, besides what it does by itself.
    ///
    /// # Errors
    /// What the function fails with.
    pub async fn wake(&self, event: &Value) -> Result<Value, String> {
        let woken = self.stack.invoke_function("reminder-fanout", event.clone());
        woken.await.map_err(|error| format!("{error:#}"))
    }

    /// Until they are next read, dead letters do not end the story.
    pub fn expect_dead_letters(&self) {
        self.expects_dead.store(true, Ordering::Relaxed);
    }

    /// Every invocation that was given up and was not read of yet, oldest first; they
    /// are read now.
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        self.expects_dead.store(false, Ordering::Relaxed);
        let letters = self.stack.dead_letters();
        let known = self.known_dead.swap(letters.len(), Ordering::Relaxed);
        letters.into_iter().skip(known).collect()
    }

    #[track_caller]
    pub(super) fn assert_no_news_of_the_dead(&self) {
        let letters = self.dead_letters();
        assert!(
            letters.is_empty(),
            "the story did not expect these dead letters: {letters:#?}"
        );
    }

    /// The next call of a service fails so, after `skip` calls that go well; or the
    /// next firing of a schedule, if the effect is one of those.
    ///
    /// # Panics
    /// When the service cannot fail so.
    pub fn break_call(&self, service: Service, effect: Effect, skip: u32) {
        self.arm(Fault {
            skip,
            ..next(service, effect)
        });
    }

    /// The next message to this address that SES or SNS is given fails so.
    ///
    /// # Panics
    /// When the service cannot fail so.
    pub fn break_message(&self, service: Service, effect: Effect, to: &str) {
        self.arm(Fault {
            to: Some(to.to_owned()),
            ..next(service, effect)
        });
    }

    /// The next calls of an operation of a service fail so.
    ///
    /// # Panics
    /// When the service cannot fail so.
    pub fn break_operation(&self, service: Service, operation: &str, effect: Effect, count: u32) {
        self.arm(Fault {
            operation: Some(operation.to_owned()),
            count,
            ..next(service, effect)
        });
    }

    /// The next time SES is asked whether a sender is verified, that fails so.
    ///
    /// # Panics
    /// When SES cannot fail so.
    pub fn break_verification(&self, effect: Effect) {
        self.break_operation(Service::Ses, "GetEmailIdentity", effect, 1);
    }

    /// The next time SES is asked whom it does not write to, that fails so.
    ///
    /// # Panics
    /// When SES cannot fail so.
    pub fn break_listing(&self, effect: Effect) {
        self.break_operation(Service::Ses, "ListSuppressedDestinations", effect, 1);
    }

    /// The next times that SNS is asked for the account's opt-out list, it refuses.
    ///
    /// # Panics
    /// When SNS cannot refuse.
    pub fn refuse_opt_out_list(&self, times: u32) {
        let operation = "ListPhoneNumbersOptedOut";
        self.break_operation(Service::Sns, operation, Effect::Refuse, times);
    }

    fn arm(&self, fault: Fault) {
        self.stack.faults().arm(fault).unwrap();
    }

    /// Holds `one` up before the call that comes after `calls` of them, and has `other` run
    /// whole meanwhile. Returns what that came to; none where `one` makes no such call, and has
    /// ended without `other`.
    ///
    /// # Panics
    /// When the faults are cleared before that call comes.
    pub async fn held_up<A, B>(
        &self,
        calls: u32,
        one: impl Future<Output = A>,
        other: impl Future<Output = B>,
    ) -> Option<B> {
        let mut held = self.stack.faults().hold_after(calls);
        let mut one = Box::pin(one);
        tokio::select! {
            biased;
            _ = &mut one => return None,
            came = held.came() => assert!(came),
        }
        let outcome = other.await;
        drop(held);
        one.await;
        Some(outcome)
    }

    /// How often an operation of a service was called.
    pub fn calls(&self, service: Service) -> BTreeMap<String, u64> {
        self.stack.calls(service)
    }
}

/// The next call of a service fails so.
fn next(service: Service, effect: Effect) -> Fault {
    Fault {
        service,
        effect,
        operation: None,
        to: None,
        skip: 0,
        count: 1,
    }
}
