use chrono::TimeDelta;
use rstest::rstest;
use serde_json::{Value, json};

use super::*;

fn now() -> DateTime<Utc> {
    "2026-03-01T16:00:00Z".parse().unwrap()
}

/// What SES says of the mail in each event, of attempt 2 at a notification of `visit-1`.
fn mail() -> Value {
    json!({
        "timestamp": "2026-03-01T15:00:00.000Z",
        "source": "Progrid <appointments@progrid.example>",
        "messageId": "0100-1",
        "destination": ["ann@example.com"],
        "headersTruncated": false,
        "tags": {
            "ses:configuration-set": ["usher"],
            "ses:caller-identity": ["usher-prod"],
            "usher-meeting": [hex::encode("visit-1")],
            "usher-notification": ["01HZX3Q4ZV6Z9X8Y7W6V5T4S3R"],
            "usher-attempt": ["2"],
        },
    })
}

fn event(kind: &str, field: &str, details: Value) -> Value {
    let mut event = json!({ "eventType": kind, "mail": mail() });
    event[field] = details;
    event
}

fn reported(event: &Value) -> Reported {
    read(&event.to_string(), now()).unwrap().unwrap()
}

#[rstest]
#[case("Send", "send", json!({}), ReportKind::Accepted, None)]
#[case("Delivery", "delivery", json!({"timestamp": "2026-03-01T15:30:00Z", "smtpResponse": "250 ok"}), ReportKind::Delivered, None)]
#[case("DeliveryDelay", "deliveryDelay", json!({"delayType": "MailboxFull", "timestamp": "2026-03-01T15:30:00Z"}), ReportKind::Delayed, Some("Not taken yet: MailboxFull"))]
#[case("Bounce", "bounce", json!({"bounceType": "Permanent", "bounceSubType": "General", "timestamp": "2026-03-01T15:30:00Z", "bouncedRecipients": [{"emailAddress": "ann@example.com", "diagnosticCode": "smtp; 550 5.1.1 no such user"}]}), ReportKind::HardBounce, Some("smtp; 550 5.1.1 no such user"))]
#[case("Bounce", "bounce", json!({"bounceType": "Transient", "bounceSubType": "General", "timestamp": "2026-03-01T15:30:00Z"}), ReportKind::SoftBounce, None)]
#[case("Bounce", "bounce", json!({"bounceType": "Transient", "bounceSubType": "MailboxFull"}), ReportKind::SoftBounce, Some("MailboxFull"))]
#[case("Bounce", "bounce", json!({"bounceType": "Undetermined"}), ReportKind::SoftBounce, None)]
#[case("Bounce", "bounce", json!({"bounceType": "SomethingNew"}), ReportKind::SoftBounce, None)]
#[case("Complaint", "complaint", json!({"complaintFeedbackType": "abuse", "timestamp": "2026-03-01T15:30:00Z"}), ReportKind::Complaint, None)]
#[case("Reject", "reject", json!({"reason": "Bad content"}), ReportKind::Rejected, Some("Bad content"))]
#[case("Rendering Failure", "failure", json!({"errorMessage": "no such attribute"}), ReportKind::Rejected, Some("no such attribute"))]
fn each_event_is_read_with_what_it_says(
    #[case] kind: &str,
    #[case] field: &str,
    #[case] details: Value,
    #[case] expected: ReportKind,
    #[case] detail: Option<&str>,
) {
    let Reported { about, report } = reported(&event(kind, field, details.clone()));
    let id = NotificationId::parse("visit-1~01HZX3Q4ZV6Z9X8Y7W6V5T4S3R").unwrap();
    assert_eq!(about, About::Notification(id));
    assert_eq!((report.attempt, report.channel), (Some(2), Channel::Email));
    assert_eq!(report.provider_message_id, "0100-1");
    assert_eq!(report.to, EmailAddress::parse("ann@example.com").ok());
    assert_eq!(report.report.kind, expected);
    assert_eq!(report.report.detail.as_deref(), detail);
    let minutes = if details["timestamp"].is_null() {
        60
    } else {
        30
    };
    assert_eq!(report.report.at, now() - TimeDelta::minutes(minutes));
    assert!(!report.on_account_list);
}

