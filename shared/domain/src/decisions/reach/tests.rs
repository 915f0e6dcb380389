//! Who is listed, with what they miss and why; and that nothing but plans decides it.

use chrono::TimeDelta;
use rstest::rstest;

use super::*;
use crate::{
    contact::{Region, Suppressions},
    meeting::Response,
    sample,
    settings::Settings,
    template::{ChannelMode, IfLate, TemplateBody},
    values::channel::Preference,
};

use NotificationType::{Cancellation, Confirmation, ConfirmationRequest, Reminder, Update};

/// A template of these configs that reminds a day before, by the config "soon".
fn template(configs: Vec<NotificationConfig>) -> Template {
    let body = TemplateBody {
        configs,
        reminder_triggers: vec![sample::trigger("day", "soon", 1440, IfLate::Skip)],
        ..sample::template_body("Visit")
    };
    Template::from_store(crate::id::TemplateId::parse("t").unwrap(), 1, body)
}

fn in_mode(id: &str, kind: NotificationType, mode: ChannelMode) -> NotificationConfig {
    NotificationConfig {
        channel_mode: mode,
        ..sample::config(id, kind)
    }
}

/// The template of one mode for everything.
fn all_in(mode: ChannelMode) -> Template {
    let mut configs = vec![in_mode("soon", Reminder, mode)];
    for kind in [Confirmation, ConfirmationRequest, Update, Cancellation] {
        configs.push(in_mode(kind.as_str(), kind, mode));
    }
    template(configs)
}

/// What everything but the suppressions says of an attendee of the meeting, by place.
fn of(
    meeting: &Meeting,
    template: Option<&Template>,
    who: usize,
    suppressions: &Suppressions,
) -> Option<Unreached> {
    let settings = sample::settings();
    let deliverability = Deliverability {
        settings: &settings,
        suppressions,
    };
    let messages = MessagesToCome::of(meeting, template, sample::now());
    messages.unreached(&meeting.attendees[who], deliverability)
}

fn free(meeting: &Meeting, template: Option<&Template>, who: usize) -> Option<Unreached> {
    of(meeting, template, who, &Suppressions::default())
}

fn without_phone(mut meeting: Meeting) -> Meeting {
    meeting.attendees[0].phone = None;
    meeting
}

/// In every way that an attendee, a config and what stands in the way can be: whoever is
/// listed is missed by what a plan uses no channel for, and nobody else is listed.
#[test]
fn whoever_a_plan_uses_no_channel_for_is_listed_and_nobody_else() {
    let (mut listed, mut all) = (0, 0);
    for mode in ChannelMode::ALL {
        for reminded_in in ChannelMode::ALL {
            let mut configs = all_in(*mode).body().configs.clone();
            configs[0].channel_mode = *reminded_in;
            let template = template(configs);
            for flags in 0..512 {
                let missed = assert_listed_as_planned(&template, |bit| flags & (1 << bit) != 0);
                listed += usize::from(missed);
                all += 1;
            }
        }
    }
    assert!(0 < listed && listed < all, "{listed} of {all}");
}

/// Whether Ann is listed, who is as these nine flags say.
fn assert_listed_as_planned(template: &Template, is: impl Fn(u8) -> bool) -> bool {
    let settings = sample::settings();
    let mut meeting = sample::meeting();
    let ann = &mut meeting.attendees[0];
    let some_of = |email: bool| ann.email.clone().filter(|_| email).into_iter().collect();
    let suppressions = Suppressions {
        opted_out: ann.phone.clone().filter(|_| is(0)).into_iter().collect(),
        held: ann.phone.clone().filter(|_| is(8)).into_iter().collect(),
        unsubscribed: some_of(is(1)),
        suppressed: some_of(is(2)),
        sender_unverified: is(3),
    };
    ann.email = ann.email.take().filter(|_| is(4));
    ann.phone = ann.phone.take().filter(|_| is(5));
    ann.preference = match (is(6), is(7)) {
        (false, false) => None,
        (false, true) => Some(Preference::Email),
        (true, false) => Some(Preference::Sms),
        (true, true) => Some(Preference::Both),
    };
    let ann = ann.clone();
    let deliverability = Deliverability {
        settings: &settings,
        suppressions: &suppressions,
    };
    let is_missed = |config: &&NotificationConfig| {
        let plan = plan_channels(config, &ann, deliverability);
        !plan.iter().any(ChannelPlan::used)
    };
    let configs = template.body().configs.iter();
    let missed: BTreeSet<_> = configs.filter(is_missed).map(|each| each.kind).collect();
    let found = of(&meeting, Some(template), 0, &suppressions);
    let misses = found.iter().flat_map(|found| found.misses.clone());
    assert_eq!(missed, misses.collect(), "{ann:?} {suppressions:?}");
    let unreachable = found.as_ref().is_some_and(Unreached::is_unreachable);
    assert_eq!(unreachable, missed.len() == NotificationType::ALL.len());
    assert!(found.is_none_or(|found| !found.obstacles.is_empty()));
    !missed.is_empty()
}

