//! Who wants no more texts, in whatever words, gets none until staff decide (S6, S10).

use chrono::TimeDelta;
use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use usher_local::Service;
use usher_tests::{Town, meeting};

use super::{asked, asking, status, the_reply};

const ANN: &str = "+12025550123";
const ANNS: &str = "/v1/suppressions/+12025550123";

async fn send_again(town: &Town, key: &str) -> Value {
    let again = json!({"type": "confirmation_request", "confirm": true});
    let sent = town.send_as(key, "m-1", &again).await.ok();
    sent["notifications"][0]["deliveries"].clone()
}

async fn suppressions(town: &Town) -> Vec<Value> {
    let list = town.get("/v1/suppressions").await.ok();
    list["suppressions"].as_array().unwrap().clone()
}

fn texts_sent(town: &Town) -> u64 {
    let calls = town.calls(Service::Sns);
    calls.get("Publish").copied().unwrap_or(0)
}

#[rstest]
#[case("STOPP")]
#[case("BAJA")]
#[case("Abmelden!")]
#[case("arrêtez")]
#[case("STOP\u{200b}")]
#[case("ＳＴＯＰ 🛑")]
#[tokio::test]
async fn an_opt_out_word_of_any_language_opts_out(#[case] word: &str) {
    let town = Town::new().await;
    asked(&town).await;
    town.reply_sms(word).await;
    let listed = suppressions(&town).await;
    assert_eq!(
        (
            &listed[0]["address"],
            &listed[0]["cause"],
            &listed[0]["held"]
        ),
        (&json!(ANN), &json!("text"), &json!(false))
    );
    assert_eq!(send_again(&town, "again").await[0]["status"], "failed");
    assert!(town.post().is_empty(), "they are not even told so");
}

#[rstest]
#[case("please stop texting me")]
#[case("no more messages")]
#[case("take me off your list")]
#[case("Hör auf, mir zu schreiben!")]
#[case("deja de enviarme mensajes")]
#[case("ne m’envoyez plus de SMS")]
#[tokio::test]
async fn texts_are_held_at_once_and_emails_go_on(#[case] words: &str) {
    let town = Town::new().await;
    asked(&town).await;
    let before = texts_sent(&town);
    town.reply_sms(words).await;
    assert!(
        town.post().is_empty(),
        "nothing goes to them, not even that"
    );
    let timeline = town.timeline("m-1").await;
    assert!(
        timeline[0].contains("own words for no more texts"),
        "{timeline:?}"
    );
    assert_eq!(status(&town, "m-1").await, "INVITED");
    let deliveries = send_again(&town, "again").await;
    assert_eq!(deliveries[0]["status"], "failed");
    let why = deliveries[0]["reason"].as_str().unwrap();
    assert!(why.contains("are held"), "{why}");
    let mut both = asking();
    both["channel_mode"] = json!("both");
    town.template("t", both).await;
    let deliveries = send_again(&town, "by-both").await;
    let by_email = |each: &&Value| each["channel"] == "email";
    let email = deliveries.as_array().unwrap().iter().find(by_email);
    assert_eq!(email.unwrap()["status"], "sent");
    assert_eq!(town.the_message().to, "ann@example.com");
    assert_eq!(texts_sent(&town), before, "the number is never called");
}

#[tokio::test]
async fn a_hold_is_seen_wherever_it_matters() {
    let town = Town::new().await;
    town.template("t", asking()).await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    visit["attendees"][0]["email"] = json!(null);
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation_request").await.ok();
    town.the_message();
    town.reply_sms("stop texting me <b>now</b>").await;
    let body = json!({"type": "confirmation_request"});
    let preview = town
        .call(Method::POST, "/v1/meetings/m-1/preview", &body)
        .await
        .ok();
    assert!(
        preview["recipients"][0]["warnings"]
            .to_string()
            .contains("are held")
    );
    let reach = town.get("/v1/reach").await.ok().to_string();
    assert!(reach.contains("\"held\""), "{reach}");
    let pages = [
        ("/console", "Texts held"),
        ("/console/meetings/m-1", "confirm or lift it"),
        (
            "/console/reach",
            "See what they wrote, and confirm or lift it",
        ),
    ];
    for (page, says) in pages {
        let text = town.page(page).await.text;
        assert!(text.contains(says), "{page}: {text}");
    }
    let listed = suppressions(&town).await;
    assert_eq!(
        (
            &listed[0]["cause"],
            &listed[0]["held"],
            &listed[0]["channel"]
        ),
        (&json!("own_words"), &json!(true), &json!("sms"))
    );
    assert_eq!(listed[0]["detail"], "stop texting me <b>now</b>");
    let page = town.page("/console/suppressions").await.text;
    assert!(
        page.contains("Confirm: no texts") && !page.contains("<b>now"),
        "{page}"
    );
}