#[rstest]
#[case("Bounce", json!({"bounceType": "Permanent", "bounceSubType": "OnAccountSuppressionList"}))]
#[case("Bounce", json!({"bounceType": "Permanent", "bounceSubType": "Suppressed"}))]
#[case("Complaint", json!({"complaintSubType": "OnAccountSuppressionList"}))]
fn what_a_list_kept_from_being_tried_did_not_arrive_and_is_no_new_evidence(
    #[case] kind: &str,
    #[case] details: Value,
) {
    let report = reported(&event(kind, &kind.to_lowercase(), details)).report;
    assert_eq!(report.report.kind, ReportKind::HardBounce);
    assert!(report.on_account_list);
}

#[test]
fn feedback_of_an_identity_is_known_by_whom_it_went_to() {
    let mut event = event("", "bounce", json!({"bounceType": "Permanent"}));
    event["notificationType"] = "Bounce".into();
    event.as_object_mut().unwrap().remove("eventType");
    event["mail"].as_object_mut().unwrap().remove("tags");
    event["mail"]["destination"] = json!(["Ann Lee <Ann@Example.com>"]);
    let Reported { about, report } = reported(&event);
    assert_eq!(about, About::MessageTo("ann@example.com".to_owned()));
    assert_eq!(report.attempt, None);
}

#[test]
fn what_is_not_about_a_message_of_ours_is_passed_over() {
    let passed_over = |event: &Value| read(&event.to_string(), now()) == Ok(None);
    for kind in ["Open", "Click", "Subscription"] {
        assert!(passed_over(&event(kind, "x", json!({}))), "{kind}");
    }
    let spared = json!({"complaintFeedbackType": "not-spam"});
    assert!(passed_over(&event("Complaint", "complaint", spared)));
    let mut others = event("Delivery", "delivery", json!({}));
    others["mail"]["tags"] = json!({"ses:configuration-set": ["theirs"]});
    assert!(passed_over(&others));
}

#[test]
fn the_address_is_the_one_we_wrote_to_whatever_the_receivers_server_says() {
    let elsewhere = json!({
        "bounceType": "Permanent",
        "bouncedRecipients": [{"emailAddress": "victim@example.com"}],
    });
    let report = reported(&event("Bounce", "bounce", elsewhere)).report;
    assert_eq!(report.to, EmailAddress::parse("ann@example.com").ok());
}

#[test]
fn that_ses_may_publish_is_no_report() {
    let said = "Successfully validated SNS topic for Amazon SES event publishing.";
    assert_eq!(read(said, now()), Ok(None));
}

#[test]
fn what_cannot_be_read_says_why_and_names_nobody() {
    let changed = |path: &str, value: Value| {
        let mut event = event("Delivery", "delivery", json!({}));
        *event.pointer_mut(path).unwrap() = value;
        event.to_string()
    };
    for hostile in [
        String::new(),
        "[]".to_owned(),
        json!({"mail": mail()}).to_string(),
        json!({"eventType": "Delivery"}).to_string(),
        event("Teleport", "x", json!({})).to_string(),
        changed("/mail/timestamp", "yesterday".into()),
        changed("/mail/timestamp", "9999-12-31T23:59:59Z".into()),
        changed("/mail/timestamp", "1970-01-01T00:00:00Z".into()),
        changed("/mail/tags/usher-meeting", json!(["zz"])),
        changed("/mail/tags/usher-meeting", json!([hex::encode("a b")])),
        changed("/mail/tags/usher-notification", json!(["../../etc"])),
        changed("/mail/tags/usher-attempt", json!(["many"])),
        changed("/mail/tags/usher-attempt", json!([])),
        changed("/mail/messageId", json!({"a": 1})),
        "[".repeat(100_000),
    ] {
        let why = read(&hostile, now()).unwrap_err();
        assert!(!why.contains("ann@") && why.len() < 80, "{why}");
    }
}