#[test]
fn who_has_no_address_is_reached_by_nothing_on_either_channel() {
    let mut meeting = without_phone(sample::meeting());
    meeting.attendees[0].email = None;
    let found = free(&meeting, None, 0).unwrap();
    assert!(found.is_unreachable() && !found.waits_for_settings);
    assert_eq!(
        found.misses,
        [Confirmation, ConfirmationRequest, Update, Cancellation]
    );
    let why: Vec<_> = found.obstacles.iter().map(|each| each.why.code()).collect();
    assert_eq!(why, ["no_email", "no_phone"]);
    assert_eq!(free(&meeting, None, 1), None, "Bob is reached");
}

#[test]
fn both_channels_of_which_one_works_are_no_trouble() {
    let meeting = without_phone(sample::meeting());
    assert_eq!(free(&meeting, Some(&all_in(ChannelMode::Both)), 0), None);
    let sms = all_in(ChannelMode::Sms);
    let found = free(&meeting, Some(&sms), 0).unwrap();
    assert!(found.is_unreachable());
    assert_eq!(found.obstacles.len(), 1, "the email is not asked for");
}

#[test]
fn who_has_unsubscribed_misses_reminders_alone() {
    let meeting = without_phone(sample::meeting());
    let suppressions = Suppressions {
        unsubscribed: meeting.attendees[0].email.clone().into_iter().collect(),
        ..Suppressions::default()
    };
    let template = template(vec![sample::config("soon", Reminder)]);
    let found = of(&meeting, Some(&template), 0, &suppressions).unwrap();
    assert_eq!(found.misses, [Reminder]);
    assert!(!found.is_unreachable());
    assert_eq!(found.obstacles[0].why, Unusable::Unsubscribed);
    assert_eq!(
        of(&meeting, None, 0, &suppressions),
        None,
        "none is to come"
    );
}

/// A config that texts reminders only, of which nobody who has no number gets any.
fn texted() -> Template {
    template(vec![in_mode("soon", Reminder, ChannelMode::Sms)])
}

#[test]
fn reminders_that_will_not_go_out_are_missed_by_nobody() {
    let texted = texted();
    let untold = without_phone(sample::meeting());
    assert!(free(&untold, Some(&texted), 0).is_some());
    // A day before the start has passed, and nobody was told in time.
    let late = untold.details.starts_at - TimeDelta::hours(3);
    let messages = MessagesToCome::of(&untold, Some(&texted), late);
    let settings = sample::settings();
    let at_once = |if_late| {
        let mut body = texted.body().clone();
        body.reminder_triggers[0].if_late = if_late;
        Template::from_store(texted.id.clone(), 1, body)
    };
    let deliverability = sample::deliverability(&settings);
    let ann = &untold.attendees[0];
    assert_eq!(messages.unreached(ann, deliverability), None);
    let at_once = at_once(IfLate::SendNow);
    let messages = MessagesToCome::of(&untold, Some(&at_once), late);
    assert!(messages.unreached(ann, deliverability).is_some());
    // Those of a meeting that was announced are its own.
    let mut told = without_phone(sample::asked());
    assert_eq!(free(&told, Some(&texted), 0), None);
    told.take_triggers(&texted.body().reminder_triggers);
    assert_eq!(free(&told, Some(&texted), 0).unwrap().misses, [Reminder]);
}

#[test]
fn reminders_for_the_lead_attendee_are_missed_by_no_other() {
    let mut meeting = sample::meeting();
    meeting.attendees[0].phone = None;
    meeting.attendees[1].phone = None;
    let texted = texted();
    assert!((0..2).all(|who| free(&meeting, Some(&texted), who).is_some()));
    let mut body = texted.body().clone();
    body.lead_only_reminders = true;
    let lead_only = Template::from_store(texted.id, 1, body);
    let listed = [0, 1].map(|who| free(&meeting, Some(&lead_only), who).is_some());
    assert_eq!(listed, [true, false]);
}

#[test]
fn the_announcement_counts_only_where_it_is_lacking() {
    let ask = in_mode("ask", ConfirmationRequest, ChannelMode::Sms);
    let ask = template(vec![ask]);
    let untold = free(&without_phone(sample::meeting()), Some(&ask), 0).unwrap();
    assert_eq!(untold.misses, [ConfirmationRequest]);
    assert!(untold.gets.contains(&Confirmation));
    assert_eq!(free(&without_phone(sample::asked()), Some(&ask), 0), None);
}

