//! Receipts of SMS ("Viewing CloudWatch metrics and logs for SMS deliveries"), as a
//! subscription of CloudWatch Logs hands them over: JSON, packed by gzip, in base64.

use std::io::Read as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use flate2::read::GzDecoder;
use serde::Deserialize;
use usher_domain::{
    channel::Channel,
    feedback::DeliveryReport,
    notification::{Report, ReportKind},
};
use usher_flows::track_delivery::About;

use crate::reported::{Read, Reported, plausible};

/// The most bytes of log lines that are unpacked: an invocation has 6 MB of them, packed.
const MOST: u64 = 64 << 20;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Batch {
    message_type: String,
    #[serde(default)]
    log_events: Vec<Line>,
}

#[derive(Debug, Deserialize)]
struct Line {
    message: String,
}

#[derive(Debug, Deserialize)]
struct Receipt {
    notification: Published,
    delivery: Delivery,
    status: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Published {
    message_id: String,
    timestamp: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Delivery {
    destination: String,
    provider_response: Option<String>,
    /// From when it was published until this was known.
    dwell_time_ms: Option<u32>,
    /// Of all its parts. SNS writes the last letters as capitals.
    #[serde(rename = "priceInUSD")]
    price_in_usd: Option<f64>,
}

/// Reads the receipts of a batch.
///
/// # Errors
/// It is not what CloudWatch Logs hands over.
pub(crate) fn read(data: &str, now: DateTime<Utc>) -> Result<Vec<Read>, String> {
    let wrong = |_| "its data is not what CloudWatch Logs hands over".to_owned();
    let packed = STANDARD.decode(data).map_err(|_| wrong(()))?;
    let mut json = String::new();
    let mut unpacking = GzDecoder::new(&packed[..]).take(MOST);
    unpacking.read_to_string(&mut json).map_err(|_| wrong(()))?;
    let batch: Batch = serde_json::from_str(&json).map_err(|_| wrong(()))?;
    // CONTROL_MESSAGE: whether anybody is there.
    let lines = batch.log_events.iter();
    let lines = lines.filter(|_| batch.message_type == "DATA_MESSAGE");
    Ok(lines.map(|line| read_one(&line.message, now)).collect())
}

fn read_one(message: &str, now: DateTime<Utc>) -> Read {
    let receipt: Receipt =
        serde_json::from_str(message).map_err(|_| "it is no receipt of an SMS".to_owned())?;
    let Receipt {
        notification,
        delivery,
        status,
    } = receipt;
    let words = delivery.provider_response.as_deref().unwrap_or_default();
    let kind = match status.as_str() {
        "SUCCESS" if is_by_phone(words) => ReportKind::Delivered,
        "SUCCESS" => ReportKind::TakenByCarrier,
        "FAILURE" => ReportKind::NotTaken,
        _ => return Err("it is a receipt of an unknown status".to_owned()),
    };
    let at = NaiveDateTime::parse_from_str(&notification.timestamp, "%Y-%m-%d %H:%M:%S%.f");
    let at = at.map_err(|_| "its time cannot be read".to_owned())?;
    let dwelled = TimeDelta::milliseconds(delivery.dwell_time_ms.unwrap_or_default().into());
    let taken_at = plausible(at.and_utc(), now)?;
    let at = plausible(taken_at + dwelled, now)?;
    let detail = (kind == ReportKind::NotTaken).then_some(words);
    let price = delivery.price_in_usd.and_then(microusd);
    Ok(Some(Reported {
        about: About::MessageTo(delivery.destination),
        report: DeliveryReport {
            channel: Channel::Sms,
            attempt: None,
            provider_message_id: notification.message_id,
            taken_at: Some(taken_at),
            report: Report {
                price_microusd: price,
                ..Report::new(kind, at, detail)
            },
            to: None,
            on_account_list: false,
        },
    }))
}

/// Dollars in millionths; none where that is no price.
fn microusd(dollars: f64) -> Option<u32> {
    let millionths = (dollars * 1e6).round();
    let is_price = (0.0..=f64::from(u32::MAX)).contains(&millionths);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is in the range of the type, and whole"
    )]
    is_price.then_some(millionths as u32)
}

/// Whether a receipt says that the phone has it ("Message has been accepted by phone"), and
/// not the carrier alone.
fn is_by_phone(words: &str) -> bool {
    let words = words.to_lowercase();
    words.contains("by phone") && !words.contains("carrier")
}

#[cfg(test)]
mod tests;
