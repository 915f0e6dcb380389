//! Email, through SES v2, as raw messages.

use std::{
    collections::HashMap,
    iter,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aws_config::SdkConfig;
use aws_sdk_sesv2::{
    Client,
    error::ProvideErrorMetadata as _,
    operation::{
        delete_suppressed_destination::DeleteSuppressedDestinationError,
        get_email_identity::GetEmailIdentityError,
    },
    primitives::{Blob, DateTime as SesTime},
    types::{Destination, EmailContent, MessageTag, RawMessage, SuppressedDestinationSummary},
};
use chrono::{DateTime, TimeDelta, Utc};
use usher_domain::{
    Failure, contact::EmailAddress, id::NotificationId, notification::NotDelivered,
};

use crate::{
    Config,
    provider::{Attempt, deliver, not_called, read_error, single_attempt, timeouts},
};

/// How long SES's word holds that a sender is verified.
const VERIFIED_FOR: TimeDelta = TimeDelta::minutes(5);
/// How long it holds that one is not: shorter, because somebody is mending it.
const UNVERIFIED_FOR: TimeDelta = TimeDelta::minutes(1);
/// How long SES is left alone when it did not tell.
const UNTOLD_FOR: TimeDelta = TimeDelta::seconds(30);
/// How many addresses of the account's list are asked for at once: the most that SES gives.
const PAGE: i32 = 1_000;

/// SES.
#[derive(Debug, Clone)]
pub struct Mailer {
    client: Client,
    configuration_set: Option<String>,
    /// What SES last said of senders, and when.
    verified: Arc<Mutex<Verified>>,
}

/// Whether senders are verified, as SES said then.
type Verified = HashMap<EmailAddress, (bool, DateTime<Utc>)>;

/// One email, ready to go.
#[derive(Debug, Clone)]
pub struct Email {
    /// The envelope's sender.
    pub from: EmailAddress,
    /// The envelope's receiver.
    pub to: EmailAddress,
    /// The whole message (RFC 5322).
    pub mime: Vec<u8>,
    /// The notification it carries, which SES events name in their tags.
    pub notification: NotificationId,
    /// Which attempt at it this is.
    pub attempt: u32,
}

impl Mailer {
    /// SES, over the shared SDK configuration.
    pub fn new(sdk: &SdkConfig, config: &Config) -> Self {
        let conf = aws_sdk_sesv2::config::Builder::from(sdk)
            .retry_config(single_attempt())
            .timeout_config(timeouts(config))
            .build();
        Self {
            client: Client::from_conf(conf),
            configuration_set: config.configuration_set.clone(),
            verified: Arc::default(),
        }
    }

    /// Sends one email, with a single call that SES did not throttle.
    ///
    /// # Errors
    /// [`NotDelivered`]: certainly not accepted, or in doubt.
    #[tracing::instrument(name = "ses.send_email", skip_all, fields(notification = %email.notification, attempt = email.attempt))]
    pub async fn send(&self, email: &Email) -> Result<String, NotDelivered> {
        deliver(|| self.attempt(email)).await
    }

    /// Whether SES lets us send from an address, asked now.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when SES does not tell.
    pub async fn check_sender(
        &self,
        from: &EmailAddress,
        now: DateTime<Utc>,
    ) -> Result<bool, Failure> {
        let verified = self.ask_whether_verified(from).await?;
        self.remembered().insert(from.clone(), (verified, now));
        Ok(verified)
    }

    /// Whether SES lets us send from an address, as far as is known: it is asked only
    /// every few minutes, for it answers about one such question a second. Where it does
    /// not tell, it does, and is left alone for a while: SES then refuses by itself what
    /// it must.
    pub async fn sender_allowed(&self, from: &EmailAddress, now: DateTime<Utc>) -> bool {
        let known = self.remembered().get(from).copied();
        match known {
            Some((true, at)) if now - at < VERIFIED_FOR => return true,
            Some((false, at)) if now - at < UNVERIFIED_FOR => return false,
            _ => {}
        }
        self.check_sender(from, now).await.unwrap_or_else(|_| {
            let at = now - VERIFIED_FOR + UNTOLD_FOR;
            self.remembered().insert(from.clone(), (true, at));
            true
        })
    }

    /// Takes an address off the account's own suppression list, where it is on it.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when SES did not.
    #[tracing::instrument(name = "ses.delete_suppressed_destination", skip_all)]
    pub async fn lift_suppression(&self, address: &EmailAddress) -> Result<(), Failure> {
        let call = self.client.delete_suppressed_destination();
        match call.email_address(address.ascii()).send().await {
            Ok(_) => Ok(()),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DeleteSuppressedDestinationError::is_not_found_exception) =>
            {
                Ok(())
            }
            Err(error) => {
                let code = error.code().unwrap_or("no answer");
                tracing::error!(code, "SES did not take an address off its list");
                Err(Failure::Unavailable)
            }
        }
    }

    /// The addresses that were put on the account's own suppression list since then, or all of
    /// it; with when each was, `limit` of them at most.
    ///
    /// # Errors
    /// The error code SES refused it with.
    #[tracing::instrument(name = "ses.list_suppressed_destinations", skip_all)]
    pub async fn suppressed_since(
        &self,
        since: Option<DateTime<Utc>>,
        limit: usize,
    ) -> Result<Vec<(EmailAddress, DateTime<Utc>)>, String> {
        let since = since.map(|since| SesTime::from_secs(since.timestamp()));
        let mut listed = Vec::new();
        let mut next = None;
        loop {
            let call = self.client.list_suppressed_destinations();
            let call = call
                .set_start_date(since)
                .page_size(PAGE)
                .set_next_token(next);
            let page = call.send().await;
            let page = page.map_err(|error| error.code().unwrap_or("no answer").to_owned())?;
            listed.extend(
                page.suppressed_destination_summaries()
                    .iter()
                    .filter_map(suppressed),
            );
            next = page.next_token;
            if next.is_none() || listed.len() >= limit {
                listed.truncate(limit);
                return Ok(listed);
            }
        }
    }

    fn remembered(&self) -> MutexGuard<'_, Verified> {
        self.verified.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an address is a verified identity, or its domain is, or a domain above
    /// that (SES, "Verified identities": a verified domain covers its subdomains). The
    /// domain first: it is what most accounts have.
    async fn ask_whether_verified(&self, from: &EmailAddress) -> Result<bool, Failure> {
        let domain = from.domain();
        let above = iter::successors(Some(&*domain), |domain| {
            let parent = domain.split_once('.').map(|(_, parent)| parent);
            parent.filter(|parent| parent.contains('.'))
        });
        for identity in [&*domain, &*from.ascii()].into_iter().chain(above.skip(1)) {
            if self.is_verified(identity).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn is_verified(&self, identity: &str) -> Result<bool, Failure> {
        let asked = self.client.get_email_identity().email_identity(identity);
        match asked.send().await {
            Ok(answer) => Ok(answer.verified_for_sending_status),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetEmailIdentityError::is_not_found_exception) =>
            {
                Ok(false)
            }
            Err(error) => {
                tracing::error!(%error, "SES does not tell whether the sender is verified");
                Err(Failure::Unavailable)
            }
        }
    }

    async fn attempt(&self, email: &Email) -> Attempt {
        let raw = RawMessage::builder().data(Blob::new(email.mime.clone()));
        let (Ok(raw), Ok(tags)) = (raw.build(), tags(email)) else {
            return not_called("SES");
        };
        let call = self
            .client
            .send_email()
            .from_email_address(email.from.ascii())
            .destination(
                Destination::builder()
                    .to_addresses(email.to.ascii())
                    .build(),
            )
            .content(EmailContent::builder().raw(raw).build())
            .set_configuration_set_name(self.configuration_set.clone())
            .set_email_tags(Some(tags));
        match call.send().await {
            Ok(answer) => match answer.message_id {
                Some(id) => Attempt::Accepted(id),
                None => Attempt::Not(NotDelivered::Doubtful(
                    "SES answered without a message id.".to_owned(),
                )),
            },
            Err(error) => read_error("SES", &error),
        }
    }
}

/// An address of the account's list; none of one that no email can be sent to anyway.
fn suppressed(listed: &SuppressedDestinationSummary) -> Option<(EmailAddress, DateTime<Utc>)> {
    let address = EmailAddress::parse(&listed.email_address).ok()?;
    let at = listed.last_update_time;
    let at = DateTime::from_timestamp(at.secs(), at.subsec_nanos())?;
    Some((address, at))
}

/// The tags that tie SES events back to the delivery. Values are of
/// `[A-Za-z0-9_-]` (SES `MessageTag`), so the meeting's id, which may hold
/// dots, travels as hex.
fn tags(email: &Email) -> Result<Vec<MessageTag>, aws_sdk_sesv2::error::BuildError> {
    let id = &email.notification;
    [
        (
            "usher-meeting",
            hex::encode(id.meeting().as_str().as_bytes()),
        ),
        ("usher-notification", id.ulid().to_owned()),
        ("usher-attempt", email.attempt.to_string()),
    ]
    .into_iter()
    .map(|(name, value)| MessageTag::builder().name(name).value(value).build())
    .collect()
}
