//! Staff revoke links, which open nothing any more (L10).

use chrono::{DateTime, Utc};

use crate::{
    id::AttendeeId,
    meeting::Meeting,
    timeline::{TimelineEntry, TimelineKind},
};

/// Has no link of an attendee open the meeting any more, and tells the timeline's
/// sentence; none where there is no such attendee.
pub fn revoke_links_of(
    meeting: &mut Meeting,
    id: &AttendeeId,
    now: DateTime<Utc>,
) -> Option<TimelineEntry> {
    let attendee = meeting.attendees.iter_mut().find(|each| &each.id == id)?;
    meeting.links.current += 1;
    attendee.oldest_link = meeting.links.current;
    let text = format!(
        "The links of {} were revoked: those sent so far open nothing any more",
        attendee.name
    );
    Some(TimelineEntry {
        attendee_id: Some(id.clone()),
        ..TimelineEntry::of_meeting(now, TimelineKind::LinksRevoked, text)
    })
}

/// Has none of the links that were sent open the meeting any more, and tells the
/// timeline's sentence.
pub fn revoke_all_links(meeting: &mut Meeting, now: DateTime<Utc>) -> TimelineEntry {
    meeting.links.current += 1;
    meeting.links.oldest = meeting.links.current;
    let text = "All links were revoked: those sent so far open nothing any more";
    TimelineEntry::of_meeting(now, TimelineKind::LinksRevoked, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        notification::Notification,
        sample,
        template::Buttons,
        token::{AddressHash, Grant},
        values::{channel::Channel, kind::MessageKind},
    };

    /// A link to the attendee in this place, made now.
    fn link(meeting: &Meeting, place: usize) -> Grant {
        let attendee = &meeting.attendees[place];
        let Notification { id, .. } = sample::notification(MessageKind::Confirmation);
        Grant {
            meeting_id: meeting.id.clone(),
            attendee_id: attendee.id.clone(),
            notification_id: id,
            channel: Channel::Email,
            buttons: Buttons::default(),
            ask_decline_reason: false,
            sent_to: AddressHash::of(attendee, Channel::Email),
            generation: meeting.links.current,
            template_id: None,
        }
    }

    fn open(links: &[&Grant], meeting: &Meeting) -> Vec<bool> {
        let valid = |link: &&Grant| link.valid(meeting, sample::now());
        links.iter().map(valid).collect()
    }

    #[test]
    fn links_that_were_revoked_open_nothing_and_those_made_later_do() {
        let mut meeting = sample::meeting();
        let [ann, bob] = [0, 1].map(|place| link(&meeting, place));
        let entry = revoke_links_of(&mut meeting, &ann.attendee_id, sample::now()).unwrap();
        assert!(entry.text.starts_with("The links of Ann Lee were revoked"));
        assert_eq!(entry.attendee_id.as_ref(), Some(&ann.attendee_id));
        let next = link(&meeting, 0);
        assert_eq!(open(&[&ann, &bob, &next], &meeting), [false, true, true]);
        let all = revoke_all_links(&mut meeting, sample::now());
        assert_eq!(
            (all.kind, all.attendee_id),
            (TimelineKind::LinksRevoked, None)
        );
        let [last, lasts] = [0, 1].map(|place| link(&meeting, place));
        let open = open(&[&ann, &bob, &next, &last, &lasts], &meeting);
        assert_eq!(open, [false, false, false, true, true]);
    }

    #[test]
    fn nobody_is_no_attendee() {
        let mut meeting = sample::meeting();
        let nobody = AttendeeId::derived("nobody");
        assert_eq!(revoke_links_of(&mut meeting, &nobody, sample::now()), None);
        assert_eq!(meeting, sample::meeting());
    }
}
