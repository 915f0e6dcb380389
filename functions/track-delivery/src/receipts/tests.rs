use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use rstest::rstest;
use serde_json::{Value, json};

use super::*;

fn now() -> DateTime<Utc> {
    "2016-06-28T01:00:00Z".parse().unwrap()
}

/// As CloudWatch Logs packs it.
fn packed(batch: &Value) -> String {
    let mut packing = GzEncoder::new(Vec::new(), Compression::fast());
    packing.write_all(batch.to_string().as_bytes()).unwrap();
    STANDARD.encode(packing.finish().unwrap())
}

fn batch(messages: &[String]) -> Value {
    let line = |message: &String| json!({"id": "1", "timestamp": 1, "message": message});
    let lines: Vec<_> = messages.iter().map(line).collect();
    json!({
        "messageType": "DATA_MESSAGE", "owner": "123456789012",
        "logGroup": "sns/us-east-1/123456789012/DirectPublishToPhoneNumber",
        "logStream": "s", "subscriptionFilters": ["f"], "logEvents": lines,
    })
}

fn receipt(status: &str, response: &str) -> Value {
    json!({
        "notification": {
            "messageId": "34d9b400-c6dd-5444-820d-fbeb0f1f54cf",
            "timestamp": "2016-06-28 00:40:34.558",
        },
        "delivery": {
            "phoneCarrier": "My Phone Carrier", "mnc": 270, "numberOfMessageParts": 1,
            "destination": "+12025550123", "priceInUSD": 0.00645, "smsType": "Transactional",
            "mcc": 310, "providerResponse": response, "dwellTimeMs": 1442,
        },
        "status": status,
    })
}

fn reports(receipts: &[Value]) -> Vec<Read> {
    let messages: Vec<_> = receipts.iter().map(Value::to_string).collect();
    read(&packed(&batch(&messages)), now()).unwrap()
}

#[rstest]
#[case(
    "SUCCESS",
    "Message has been accepted by phone carrier",
    ReportKind::TakenByCarrier,
    false
)]
#[case(
    "SUCCESS",
    "Message has been accepted by phone",
    ReportKind::Delivered,
    false
)]
#[case("SUCCESS", "", ReportKind::TakenByCarrier, false)]
#[case("FAILURE", "Invalid phone number", ReportKind::NotTaken, true)]
#[case(
    "FAILURE",
    "Phone is currently unreachable/unavailable",
    ReportKind::NotTaken,
    true
)]
fn a_receipt_says_how_far_an_sms_came(
    #[case] status: &str,
    #[case] response: &str,
    #[case] kind: ReportKind,
    #[case] says_why: bool,
) {
    let reports = reports(&[receipt(status, response)]);
    let Reported { about, report } = reports[0].clone().unwrap().unwrap();
    assert_eq!(about, About::MessageTo("+12025550123".to_owned()));
    assert_eq!((report.channel, report.attempt), (Channel::Sms, None));
    assert_eq!(
        report.provider_message_id,
        "34d9b400-c6dd-5444-820d-fbeb0f1f54cf"
    );
    assert_eq!(report.report.kind, kind);
    assert_eq!(report.report.at.to_rfc3339(), "2016-06-28T00:40:36+00:00");
    let taken_at = report.taken_at.map(|at| at.to_rfc3339());
    assert_eq!(taken_at.as_deref(), Some("2016-06-28T00:40:34.558+00:00"));
    assert_eq!(report.report.price_microusd, Some(6_450));
    assert_eq!(
        report.report.detail.as_deref(),
        says_why.then_some(response)
    );
}

#[test]
fn one_that_cannot_be_read_leaves_the_others() {
    let mut late = receipt("SUCCESS", "");
    late["notification"]["timestamp"] = "2036-01-01 00:00:00.000".into();
    let mut undated = receipt("SUCCESS", "");
    undated["notification"]["timestamp"] = "soon".into();
    let reports = reports(&[
        receipt("SUCCESS", ""),
        json!({"status": "SUCCESS"}),
        receipt("MAYBE", ""),
        late,
        undated,
        receipt("FAILURE", "Blocked as spam by phone carrier"),
    ]);
    let read: Vec<_> = reports.iter().map(Result::is_ok).collect();
    assert_eq!(read, [true, false, false, false, false, true]);
    for why in reports.into_iter().filter_map(Result::err) {
        assert!(!why.contains("+1202"), "{why}");
    }
}

#[rstest]
#[case(0.0, Some(0))]
#[case(0.00645, Some(6_450))]
#[case(-1.0, None)]
#[case(1e12, None)]
#[case(f64::NAN, None)]
fn a_price_is_a_number_of_dollars(#[case] dollars: f64, #[case] millionths: Option<u32>) {
    assert_eq!(microusd(dollars), millionths);
}

#[test]
fn a_batch_is_unpacked_or_refused_as_a_whole() {
    let control = json!({"messageType": "CONTROL_MESSAGE", "logEvents": [
        {"id": "", "timestamp": 1, "message": "CWL CONTROL MESSAGE: Checking health"},
    ]});
    assert_eq!(read(&packed(&control), now()), Ok(Vec::new()));
    for wrong in [
        String::new(),
        "not base64".to_owned(),
        STANDARD.encode("not packed"),
        packed(&json!([])),
        packed(&json!({"messageType": 1})),
    ] {
        assert!(read(&wrong, now()).is_err(), "{wrong}");
    }
}
