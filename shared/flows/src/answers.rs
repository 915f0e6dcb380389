//! Taking an answer, whatever its channel, and telling staff of it (L7). What it
//! changes and whom it tells goes into one transaction, so that an answer is told
//! of once, however often it is delivered.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use usher_cloud::{Changes, Email, has_own_item, note_attendees_written, note_written};
use usher_domain::{
    Failure,
    actor::Actor,
    answer::AnswerChannel,
    channel::Channel,
    contact::EmailAddress,
    id::{AttendeeId, ConfigId, NotificationId},
    kind::MessageKind,
    lease::Lease,
    meeting::{Attendee, Meeting},
    notification::{AnswerGiven, Content, Delivery, DeliveryStatus, Notification},
    render::{self, AnswerNews, AnswerNotice, EmailParts, Envelope},
    respond::{AnswerOutcome, Incoming, MAX_NOTICES, changed_too_often, is_news, take},
    text::Name,
    unusable::Unusable,
};

use crate::{
    App, MeetingContext,
    sending::{OutboundMessage, claim_along},
};

/// The code of the refusal of one more answer where there were too many.
pub const TOO_MANY_ANSWERS: &str = "too_many_answers";
/// The template's cutoff is for customers on their own: staff may be told by
/// phone until the start.
pub(crate) const STAFF_CUTOFF: u32 = 0;

/// The message that an answer is noted on.
pub(crate) struct AnsweredMessage {
    /// Its row.
    pub(crate) row: Notification,
    /// Whether the answer has shown that it arrived, which the row says by now.
    pub(crate) arrived: bool,
}

/// An answer that was judged and applied, to be stored.
pub(crate) struct Taken {
    /// What it led to.
    pub(crate) outcome: AnswerOutcome,
    /// What is to be written; nothing when nothing changed.
    pub(crate) changes: Changes,
    /// Whether anything changed.
    pub(crate) changed: bool,
    /// How much of the meeting is among it.
    pub(crate) written: Written,
    /// The emails to staff, which are claimed with it.
    pub(crate) notices: Vec<OutboundMessage>,
}

/// How much of a meeting an answer writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// Nothing.
    Nothing,
    /// The attendee alone: two of them who answer at once do not wait for each other.
    Attendee,
    /// What all share, too.
    Meeting,
}

impl Written {
    /// What must be written so that the store has what the meeting, which was that `before`,
    /// says of an attendee.
    fn of(meeting: &Meeting, before: &Meeting, attendee: &AttendeeId) -> Self {
        if meeting == before {
            Self::Nothing
        } else if meeting.differs_in_one(before, attendee) && has_own_item(meeting, attendee) {
            Self::Attendee
        } else {
            Self::Meeting
        }
    }

    /// Notes on the meeting that it was written.
    pub(crate) fn note(self, meeting: &mut Meeting) {
        match self {
            Self::Nothing => {}
            Self::Attendee => note_attendees_written(meeting),
            Self::Meeting => note_written(meeting),
        }
    }
}

