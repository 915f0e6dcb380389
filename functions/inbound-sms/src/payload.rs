//! The SMS service's payload for a text (AWS End User Messaging SMS, "Two-way SMS message
//! payload"): the JSON inside an SNS notification's `Message`.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use usher_domain::sms::{Inbound, ReceivedText};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    origination_number: Option<String>,
    destination_number: Option<String>,
    message_body: Option<String>,
    inbound_message_id: Option<String>,
    previous_published_message_id: Option<String>,
}

/// Reads the payload of a text that came in at `received_at`.
///
/// # Errors
/// When it is not the payload of a text. The reason says nothing of what it holds.
pub(crate) fn read(payload: &str, received_at: DateTime<Utc>) -> Result<Inbound, &'static str> {
    const NO_TEXT: &str = "its Message is not the JSON of a text";
    let read: Payload = serde_json::from_str(payload).map_err(|_| NO_TEXT)?;
    if read.origination_number.is_none() && read.message_body.is_none() {
        return Err(NO_TEXT);
    }
    let text = ReceivedText {
        id: read.inbound_message_id,
        from: read.origination_number.unwrap_or_default(),
        to: read.destination_number.unwrap_or_default(),
        text: read.message_body.unwrap_or_default(),
        previous: read.previous_published_message_id,
    };
    Ok(Inbound::received(text, payload, received_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_with_both_numbers_and_what_it_answers() {
        let payload = r#"{
            "originationNumber": "+12025550123", "destinationNumber": "+12025550199",
            "messageKeyword": "K", "messageBody": "1", "inboundMessageId": "in-1",
            "previousPublishedMessageId": "out-1"
        }"#;
        let text = read(payload, DateTime::UNIX_EPOCH).unwrap();
        assert_eq!((text.id.as_str(), text.text.as_str()), ("in-1", "1"));
        assert_eq!(text.previous.as_deref(), Some("out-1"));
        let numbers = text.numbers().unwrap();
        assert_eq!(numbers.from.as_str(), "+12025550123");
        assert_eq!(numbers.to.as_str(), "+12025550199");
    }

    #[test]
    fn a_payload_is_of_a_text_if_it_has_a_sender_or_says_something() {
        for (payload, ok) in [
            ("not json", false),
            ("{}", false),
            (r#"{"messageBody": "Hi"}"#, true),
            (r#"{"originationNumber": "+12025550123"}"#, true),
        ] {
            assert_eq!(read(payload, DateTime::UNIX_EPOCH).is_ok(), ok, "{payload}");
        }
    }
}
