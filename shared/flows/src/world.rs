//! What most stories load first: a meeting, its template and the settings.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use usher_domain::{
    Failure, answer,
    contact::Obstacles,
    id::MeetingId,
    meeting::{Attendee, Meeting, MeetingView},
    notification::Notification,
    send::{Reach, record_settled},
    settings::Settings,
    template::{NotificationConfig, Template},
};

use crate::App;

/// A meeting with what decides about it.
#[derive(Debug, Clone)]
pub struct World {
    /// The meeting.
    pub meeting: Meeting,
    /// Its template, when it has one.
    pub template: Option<Template>,
    /// The business's settings.
    pub settings: Settings,
}

impl World {
    /// The meeting as the API answers it.
    pub fn view(&self) -> MeetingView {
        MeetingView::new(&self.meeting, self.template.as_ref())
    }

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
    pub fn open_until(&self, now: DateTime<Utc>) -> Result<DateTime<Utc>, answer::Closed> {
        answer::open_until(&self.meeting, self.answer_cutoff_minutes(), now)
    }

    /// The config that a notification was made from; none of other messages.
    pub(crate) fn config_of(&self, notification: &Notification) -> Option<NotificationConfig> {
        let kind = notification.kind.notification()?;
        Some(self.template.as_ref().map_or_else(
            || NotificationConfig::built_in(kind),
            |template| template.config_of(kind, &notification.config_id),
        ))
    }

    /// Moves the meeting as a message does that was in doubt and turns out to have
    /// gone out.
    pub(crate) fn record_settled(&mut self, notification: &Notification, now: DateTime<Utc>) {
        if let Some(config) = self.config_of(notification) {
            let template = self.template.as_ref();
            record_settled(&mut self.meeting, template, &config, notification, now);
        }
    }

    /// What decides who can be reached, besides their addresses.
    pub(crate) fn reach<'a>(&'a self, obstacles: &'a Obstacles) -> Reach<'a> {
        Reach {
            settings: &self.settings,
            obstacles,
        }
    }
}

impl App {
    /// Loads a meeting with its template and the settings.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when there is no such meeting.
    pub async fn world(&self, id: &MeetingId) -> Result<World, Failure> {
        let meeting = async { Ok::<_, Failure>(self.store.meeting(id).await?) };
        let (meeting, settings) = futures::try_join!(meeting, self.settings())?;
        let meeting = meeting.ok_or(Failure::NotFound { what: "meeting" })?;
        let template = match &meeting.template_id {
            Some(id) => self.store.template(id).await?,
            None => None,
        };
        Ok(World {
            meeting,
            template,
            settings,
        })
    }

    /// What stands in the way of messages to these attendees.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when that cannot be read.
    pub(crate) async fn obstacles<'a>(
        &self,
        world: &World,
        attendees: impl IntoIterator<Item = &'a Attendee>,
        now: DateTime<Utc>,
    ) -> Result<Obstacles, Failure> {
        let (mut numbers, mut addresses) = (BTreeSet::new(), BTreeSet::new());
        for attendee in attendees {
            numbers.extend(attendee.phone.clone());
            addresses.extend(attendee.email.clone());
        }
        // Nobody to write to, nothing to ask SES.
        let sender = world.settings.sender.email.as_ref();
        let sender = sender.filter(|_| !addresses.is_empty());
        let verified = async {
            match sender {
                Some(sender) => self.mail.lets_send_from(sender, now).await,
                None => true,
            }
        };
        let (wishes, verified) = futures::join!(self.store.wishes(&numbers, &addresses), verified);
        let (opted_out, unsubscribed) = wishes?;
        Ok(Obstacles {
            opted_out,
            unsubscribed,
            sender_unverified: !verified,
        })
    }

    /// The settings: those saved, over what the deployment knows.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when they cannot be read.
    pub async fn settings(&self) -> Result<Settings, Failure> {
        let saved = self.store.settings().await?.unwrap_or_default();
        let Self { config, .. } = self;
        Ok(saved.or_deployed(
            config.sender_email.clone(),
            config.origination_number.clone(),
        ))
    }
}