#[rstest]
#[case(BookingStatus::Declined, 0, false)]
#[case(BookingStatus::RescheduleRequested, 0, true)]
#[case(BookingStatus::Confirmed, 0, true)]
#[case(BookingStatus::Declined, 1, true)]
fn who_has_declined_needs_no_message(
    #[case] status: BookingStatus,
    #[case] who: usize,
    #[case] listed: bool,
) {
    let mut meeting = sample::asked();
    meeting.status = status;
    meeting.attendees[who].email = None;
    meeting.attendees[who].phone = None;
    assert_eq!(free(&meeting, None, who).is_some(), listed);
}

#[test]
fn another_than_the_lead_who_has_declined_needs_no_message() {
    let mut meeting = sample::asked();
    let bob = &mut meeting.attendees[1];
    bob.response = Some(Response {
        answer: Answer::Decline,
        revision: meeting.revision,
        at: sample::now(),
        wish: None,
        channel: None,
        after: None,
    });
    let suppressions = Suppressions {
        opted_out: bob.phone.clone().into_iter().collect(),
        suppressed: bob.email.clone().into_iter().collect(),
        ..Suppressions::default()
    };
    assert_eq!(of(&meeting, None, 1, &suppressions), None);
    meeting.attendees[1].response = None;
    assert!(of(&meeting, None, 1, &suppressions).is_some());
}

#[test]
fn of_what_is_off_only_who_still_expects_it_is_listed() {
    let mut meeting = sample::asked();
    let suppressions = Suppressions {
        opted_out: meeting.attendees[1].phone.clone().into_iter().collect(),
        suppressed: meeting.attendees[1].email.clone().into_iter().collect(),
        ..Suppressions::default()
    };
    meeting.status = BookingStatus::Cancelled;
    assert!(is_coming(&meeting, sample::now()));
    let found = of(&meeting, None, 1, &suppressions).unwrap();
    assert_eq!(found.misses, [Cancellation]);
    let revision = meeting.revision;
    for who in [0, 1] {
        sample::tell_one(&mut meeting, who, Cancellation, revision);
    }
    assert_eq!(of(&meeting, None, 1, &suppressions), None);
    assert!(!is_coming(&meeting, sample::now()));
}

#[test]
fn who_was_removed_and_cannot_be_told_is_listed() {
    let mut meeting = sample::asked();
    let bob = meeting.attendees.remove(1);
    let suppressions = Suppressions {
        opted_out: bob.phone.clone().into_iter().collect(),
        suppressed: bob.email.clone().into_iter().collect(),
        ..Suppressions::default()
    };
    meeting.removed.push(bob.clone());
    let settings = sample::settings();
    let deliverability = Deliverability {
        settings: &settings,
        suppressions: &suppressions,
    };
    let messages = MessagesToCome::of(&meeting, None, sample::now());
    let found = messages.unreached(&bob, deliverability).unwrap();
    assert_eq!(found.misses, [Cancellation]);
}

#[test]
fn what_has_started_or_is_put_away_is_not_coming() {
    let mut meeting = sample::meeting();
    let start = meeting.details.starts_at;
    assert!(is_coming(&meeting, start - TimeDelta::seconds(1)));
    assert!(!is_coming(&meeting, start));
    meeting.archived = true;
    assert!(!is_coming(&meeting, sample::now()));
}

#[test]
fn what_the_settings_alone_keep_is_told_apart() {
    let meeting = without_phone(sample::meeting());
    let unverified = Suppressions {
        sender_unverified: true,
        ..Suppressions::default()
    };
    let found = of(&meeting, None, 0, &unverified).unwrap();
    assert!(found.is_unreachable() && found.waits_for_settings);
    // Nor does the sender help an address that emails are held back from.
    let both = Suppressions {
        suppressed: meeting.attendees[0].email.clone().into_iter().collect(),
        ..unverified
    };
    assert!(!of(&meeting, None, 0, &both).unwrap().waits_for_settings);
    // The allowed countries are settings, but of one number's country.
    let mut abroad = Settings::default();
    abroad.sms.allowed_countries = vec![Region::parse("DE").unwrap()];
    abroad.sms.origination_number = sample::settings().sms.origination_number;
    let mut meeting = sample::meeting();
    meeting.attendees[0].email = None;
    let deliverability = sample::deliverability(&abroad);
    let messages = MessagesToCome::of(&meeting, None, sample::now());
    let found = messages.unreached(&meeting.attendees[0], deliverability);
    let found = found.unwrap();
    assert!(!found.waits_for_settings);
    assert_eq!(found.obstacles[1].why, Unusable::CountryNotAllowed);
}
