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
    timeline::TimelineEntry,
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

    /// Puts it among changes.
    fn among(self, changes: Changes, meeting: &Meeting, attendee: &AttendeeId) -> Changes {
        match self {
            Self::Nothing => changes,
            Self::Attendee => changes.attendee(meeting, attendee),
            Self::Meeting => changes.meeting(meeting),
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

/// Judges an answer, applies it to the context's meeting, and to the notification it answers.
/// Where the answer has shown that this one arrived, the meeting knows that as well.
///
/// # Errors
/// [`Failure::Refused`] when it was changed too often.
pub(crate) fn take_answer(
    app: &App,
    context: &mut MeetingContext,
    answered: Option<AnsweredMessage>,
    incoming: &Incoming,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Taken, Failure> {
    let before = context.meeting.clone();
    let judged = judge(context, answered, incoming, now)?;
    let mut changes = Changes::by(actor);
    if let Some(entry) = &judged.entry {
        let place = context.meeting.timeline_key();
        changes = changes.entry(place, entry, &app.rng.random_id());
    }
    let mut notices = match judged.is_told {
        true => tell_staff(app, context, incoming, now),
        false => Vec::new(),
    };
    changes = claim_along(changes, 0, &mut notices);
    if let Some(row) = &judged.row {
        changes = changes.notification(row);
    }
    let written = Written::of(&context.meeting, &before, &incoming.attendee_id);
    let is_noted = judged.entry.is_some() || judged.row.is_some();
    Ok(Taken {
        outcome: judged.outcome,
        changes: written.among(changes, &context.meeting, &incoming.attendee_id),
        changed: is_noted || written != Written::Nothing,
        written,
        notices,
    })
}

/// An answer that was judged and applied.
struct Judged {
    outcome: AnswerOutcome,
    /// What the timeline says of it.
    entry: Option<TimelineEntry>,
    /// The message that it answers, where that is another one by it.
    row: Option<Notification>,
    /// Whether staff are emailed of it.
    is_told: bool,
}

fn judge(
    context: &mut MeetingContext,
    answered: Option<AnsweredMessage>,
    incoming: &Incoming,
    now: DateTime<Utc>,
) -> Result<Judged, Failure> {
    let arrived = answered.as_ref().is_some_and(|message| message.arrived);
    let mut row = answered.map(|message| message.row);
    if let Some(row) = &row {
        not_too_often(row, incoming)?;
    }
    if let Some(row) = row.as_ref().filter(|_| arrived) {
        context.record_settled(row, now);
    }
    let cutoff = match incoming.channel {
        AnswerChannel::Staff => STAFF_CUTOFF,
        _ => context.answer_cutoff_minutes(),
    };
    let (outcome, mut entry) = take(&mut context.meeting, row.as_mut(), incoming, cutoff, now);
    let is_news = |row: &Notification| is_news(row, incoming.channel, now);
    let is_news = row.as_ref().is_none_or(is_news);
    let is_applied = outcome == AnswerOutcome::Applied;
    if let Some(entry) = entry.as_mut().filter(|_| is_applied && !is_news) {
        entry.text.push_str(&not_told());
    }
    Ok(Judged {
        outcome,
        row: row.filter(|_| entry.is_some() || arrived),
        entry,
        is_told: is_applied && is_news,
    })
}

/// Whether an answer to a message may be changed once more.
fn not_too_often(row: &Notification, incoming: &Incoming) -> Result<(), Failure> {
    if changed_too_often(row, incoming.channel) {
        return Err(Failure::Refused {
            code: TOO_MANY_ANSWERS,
            reason: "This answer was changed too often. Please call us instead.".to_owned(),
        });
    }
    Ok(())
}

/// What the timeline adds to an answer that staff are not emailed of.
fn not_told() -> String {
    format!(
        " (staff were emailed of {MAX_NOTICES} answers within the hour, and are not of this one)"
    )
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
    let staff = staff(meeting).into_iter();
    staff
        .map(|(name, address)| notices.notice_to(name, address))
        .collect()
}

/// The organizer, by name, and the followers of a meeting, each address once.
fn staff(meeting: &Meeting) -> Vec<(Option<&Name>, &EmailAddress)> {
    let organizer = meeting.organizer.as_ref();
    let organizer =
        organizer.and_then(|organizer| Some((Some(&organizer.name), organizer.email.as_ref()?)));
    let followers = meeting.followers.iter().map(|follower| (None, follower));
    let mut told = BTreeSet::new();
    let all = organizer.into_iter().chain(followers);
    all.filter(|(_, address)| told.insert(address.key()))
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
