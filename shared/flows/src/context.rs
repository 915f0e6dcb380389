//! What most stories load first: a meeting, its template and the settings.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use usher_cloud::AlsoRead;
use usher_domain::{
    Failure,
    contact::{EmailAddress, PhoneNumber, Suppressions},
    id::{AttendeeId, MeetingId},
    meeting::{Attendee, Meeting},
    notification::Notification,
    respond,
    send::{Deliverability, record_settled},
    settings::Settings,
    template::{NotificationConfig, Template},
};

use crate::App;

/// A meeting with what decides about it.
#[derive(Debug, Clone)]
pub struct MeetingContext {
    /// The meeting.
    pub meeting: Meeting,
    /// Its template, when it has one.
    pub template: Option<Template>,
    /// The business's settings.
    pub settings: Settings,
}

impl MeetingContext {
    /// How long before the start answers are closed, in minutes.
    pub fn answer_cutoff_minutes(&self) -> u32 {
        self.template
            .as_ref()
            .map_or(0, |template| template.body().answer_cutoff_minutes)
    }

    /// When answers close.
    ///
    /// # Errors
    /// Why none can be taken.
    pub fn open_until(&self, now: DateTime<Utc>) -> Result<DateTime<Utc>, respond::Closed> {
        respond::open_until(&self.meeting, self.answer_cutoff_minutes(), now)
    }

    /// The config that a notification was made from; none of other messages.
    pub(crate) fn config_of(&self, notification: &Notification) -> Option<NotificationConfig> {
        let kind = notification.kind.notification()?;
        let template = self.template.as_ref();
        Some(NotificationConfig::named(
            template,
            kind,
            &notification.config_id,
        ))
    }

    /// Moves the meeting as a message does that was in doubt, once it is known what became
    /// of it.
    pub(crate) fn record_settled(&mut self, notification: &Notification, now: DateTime<Utc>) {
        let template = self.template.as_ref();
        record_settled(&mut self.meeting, template, notification, now);
    }

    /// What decides who can be reached, besides their addresses.
    pub(crate) fn deliverability<'a>(
        &'a self,
        suppressions: &'a Suppressions,
    ) -> Deliverability<'a> {
        Deliverability {
            settings: &self.settings,
            suppressions,
        }
    }
}

impl App {
    /// Loads a meeting with its template and the settings.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when there is no such meeting.
    pub async fn context(&self, id: &MeetingId) -> Result<MeetingContext, Failure> {
        let (meeting, settings) = self.meeting_and_settings(id).await?;
        self.with_template(meeting, settings).await
    }

    /// As [`context`](Self::context), where the meeting is still there.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when it cannot be read.
    pub(crate) async fn context_if_there(
        &self,
        id: &MeetingId,
    ) -> Result<Option<MeetingContext>, Failure> {
        match self.context(id).await {
            Err(Failure::NotFound { .. }) => Ok(None),
            context => context.map(Some),
        }
    }

    async fn with_template(
        &self,
        meeting: Meeting,
        settings: Settings,
    ) -> Result<MeetingContext, Failure> {
        let template = match &meeting.template_id {
            Some(id) => self.store.template(id).await?,
            None => None,
        };
        Ok(MeetingContext {
            meeting,
            template,
            settings,
        })
    }

    /// As [`context`](Self::context), for some attendees: without the others, whom a page, an
    /// answer or a message of these needs not; with the notification that is asked for. One
    /// query where the meeting has the template that is asked for, else two.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when there is no such meeting.
    pub async fn context_for(
        &self,
        id: &MeetingId,
        attendees: &[AttendeeId],
        also: AlsoRead<'_>,
    ) -> Result<(MeetingContext, Option<Notification>), Failure> {
        let read = self.store.meeting_for(id, attendees, also).await?;
        let meeting = read.meeting.ok_or(Failure::NotFound { what: "meeting" })?;
        let settings = self.or_deployed(read.settings);
        let context = if meeting.template_id.as_ref() == also.template {
            MeetingContext {
                meeting,
                template: read.template,
                settings,
            }
        } else {
            self.with_template(meeting, settings).await?
        };
        Ok((context, read.notification))
    }

    /// The same with all attendees, where it was read without some.
    ///
    /// # Errors
    /// As [`context`](Self::context).
    pub(crate) async fn with_others(
        &self,
        context: MeetingContext,
    ) -> Result<MeetingContext, Failure> {
        match context.meeting.others {
            Some(_) => self.context(&context.meeting.id).await,
            None => Ok(context),
        }
    }