/// Judges an answer, applies it to the context's meeting, which may be no longer as
/// it was `before`, and to the notification it answers.
///
/// # Errors
/// [`Failure::Refused`] when it was changed too often.
pub(crate) fn take_answer(
    app: &App,
    context: &mut MeetingContext,
    before: &Meeting,
    answered: Option<AnsweredMessage>,
    incoming: &Incoming,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Taken, Failure> {
    let arrived = answered.as_ref().is_some_and(|message| message.arrived);
    let mut notification = answered.map(|message| message.row);
    let often = |row: &Notification| changed_too_often(row, incoming.channel);
    if notification.as_ref().is_some_and(often) {
        return Err(Failure::Refused {
            code: TOO_MANY_ANSWERS,
            reason: "This answer was changed too often. Please call us instead.".to_owned(),
        });
    }
    let cutoff = match incoming.channel {
        AnswerChannel::Staff => STAFF_CUTOFF,
        _ => context.answer_cutoff_minutes(),
    };
    let meeting = &mut context.meeting;
    let (outcome, entry) = take(meeting, notification.as_mut(), incoming, cutoff, now);
    let mut changes = Changes::by(actor);
    let mut notices = Vec::new();
    let told = outcome == AnswerOutcome::Applied;
    let news = notification
        .as_ref()
        .is_none_or(|row| is_news(row, incoming.channel, now));
    let noted = entry.is_some();
    if let Some(mut entry) = entry {
        if told && !news {
            entry.text.push_str(&format!(
                " (staff were emailed of {MAX_NOTICES} answers within the hour, and are not of this one)"
            ));
        }
        changes = changes.entry(meeting.timeline_key(), &entry, &app.rng.random_id());
    }
    if told && news {
        notices = tell_staff(app, context, incoming, now);
        changes = claim_along(changes, 0, &mut notices);
    }
    let written = Written::of(&context.meeting, before, &incoming.attendee_id);
    if let Some(notification) = notification.as_ref().filter(|_| noted || arrived) {
        changes = changes.notification(notification);
    }
    changes = match written {
        Written::Nothing => changes,
        Written::Attendee => changes.attendee(&context.meeting, &incoming.attendee_id),
        Written::Meeting => changes.meeting(&context.meeting),
    };
    Ok(Taken {
        outcome,
        changes,
        changed: noted || arrived || written != Written::Nothing,
        written,
        notices,
    })
}

/// The emails that tell the organizer and the followers, each once.
fn tell_staff(
    app: &App,
    context: &MeetingContext,
    incoming: &Incoming,
    now: DateTime<Utc>,
) -> Vec<OutboundMessage> {
    let meeting = &context.meeting;
    let wanted = context
        .template
        .as_ref()
        .is_none_or(|template| template.body().notify_followers);
    let attendee = meeting.attendee(&incoming.attendee_id).filter(|_| wanted);
    let Some(attendee) = attendee else {
        return Vec::new();
    };
    let notice = render::answer_notice(&AnswerNews {
        meeting,
        attendee,
        template: context.template.as_ref(),
        settings: &context.settings,
        given: &AnswerGiven::of(incoming, false),
    });
    let notices = NoticeContext {
        context,
        attendee,
        notice: &notice,
        cause: app.rng.random_id(),
        lease: Lease::new(app.rng.random_id(), now),
        now,
    };
    let organizer = meeting.organizer.as_ref();
    let organizer =
        organizer.and_then(|organizer| Some((Some(&organizer.name), organizer.email.as_ref()?)));
    let followers = meeting.followers.iter().map(|follower| (None, follower));
    let mut told = BTreeSet::new();
    organizer
        .into_iter()
        .chain(followers)
        .filter(|(_, address)| told.insert(address.key()))
        .map(|(name, address)| notices.notice_to(name, address))
        .collect()
}

/// What all notices of one answer share.
struct NoticeContext<'a> {
    context: &'a MeetingContext,
    attendee: &'a Attendee,
    notice: &'a AnswerNotice,
    cause: String,
    lease: Lease,
    now: DateTime<Utc>,
}

impl NoticeContext<'_> {
    fn notice_to(&self, name: Option<&Name>, to: &EmailAddress) -> OutboundMessage {
        let (meeting, attendee, now) = (&self.context.meeting, self.attendee, self.now);
        let cause = format!("answer {} {}", self.cause, to.key());
        let id = NotificationId::new(&meeting.id, &attendee.id, &cause, now);
        let email = self.email(name, to, &id);
        let delivery = match email {
            Some(_) => Delivery::dispatching(Channel::Email, None, self.lease.clone(), now),
            None => {
                let why = Unusable::NoSender.reason().to_owned();
                Delivery::not_tried(Channel::Email, DeliveryStatus::Failed, why, now)
            }
        };
        let (kind, config) = (MessageKind::AnswerNotice, ConfigId::of_answer_notices());
        let notification = Notification {
            staff: Some(to.clone()),
            actor: Some(Actor::System),
            deliveries: vec![delivery],
            ..Notification::about(meeting, attendee, id, kind, config, now)
        };
        let content = Content {
            subject: self.notice.subject.clone(),
            html: self.notice.html.clone(),
            text: self.notice.text.clone(),
            sms: String::new(),
        };
        OutboundMessage {
            email,
            ..OutboundMessage::of(notification, content)
        }
    }

    /// The email; none without a sender. Who answers it answers the customer.
    fn email(&self, name: Option<&Name>, to: &EmailAddress, id: &NotificationId) -> Option<Email> {
        let sender = &self.context.settings.sender;
        let from = sender.email.clone()?;
        let customer = self.attendee;
        let reply_to = customer.email.clone();
        let envelope = Envelope {
            from_name: sender.name.clone(),
            from: from.clone(),
            to_name: name.cloned(),
            to: to.clone(),
            reply_to: reply_to.map(|address| (Some(customer.name.clone()), address)),
            unsubscribe: None,
            message_id: format!("{}.1", id.ulid().to_lowercase()),
            date: self.now,
        };
        Some(Email {
            from,
            to: to.clone(),
            mime: render::mime(EmailParts::from(self.notice), None, &envelope),
            notification: id.clone(),
            attempt: 1,
        })
    }
}
