//! Customers end reminders to an address, and have them again (E5, RFC 8058).

use chrono::{DateTime, Utc};
use usher_cloud::{AlsoRead, Changes, Freshness, if_readable};
use usher_domain::{
    Failure,
    actor::Actor,
    channel::Channel,
    contact::{EmailAddress, Unsubscription},
    id::TimelineKey,
    language::Locale,
    notification::Notification,
    settings::Settings,
    timeline::{TimelineEntry, TimelineKind},
    token::{Token, TokenHash},
};

use crate::{
    App,
    open_link::{OpenedLink, open_link},
};

/// How many choices over one link the timeline lists: a link can be pressed for ever.
const MAX_LISTED: u32 = 6;

/// An address and whether it wants reminders.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// The address that the link was sent to.
    pub address: EmailAddress,
    /// Whether it gets no reminders.
    pub stopped: bool,
    /// How its owner reads.
    pub locale: Locale,
    /// The business's settings.
    pub settings: Settings,
    /// The hash of the link's token.
    link: TokenHash,
    /// The email that carried the link.
    email: Notification,
}

impl Subscription {
    /// Counts one more choice over this link, where the timeline may list as many. Returns how
    /// many that are by now.
    fn count_choice(&mut self) -> Option<u32> {
        let mut links = self.email.links.iter_mut();
        let link = links.find(|link| link.token == self.link)?;
        (link.choices < MAX_LISTED).then(|| {
            link.choices += 1;
            link.choices
        })
    }
}

/// What stands about the address that a link was sent to. `None` for every link that was
/// not sent by email, that nobody knows, that was revoked, or whose attendee has another
/// address by now (L10).
///
/// Unlike the meeting, this stays open for as long as the link is kept: people clear
/// their mail when the meeting is long over, and when they are no longer invited. Reads only: mail scanners follow links.
///
/// # Errors
/// [`Failure::Unavailable`] when it cannot be looked up.
pub async fn subscription(
    app: &App,
    token: &Token,
    now: DateTime<Utc>,
) -> Result<Option<Subscription>, Failure> {
    let Some(OpenedLink { grant, email }) = open_link(app, token, Freshness::Latest, now).await?
    else {
        return Ok(None);
    };
    if grant.channel != Channel::Email {
        return Ok(None);
    }
    let (meeting, settings) = futures::try_join!(
        async {
            let meeting = app.store.meeting_for(
                &grant.meeting_id,
                std::slice::from_ref(&grant.attendee_id),
                AlsoRead::default(),
            );
            Ok::<_, Failure>(if_readable(meeting.await.map(|read| read.meeting))?)
        },
        app.settings(),
    )?;
    let Some(email) = email else {
        return Ok(None);
    };
    let Some(address) = email.recipient.email.clone() else {
        return Ok(None);
    };
    let meeting = meeting.as_ref();
    let attendee = meeting.and_then(|meeting| meeting.attendee(&grant.attendee_id));
    let both = meeting.zip(attendee);
    if both.is_some_and(|(meeting, attendee)| !grant.belongs_to(attendee, meeting)) {
        return Ok(None);
    }
    let locale = attendee.map(|attendee| attendee.locale(&settings));
    Ok(Some(Subscription {
        stopped: app.store.is_unsubscribed(&address).await?,
        locale: locale.unwrap_or_else(|| settings.locale.clone()),
        address,
        settings,
        link: token.hash(),
        email,
    }))
}

/// Stops reminders to the address that a link was sent to, or resumes them; what stands
/// already is left as it is. `None` as for [`subscription`].
///
/// # Errors
/// [`Failure::Unavailable`] when it cannot be kept.
pub async fn choose(
    app: &App,
    token: &Token,
    stop: bool,
    now: DateTime<Utc>,
) -> Result<Option<Subscription>, Failure> {
    app.transact(|| async {
        let Some(mut found) = subscription(app, token, now).await? else {
            return Ok(None);
        };
        if found.stopped == stop {
            return Ok(Some(found));
        }
        let changes = Changes::by(&Actor::customer(&found.email.recipient.id));
        let mut changes = match stop {
            true => changes.unsubscribe(&Unsubscription {
                address: found.address.clone(),
                at: now,
            }),
            false => changes.resubscribe(&found.address),
        };
        if let Some(listed) = found.count_choice() {
            let entry = found.entry(stop, listed, now);
            let place = TimelineKey::of(found.email.meeting_id());
            changes = changes
                .entry(place, &entry, &app.rng.random_id())
                .notification(&found.email);
        }
        app.commit(changes).await?;
        Ok(Some(Subscription {
            stopped: stop,
            ..found
        }))
    })
    .await
}

impl Subscription {
    /// The timeline's entry on a choice over this link, which is so many of those `listed`.
    fn entry(&self, stop: bool, listed: u32, now: DateTime<Utc>) -> TimelineEntry {
        let recipient = &self.email.recipient;
        let name = &recipient.name;
        let mut text = match stop {
            true => format!(
                "{name} unsubscribed from reminder emails: no more of them go to their address"
            ),
            false => format!("{name} wants reminder emails again"),
        };
        if listed == MAX_LISTED {
            text.push_str(". What else is chosen over this link is done, and not listed");
        }
        TimelineEntry {
            attendee_id: Some(recipient.id.clone()),
            channel: Some(Channel::Email),
            ..TimelineEntry::of_meeting(now, TimelineKind::OptOut, text)
        }
    }
}
