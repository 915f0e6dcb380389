//! Events of SES ("Contents of event data that Amazon SES publishes to Amazon SNS"), and the
//! feedback of an identity ("Amazon SNS notification contents"), which names no tags.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use usher_domain::{
    channel::Channel,
    contact::EmailAddress,
    feedback::DeliveryReport,
    id::NotificationId,
    notification::{Report, ReportKind},
};
use usher_flows::track_delivery::About;

use crate::reported::{Read, Reported, plausible};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    /// Of an event of a configuration set.
    event_type: Option<String>,
    /// Of the feedback of an identity.
    notification_type: Option<String>,
    mail: Option<Mail>,
    #[serde(default)]
    bounce: Details,
    #[serde(default)]
    complaint: Details,
    #[serde(default)]
    delivery: Details,
    #[serde(default)]
    reject: Details,
    #[serde(default)]
    failure: Details,
    #[serde(default)]
    delivery_delay: Details,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mail {
    timestamp: DateTime<Utc>,
    message_id: String,
    #[serde(default)]
    destination: Vec<String>,
    #[serde(default)]
    tags: HashMap<String, Vec<String>>,
}

/// What one kind of event says besides: of each the fields that matter here.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Details {
    timestamp: Option<DateTime<Utc>>,
    bounce_type: Option<String>,
    bounce_sub_type: Option<String>,
    bounced_recipients: Vec<Recipient>,
    complaint_sub_type: Option<String>,
    complaint_feedback_type: Option<String>,
    delay_type: Option<String>,
    reason: Option<String>,
    error_message: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Recipient {
    diagnostic_code: Option<String>,
}

/// What SES has a bounce called that it made itself, because a list of suppressed addresses
/// kept it from trying.
const SUPPRESSED: [&str; 2] = ["Suppressed", "OnAccountSuppressionList"];

/// How the plain text begins that SES publishes once when a destination is made.
const VALIDATED: &str = "Successfully validated SNS topic";

/// What such a bounce says to staff.
const NOT_TRIED: &str = "SES did not try it: the address is on a list of those that bounced or \
                         complained.";

/// Reads an event.
pub(crate) fn read(message: &str, now: DateTime<Utc>) -> Read {
    if message.starts_with(VALIDATED) {
        return Ok(None);
    }
    let event: Event =
        serde_json::from_str(message).map_err(|_| "its Message is no event of SES".to_owned())?;
    let kind = event.event_type.as_deref();
    let Some(kind) = kind.or(event.notification_type.as_deref()) else {
        return Err("its Message is no event of SES".to_owned());
    };
    let Some((kind, details)) = event.meaning(kind)? else {
        return Ok(None);
    };
    let mail = event.mail.as_ref().ok_or("it names no mail")?;
    let at = plausible(details.timestamp.unwrap_or(mail.timestamp), now)?;
    let Some((about, attempt)) = mail.about()? else {
        return Ok(None);
    };
    Ok(Some(Reported {
        about,
        report: DeliveryReport {
            channel: Channel::Email,
            attempt,
            provider_message_id: mail.message_id.clone(),
            taken_at: None,
            report: Report::new(kind, at, details.words().as_deref()),
            // Not whom the bounce names: that is the word of the receiver's server.
            to: mail.receiver(),
            on_account_list: details.is_of_list(),
        },
    }))
}

impl Event {
    /// What an event of this type says, and where it says more; none where it is not about
    /// what became of a message.
    ///
    /// # Errors
    /// It is of a type that nobody has heard of.
    fn meaning(&self, kind: &str) -> Result<Option<(ReportKind, &Details)>, String> {
        Ok(Some(match kind {
            "Send" => (ReportKind::Accepted, &self.delivery),
            "Delivery" => (ReportKind::Delivered, &self.delivery),
            "DeliveryDelay" => (ReportKind::Delayed, &self.delivery_delay),
            "Bounce" if self.bounce.bounce_type.as_deref() == Some("Permanent") => {
                (ReportKind::HardBounce, &self.bounce)
            }
            "Bounce" => (ReportKind::SoftBounce, &self.bounce),
            // SES made it itself: the address complained before, and was not tried.
            "Complaint" if self.complaint.is_of_list() => (ReportKind::HardBounce, &self.complaint),
            // A receiver who takes a message out of the spam folder.
            "Complaint" if self.complaint.says("not-spam") => return Ok(None),
            "Complaint" => (ReportKind::Complaint, &self.complaint),
            "Reject" => (ReportKind::Rejected, &self.reject),
            "Rendering Failure" => (ReportKind::Rejected, &self.failure),
            "Open" | "Click" | "Subscription" => return Ok(None),
            _ => return Err("it is an event of an unknown type".to_owned()),
        }))
    }
}

impl Details {
    fn is_of_list(&self) -> bool {
        let sub_types = [&self.bounce_sub_type, &self.complaint_sub_type];
        let mut named = sub_types.into_iter().filter_map(Option::as_deref);
        named.any(|sub_type| SUPPRESSED.contains(&sub_type))
    }

    fn says(&self, feedback: &str) -> bool {
        self.complaint_feedback_type.as_deref() == Some(feedback)
    }

    /// The receiver's side's own words.
    fn words(&self) -> Option<String> {
        if self.is_of_list() {
            return Some(NOT_TRIED.to_owned());
        }
        let recipients = self.bounced_recipients.iter();
        let said = recipients.filter_map(|each| each.diagnostic_code.clone());
        let reason = self.reason.clone().or_else(|| self.error_message.clone());
        let of_bounce = || {
            let kind = self.bounce_sub_type.as_ref()?;
            (kind != "General" && kind != "Undetermined").then(|| kind.clone())
        };
        said.chain(reason).next().or_else(of_bounce).or_else(|| {
            let delay = self.delay_type.as_ref()?;
            Some(format!("Not taken yet: {delay}"))
        })
    }
}

impl Mail {
    /// The message that it is, and which attempt at it: by our tags, which a configuration
    /// set's events carry; else by whom it went to. None where its tags are not ours.
    ///
    /// # Errors
    /// Our own tags do not say what they should.
    fn about(&self) -> Result<Option<(About, Option<u32>)>, String> {
        let tag = |name: &str| self.tags.get(name).and_then(|values| values.first());
        let (Some(meeting), Some(ulid)) = (tag("usher-meeting"), tag("usher-notification")) else {
            let is_tagged = !self.tags.is_empty();
            let receiver = self.receiver().filter(|_| !is_tagged);
            return Ok(receiver.map(|to| (About::MessageTo(to.key()), None)));
        };
        let wrong = || "its tags do not name a notification".to_owned();
        let meeting = hex::decode(meeting).map_err(|_| wrong())?;
        let meeting = String::from_utf8(meeting).map_err(|_| wrong())?;
        let id = NotificationId::parse(&format!("{meeting}~{ulid}")).map_err(|_| wrong())?;
        let attempt = tag("usher-attempt").and_then(|attempt| attempt.parse().ok());
        let attempt: u32 = attempt.ok_or_else(wrong)?;
        Ok(Some((About::Notification(id), Some(attempt))))
    }

    fn receiver(&self) -> Option<EmailAddress> {
        parsed(self.destination.first()?)
    }
}

/// An address as SES names it: `Name <address>`, or alone.
fn parsed(text: &str) -> Option<EmailAddress> {
    let inner = text.rsplit_once('<').map(|(_, rest)| rest);
    let address = inner.and_then(|rest| rest.strip_suffix('>'));
    EmailAddress::parse(address.unwrap_or(text)).ok()
}

#[cfg(test)]
mod tests;