#[tokio::test]
async fn it_needs_a_person_until_staff_confirm_it() {
    let town = Town::new().await;
    asked(&town).await;
    town.reply_sms("please stop texting me").await;
    town.advance(TimeDelta::days(5)).await;
    assert!(town.page("/console").await.text.contains("Texts held"));
    let unexplained = town.call(Method::PUT, ANNS, &json!({"reason": " "})).await;
    assert_eq!(unexplained.status, 422);
    let reason = json!({"reason": "I phoned her"});
    let confirmed = town.call(Method::PUT, ANNS, &reason).await.ok();
    assert_eq!(
        (
            &confirmed["cause"],
            &confirmed["held"],
            &confirmed["by"]["by"]
        ),
        (&json!("staff"), &json!(false), &json!("Local admin"))
    );
    let again = town
        .call(Method::PUT, ANNS, &json!({"reason": "Again"}))
        .await
        .ok();
    assert_eq!(again["by"]["note"], "I phoned her", "it stays as it is");
    assert!(!town.page("/console").await.text.contains("Texts held"));
    let told = town.timeline("m-1").await;
    let confirmed = |text: &String| text.starts_with("Local admin confirmed that their number");
    assert!(told.iter().any(confirmed), "{told:?}");
    let why = send_again(&town, "again").await[0]["reason"].to_string();
    assert!(why.contains("opted out"), "{why}");
    town.reply_sms("START").await;
    assert_eq!(suppressions(&town).await, [] as [Value; 0]);
}

#[tokio::test]
async fn staff_lift_it_and_texts_go_again() {
    let town = Town::new().await;
    asked(&town).await;
    town.reply_sms("no more texts today please, I am asleep")
        .await;
    town.reply_sms("stop texting me").await;
    assert_eq!(suppressions(&town).await.len(), 1);
    let form = [
        ("address", ANN),
        ("reason", "She meant today"),
        ("act", "lift"),
    ];
    let done = town.form("/console/suppressions", &form).await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert_eq!(suppressions(&town).await, [] as [Value; 0]);
    let told = town.timeline("m-1").await;
    let lifted = |text: &String| text.contains("had SMS sent to their number again");
    assert!(told.iter().any(lifted), "{told:?}");
    assert_eq!(send_again(&town, "again").await[0]["status"], "sent");
    town.the_message();
    let again = town
        .call(Method::DELETE, ANNS, &json!({"reason": "x"}))
        .await
        .ok();
    assert_eq!(again["lifted"]["note"], "She meant today");
    // Who says so once more is heard once more.
    town.reply_sms("stop texting me").await;
    assert_eq!(suppressions(&town).await[0]["cause"], "own_words");
    town.reply_sms("START").await;
    assert_eq!(suppressions(&town).await, [] as [Value; 0]);
    town.reply_sms("1").await;
    the_reply(&town);
}

#[tokio::test]
async fn an_opt_out_word_after_it_needs_nobody_and_other_words_after_that_change_nothing() {
    let town = Town::new().await;
    asked(&town).await;
    town.reply_sms("please stop texting me").await;
    town.reply_sms("STOP").await;
    assert_eq!(suppressions(&town).await[0]["cause"], "text");
    assert!(!town.page("/console").await.text.contains("Texts held"));
    town.reply_sms("stop texting me").await;
    assert_eq!(suppressions(&town).await[0]["cause"], "text");
    let told = town.timeline("m-1").await;
    assert!(
        told.contains(&"Ann Lee texted: stop texting me".to_owned()),
        "{told:?}"
    );
}

