//! How the attendees that a meeting's page shows are reached, and what they wish for.

use serde::Serialize;
use usher_api::send::UsedChannel;
use usher_console::action_label;
use usher_domain::{
    contact::Suppressions,
    meeting::{Attendee, Meeting, Wish},
    send::Outlook,
};
use usher_flows::console::MeetingPage;

/// How an attendee is reached.
#[derive(Serialize)]
pub(super) struct ReachView {
    outlooks: Vec<OutlookView>,
    opted_out: bool,
    held: bool,
    unsubscribed: bool,
    suppressed: bool,
    /// What they wished for, where they want another time.
    wish: Option<WishView>,
    /// Whether links may have been sent to them.
    has_links: bool,
}

/// What an attendee wished for with a request for another time.
#[derive(Serialize)]
pub(in crate::console) struct WishView {
    times: Option<String>,
    reason: Option<String>,
}

impl From<&Wish> for WishView {
    fn from(wish: &Wish) -> Self {
        Self {
            times: wish.preferred_times.as_ref().map(ToString::to_string),
            reason: wish.reason.as_ref().map(ToString::to_string),
        }
    }
}

/// What some of the actions would do for an attendee.
#[derive(Serialize)]
struct OutlookView {
    /// The actions; empty where it is all of them.
    labels: Vec<&'static str>,
    channels: Vec<UsedChannel>,
    unused: Vec<String>,
}

/// Of each attendee that is shown, in their order.
pub(super) fn reach(seen: &MeetingPage) -> Vec<ReachView> {
    let meeting = &seen.context.meeting;
    let possible = seen.actions.iter().filter(|each| each.plan.is_ok()).count();
    let view = |outlook: &Outlook| OutlookView::new(outlook, possible);
    let shown = meeting.attendees.iter().zip(&seen.outlooks);
    shown
        .map(|(attendee, outlooks)| ReachView {
            outlooks: outlooks.iter().map(view).collect(),
            ..ReachView::of(attendee, meeting, &seen.suppressions)
        })
        .collect()
}

/// Whether links may have been sent to an attendee.
pub(super) fn has_links(attendee: &Attendee) -> bool {
    attendee.last_notification.is_some()
}

impl ReachView {
    /// Without what the actions would do.
    fn of(attendee: &Attendee, meeting: &Meeting, suppressions: &Suppressions) -> Self {
        let number = attendee.phone.as_ref();
        let address = attendee.email.as_ref();
        Self {
            outlooks: Vec::new(),
            opted_out: number.is_some_and(|number| suppressions.opted_out.contain(number)),
            held: number.is_some_and(|number| suppressions.held.contain(number)),
            wish: meeting.wish_of(attendee).map(WishView::from),
            has_links: has_links(attendee),
            unsubscribed: address.is_some_and(|address| suppressions.unsubscribed.contain(address)),
            suppressed: address.is_some_and(|address| suppressions.suppressed.contain(address)),
        }
    }
}

impl OutlookView {
    /// `possible` is how many actions there are.
    fn new(outlook: &Outlook, possible: usize) -> Self {
        let all = outlook.kinds.len() == possible;
        let labels = outlook.kinds.iter().copied().map(action_label);
        Self {
            labels: labels.filter(|_| !all).collect(),
            channels: outlook
                .channels
                .iter()
                .cloned()
                .map(UsedChannel::from)
                .collect(),
            unused: outlook.unused.clone(),
        }
    }
}