    /// As [`context`](Self::context), with what stands in the way of messages to its
    /// attendees: two queries, for a meeting of any ordinary size.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when there is no such meeting.
    pub(crate) async fn context_and_suppressions(
        &self,
        id: &MeetingId,
        now: DateTime<Utc>,
    ) -> Result<(MeetingContext, Suppressions), Failure> {
        let (meeting, settings) = self.meeting_and_settings(id).await?;
        // Who was removed may still be written to.
        let contacts = Contacts::of(meeting.everybody());
        self.with_suppressions(meeting, settings, &contacts, now)
            .await
    }

    /// The rest of what decides about a meeting, with what stands in the way of messages
    /// to these contacts: one query, for any ordinary number of them.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when that cannot be read.
    pub(crate) async fn with_suppressions(
        &self,
        meeting: Meeting,
        settings: Settings,
        Contacts { numbers, addresses }: &Contacts,
        now: DateTime<Utc>,
    ) -> Result<(MeetingContext, Suppressions), Failure> {
        let template = meeting.template_id.as_ref();
        let wishes = self
            .store
            .template_and_suppressions(template, numbers, addresses);
        let (wishes, verified) =
            futures::join!(wishes, self.may_send(&settings, !addresses.is_empty(), now));
        let (template, suppressions) = wishes?;
        let context = MeetingContext {
            meeting,
            template,
            settings,
        };
        let suppressions = Suppressions {
            sender_unverified: !verified,
            ..suppressions
        };
        Ok((context, suppressions))
    }

    /// A meeting as it is stored.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when there is none.
    pub(crate) async fn meeting(&self, id: &MeetingId) -> Result<Meeting, Failure> {
        let stored = self.store.meeting(id).await?;
        stored.ok_or(Failure::NotFound { what: "meeting" })
    }

    pub(crate) async fn meeting_and_settings(
        &self,
        id: &MeetingId,
    ) -> Result<(Meeting, Settings), Failure> {
        let (meeting, settings) = self.store.meeting_and_settings(id).await?;
        let meeting = meeting.ok_or(Failure::NotFound { what: "meeting" })?;
        Ok((meeting, self.or_deployed(settings)))
    }

    /// Whether SES lets us send, if there is anybody to write to.
    async fn may_send(&self, settings: &Settings, written_to: bool, now: DateTime<Utc>) -> bool {
        match settings.sender.email.as_ref().filter(|_| written_to) {
            Some(sender) => self.mail.sender_allowed(sender, now).await,
            None => true,
        }
    }

    /// What stands in the way of messages to these contacts.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when that cannot be read.
    pub(crate) async fn suppressions(
        &self,
        settings: &Settings,
        Contacts { numbers, addresses }: &Contacts,
        now: DateTime<Utc>,
    ) -> Result<Suppressions, Failure> {
        let verified = self.may_send(settings, !addresses.is_empty(), now);
        let wishes = self.store.suppressions_of(numbers, addresses);
        let (wishes, verified) = futures::join!(wishes, verified);
        Ok(Suppressions {
            sender_unverified: !verified,
            ..wishes?
        })
    }

    /// The settings: those saved, over what the deployment knows.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when they cannot be read.
    pub async fn settings(&self) -> Result<Settings, Failure> {
        Ok(self.or_deployed(self.store.settings().await?))
    }

    pub(crate) fn or_deployed(&self, saved: Option<Settings>) -> Settings {
        let Self { config, .. } = self;
        saved.unwrap_or_default().or_deployed(
            config.sender_email.clone(),
            config.origination_number.clone(),
        )
    }
}

/// Where attendees can be reached.
pub(crate) struct Contacts {
    numbers: BTreeSet<PhoneNumber>,
    addresses: BTreeSet<EmailAddress>,
}

impl Contacts {
    /// Of these attendees.
    pub(crate) fn of<'a>(attendees: impl IntoIterator<Item = &'a Attendee>) -> Self {
        let (mut numbers, mut addresses) = (BTreeSet::new(), BTreeSet::new());
        for attendee in attendees {
            numbers.extend(attendee.phone.clone());
            addresses.extend(attendee.email.clone());
        }
        Self { numbers, addresses }
    }
}