#[tokio::test]
async fn staff_opt_a_number_or_an_address_out_and_in() {
    let town = Town::new().await;
    asked(&town).await;
    let form = [
        ("address", "(202) 555-0123"),
        ("reason", "She asked on the phone"),
        ("act", "opt_out"),
    ];
    let done = town.form("/console/suppressions", &form).await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert_eq!(send_again(&town, "again").await[0]["status"], "failed");
    let told = town.timeline("m-1").await;
    assert!(
        told.iter()
            .any(|text| text.contains("opted their number out")),
        "{told:?}"
    );
    let reason = json!({"reason": "She wrote to us"});
    let out = town
        .call(Method::PUT, "/v1/suppressions/ann@example.com", &reason)
        .await
        .ok();
    assert_eq!(
        (&out["cause"], &out["channel"]),
        (&json!("staff"), &json!("email"))
    );
    let listed = suppressions(&town).await;
    let addresses: Vec<_> = listed
        .iter()
        .map(|each| each["address"].as_str().unwrap())
        .collect();
    assert_eq!(addresses, [ANN, "ann@example.com"]);
    for address in addresses {
        let path = format!("/v1/suppressions/{address}");
        let lifted = town.call(Method::DELETE, &path, &reason).await.ok();
        assert_eq!(lifted["lifted"]["by"], "Local admin");
    }
    assert_eq!(suppressions(&town).await, [] as [Value; 0]);
    assert_eq!(send_again(&town, "once-more").await[0]["status"], "sent");
    town.the_message();
    let neither = town
        .call(Method::PUT, "/v1/suppressions/nobody", &reason)
        .await;
    assert_eq!(neither.status, 400, "{}", neither.text);
    let unknown = town
        .call(Method::DELETE, "/v1/suppressions/+12025550177", &reason)
        .await;
    assert_eq!(unknown.status, 404, "{}", unknown.text);
}

#[tokio::test]
async fn what_is_on_the_accounts_list_only_its_owner_takes_off() {
    let town = Town::new().await;
    asked(&town).await;
    town.stack().opt_out_at_account(ANN).unwrap();
    town.advance(TimeDelta::hours(1)).await;
    let refused = town
        .call(Method::DELETE, ANNS, &json!({"reason": "x"}))
        .await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert!(refused.text.contains("START"));
    assert!(
        town.page("/console/suppressions")
            .await
            .text
            .contains("by texting START")
    );
    town.stack().opt_in_at_account(ANN).unwrap();
    town.advance(TimeDelta::hours(1)).await;
}

#[tokio::test]
async fn a_wish_in_own_words_is_heard_of_strangers_and_however_many_texts_came_before() {
    let town = Town::new().await;
    let stranger = "+12025550166";
    town.text_from(stranger, "wrong number, stop texting").await;
    assert_eq!(suppressions(&town).await[0]["address"], stranger);
    let inbox = town.get("/v1/inbound-messages").await.ok();
    assert_eq!(
        inbox["inbound_messages"][0]["text"],
        "wrong number, stop texting"
    );
    asked(&town).await;
    for _ in 0..31 {
        town.reply_sms("Hello").await;
    }
    town.reply_sms("leave me alone").await;
    let listed = suppressions(&town).await;
    assert!(
        listed.iter().any(|each| each["address"] == ANN),
        "{listed:?}"
    );
}

#[tokio::test]
async fn a_wish_in_own_words_costs_no_more_requests_than_an_opt_out_word() {
    let mut requests = Vec::new();
    for text in ["STOP", "please stop texting me"] {
        let town = Town::new().await;
        asked(&town).await;
        let count = || town.calls(Service::Dynamodb).values().sum::<u64>();
        let before = count();
        town.reply_sms(text).await;
        let taken = count() - before;
        let before = count();
        send_again(&town, "again").await;
        requests.push((taken, count() - before));
    }
    assert_eq!(requests[0], requests[1]);
}

#[tokio::test]
async fn an_armed_sms_is_skipped_and_says_that_somebody_must_decide() {
    let town = Town::new().await;
    let template = json!({
        "name": "Visit",
        "configs": [{"id": "soon", "type": "reminder", "channel_mode": "sms"}],
        "reminder_triggers": [{"id": "day", "config_id": "soon", "minutes_before": 1440}],
    });
    town.put("/v1/templates/t", &template).await.ok();
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation").await.ok();
    town.the_message();
    town.reply_sms("please stop texting me").await;
    let plan = town.reminders("m-1").await;
    assert_eq!(
        (&plan[0]["state"], &plan[0]["reason"]),
        (&json!("skipped"), &json!("held"))
    );
    town.advance_to("2026-01-14T19:30:00Z".parse().unwrap())
        .await;
    assert!(town.post().is_empty() && texts_sent(&town) == 0);
    assert!(town.timeline("m-1").await[0].contains("confirm or lift"));
}
