//! Which calls and firings are struck, held up or cut off.

use super::*;

#[test]
fn what_is_cut_off_is_refused_whatever_it_calls_until_all_is_cleared() {
    let faults = Faults::default();
    faults.cut_off_after(1);
    assert_eq!(faults.on_call(Service::Dynamodb, "GetItem", &[]), None);
    for service in [Service::Ses, Service::Dynamodb] {
        assert_eq!(faults.on_call(service, "Any", &[]), Some(OnCall::Refuse));
    }
    faults.clear();
    assert_eq!(faults.on_call(Service::Ses, "SendEmail", &[]), None);
}

#[tokio::test]
async fn the_call_that_is_held_up_goes_on_when_it_is_let_go() {
    let faults = Faults::default();
    let mut held = faults.hold_after(1);
    faults.pass().await;
    let mut passes = Box::pin(faults.pass());
    tokio::select! {
        biased;
        () = &mut passes => panic!("it was not held up"),
        came = held.came() => assert!(came),
    }
    faults.pass().await;
    drop(held);
    passes.await;
    let mut never = faults.hold_after(0);
    faults.clear();
    assert!(!never.came().await);
}

fn fault(effect: Effect, skip: u32, count: u32) -> Fault {
    Fault {
        service: Service::Ses,
        effect,
        operation: None,
        to: None,
        skip,
        count,
    }
}

#[test]
fn a_fault_of_one_recipient_strikes_their_messages_alone() {
    let faults = Faults::default();
    let bobs = Fault {
        to: Some("bob@example.com".to_owned()),
        ..fault(Effect::Refuse, 0, 1)
    };
    faults.arm(bobs).unwrap();
    let strikes = |body: &str| faults.on_call(Service::Ses, "SendEmail", body.as_bytes());
    assert_eq!(strikes("ann@example.com"), None);
    assert_eq!(strikes("to: bob@example.com."), Some(OnCall::Refuse));
    assert_eq!(strikes("bob@example.com"), None);
}

#[test]
fn of_ses_only_sending_is_struck_unless_the_fault_says_otherwise() {
    let faults = Faults::default();
    faults.arm(fault(Effect::Refuse, 0, 1)).unwrap();
    let asked = Fault {
        operation: Some("GetEmailIdentity".to_owned()),
        ..fault(Effect::Throttle, 0, 2)
    };
    faults.arm(asked).unwrap();
    let strikes = |operation| faults.on_call(Service::Ses, operation, &[]);
    assert_eq!(strikes("GetEmailIdentity"), Some(OnCall::Throttle));
    assert_eq!(strikes("SendEmail"), Some(OnCall::Refuse));
    assert_eq!(strikes("SendEmail"), None);
    assert_eq!(strikes("GetEmailIdentity"), Some(OnCall::Throttle));
}

#[test]
fn a_fault_strikes_after_its_skip_and_as_often_as_its_count() {
    let faults = Faults::default();
    faults.arm(fault(Effect::Refuse, 1, 2)).unwrap();
    let strikes: Vec<_> = (0..4)
        .map(|_| faults.on_call(Service::Ses, "SendEmail", &[]))
        .collect();
    assert_eq!(
        strikes,
        [None, Some(OnCall::Refuse), Some(OnCall::Refuse), None]
    );
    assert_eq!(faults.calls(Service::Ses)["SendEmail"], 4);
    assert!(faults.armed().is_empty());
}

#[test]
fn another_service_is_not_struck() {
    let faults = Faults::default();
    faults.arm(fault(Effect::Stall, 0, 1)).unwrap();
    assert_eq!(faults.on_call(Service::Sns, "Publish", &[]), None);
    assert_eq!(faults.armed().len(), 1);
}

#[test]
fn of_two_due_faults_the_older_strikes_and_the_other_waits() {
    let faults = Faults::default();
    faults.arm(fault(Effect::Throttle, 0, 1)).unwrap();
    faults.arm(fault(Effect::Stall, 0, 1)).unwrap();
    assert_eq!(
        faults.on_call(Service::Ses, "SendEmail", &[]),
        Some(OnCall::Throttle)
    );
    assert_eq!(
        faults.on_call(Service::Ses, "SendEmail", &[]),
        Some(OnCall::Stall)
    );
}

#[test]
fn a_count_of_zero_clears_the_service() {
    let faults = Faults::default();
    faults.arm(fault(Effect::Stall, 3, 1)).unwrap();
    faults.arm(fault(Effect::Stall, 0, 0)).unwrap();
    assert!(faults.armed().is_empty());
}

#[test]
fn a_firing_effect_strikes_firings_and_a_call_effect_strikes_calls() {
    let faults = Faults::default();
    let scheduler = |effect, skip| Fault {
        service: Service::Scheduler,
        operation: None,
        ..fault(effect, skip, 1)
    };
    faults.arm(scheduler(Effect::Never, 1)).unwrap();
    faults.arm(scheduler(Effect::Throttle, 1)).unwrap();
    let call = || faults.on_call(Service::Scheduler, "CreateSchedule", &[]);
    assert_eq!([call(), call()], [None, Some(OnCall::Throttle)]);
    assert_eq!(call(), None);
    let firings = [faults.on_firing(), faults.on_firing(), faults.on_firing()];
    assert_eq!(firings, [None, Some(OnFiring::Never), None]);
}

#[test]
fn no_other_service_takes_a_firing_effect() {
    let faults = Faults::default();
    for effect in [Effect::Twice, Effect::Late, Effect::Never] {
        assert_eq!(faults.arm(fault(effect, 0, 1)), Err(NotItsEffect));
    }
    assert!(faults.armed().is_empty());
}
