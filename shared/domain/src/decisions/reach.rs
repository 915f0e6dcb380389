//! Whom the messages of coming meetings that are still to come will not reach, and why:
//! looked at before it matters (G11).
//!
//! A message to come is one that staff or a trigger may still send to an attendee: what tells
//! them of the meeting, where they lack that; the update and the cancellation, whenever either
//! becomes necessary; and the reminders that have not gone out. Each is planned as a send plans
//! it, by [`plan_channels`]: an attendee is reached by a message when a channel of it is used.
//! So a message on both channels of which one works reaches them, and is no trouble; whether
//! its text can be made is not tried here, which previews do.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::{
    id::AttendeeId,
    meeting::{Attendee, BookingStatus, Meeting, Owed},
    remind::{answer_that_counts, for_lead_only, to_come},
    send::{ChannelPlan, ChannelVerdict, Deliverability, announcement, plan_channels},
    template::{NotificationConfig, Template},
    values::{answer::Answer, channel::Channel, kind::NotificationType, unusable::Unusable},
};

/// An attendee whom a message that is still to come does not reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreached {
    /// The attendee.
    pub attendee: Attendee,
    /// The types of the messages that do not reach them, in the order of the specification;
    /// never empty.
    pub misses: Vec<NotificationType>,
    /// The types of those that do. Reminders are in both where one of them reaches them and
    /// another does not.
    pub gets: Vec<NotificationType>,
    /// Why, channel by channel; never empty.
    pub obstacles: Vec<Obstacle>,
    /// Whether what stands in the way of everybody is all that keeps these messages: once the
    /// settings are mended, they reach the attendee.
    pub waits_for_settings: bool,
}

/// Why a channel does not take a message to an attendee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// The channel.
    pub channel: Channel,
    /// Why.
    pub why: Unusable,
}

impl Unreached {
    /// Whether no message at all reaches them.
    pub fn is_unreachable(&self) -> bool {
        self.gets.is_empty()
    }
}

/// Whether any attendee of a meeting may still be sent anything as of `now`. It need not be
/// read with all of them to know.
pub fn is_coming(meeting: &Meeting, now: DateTime<Utc>) -> bool {
    let known_to_be_off =
        meeting.status == BookingStatus::Cancelled && !meeting.is_cancellation_owed();
    !(meeting.archived || meeting.started(now) || known_to_be_off)
}

/// The messages of a meeting that are still to come.
pub struct MessagesToCome<'a> {
    meeting: &'a Meeting,
    /// What tells somebody of the meeting who was not told of it: more than one while it is
    /// open which of them staff will send.
    announcements: Vec<NotificationConfig>,
    update: NotificationConfig,
    cancellation: NotificationConfig,
    reminders: Vec<NotificationConfig>,
    remind_lead_only: bool,
}

impl<'a> MessagesToCome<'a> {
    /// Those of a coming meeting, as of `now`.
    pub fn of(meeting: &'a Meeting, template: Option<&Template>, now: DateTime<Utc>) -> Self {
        use NotificationType::{Cancellation, Confirmation, ConfirmationRequest, Reminder, Update};
        let of_type = |kind| NotificationConfig::of_type(template, kind);
        let announcements = if meeting.is_known() {
            vec![announcement(meeting)]
        } else {
            vec![Confirmation, ConfirmationRequest]
        };
        let reminders: BTreeSet<_> = to_come(meeting, template, now)
            .map(|planned| planned.trigger.config_id.clone())
            .collect();
        let named = |id| NotificationConfig::named(template, Reminder, id);
        Self {
            meeting,
            announcements: announcements.into_iter().map(of_type).collect(),
            update: of_type(Update),
            cancellation: of_type(Cancellation),
            reminders: reminders.iter().map(named).collect(),
            remind_lead_only: for_lead_only(template),
        }
    }

    /// What one of [everybody](Meeting::everybody) may still be sent.
    fn to(&self, attendee: &Attendee) -> Vec<&NotificationConfig> {
        let meeting = self.meeting;
        let owed = meeting.owed_to(attendee);
        let off = meeting.status == BookingStatus::Cancelled;
        if off || self.is_removed(&attendee.id) {
            // Whoever does not expect it needs to hear nothing more of it.
            let expects = meeting.needs_cancellation(attendee);
            return expects.then_some(&self.cancellation).into_iter().collect();
        }
        if answer_that_counts(meeting, attendee) == Some(Answer::Decline) {
            return Vec::new();
        }
        // Nothing is owed to who has no address, and they were told of nothing.
        let untold = owed == Some(Owed::Announcement) || attendee.addresses().next().is_none();
        let announcements = self.announcements.iter().filter(|_| untold);
        let reminded = !self.remind_lead_only || meeting.is_lead(&attendee.id);
        let reminders = self.reminders.iter().filter(|_| reminded);
        let news = [&self.update, &self.cancellation];
        announcements.chain(reminders).chain(news).collect()
    }

    fn is_removed(&self, attendee: &AttendeeId) -> bool {
        let mut removed = self.meeting.removed.iter();
        removed.any(|each| &each.id == attendee)
    }

    /// What does not reach one of [everybody](Meeting::everybody), and why; none where every
    /// message that they may still be sent does, or there is none.
    pub fn unreached(
        &self,
        attendee: &Attendee,
        deliverability: Deliverability<'_>,
    ) -> Option<Unreached> {
        let (mut misses, mut gets) = (BTreeSet::new(), BTreeSet::new());
        let mut obstacles: Vec<Obstacle> = Vec::new();
        let mut waits_for_settings = true;
        for config in self.to(attendee) {
            let channels = plan_channels(config, attendee, deliverability);
            if channels.iter().any(ChannelPlan::used) {
                gets.insert(config.kind);
                continue;
            }
            misses.insert(config.kind);
            let found: Vec<_> = channels.into_iter().filter_map(obstacle).collect();
            waits_for_settings &= found.iter().any(|each| each.why.concerns_everybody());
            for each in found {
                if !obstacles.contains(&each) {
                    obstacles.push(each);
                }
            }
        }
        (!misses.is_empty()).then(|| Unreached {
            attendee: attendee.clone(),
            misses: misses.into_iter().collect(),
            gets: gets.into_iter().collect(),
            obstacles,
            waits_for_settings,
        })
    }
}

/// Why a channel of a plan that uses none is not used.
fn obstacle(plan: ChannelPlan) -> Option<Obstacle> {
    match plan.verdict {
        ChannelVerdict::Fail(why) | ChannelVerdict::Replaced(why) => Some(Obstacle {
            channel: plan.channel,
            why,
        }),
        ChannelVerdict::Use { .. } => None,
    }
}

#[cfg(test)]
mod tests;
