//! One plan: what the meeting's page, the dialog and the preview say is what a send does,
//! and what came of it is said per person and channel.

use http::Method;
use serde_json::{Value, json};
use usher_local::{Effect, Service};
use usher_tests::{Reply, Town, meeting};

/// A town whose meeting `m1` has a template that asks for answers on both channels.
async fn asking(attendees: Value) -> Town {
    let town = Town::new().await;
    let ask = json!({"id": "ask", "type": "confirmation_request", "channel_mode": "both"});
    town.template("t", ask).await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    visit["attendees"] = attendees;
    town.book("m1", &visit).await;
    town
}

async fn press(town: &Town, kind: &str, more: &[(&str, &str)]) -> Reply {
    let path = format!("/console/meetings/m1/send/{kind}");
    let page = town.page(&path).await;
    let key = page.hidden("key");
    let confirm = page
        .text
        .contains("name=\"confirm\"")
        .then(|| page.hidden("confirm"));
    let mut fields = vec![("key", key.as_str())];
    fields.extend(confirm.iter().map(|would| ("confirm", would.as_str())));
    fields.extend(more.iter().copied());
    let done = town.form(&path, &fields).await;
    assert_eq!(done.status, 303, "{}", done.text);
    town.follow(&done).await
}

/// What the page says once of what was done: its colour and its text.
fn said(page: &Reply) -> (String, String) {
    let (_, rest) = page.text.split_once("<div class=\"notice ").unwrap();
    let (notice, _) = rest.split_once("</div>").unwrap();
    let (tone, text) = notice.split_once(' ').unwrap();
    (tone.to_owned(), text.to_owned())
}

/// The part of a page between two texts.
fn between<'a>(page: &'a Reply, from: &str, to: &str) -> &'a str {
    let (_, rest) = page.text.split_once(from).unwrap();
    rest.split_once(to).unwrap().0
}

#[tokio::test]
async fn page_preview_and_send_take_the_same_channels_for_everybody_on_every_type() {
    let settings =
        json!({"sender_email": "office@progrid.example.com", "allowed_countries": ["US"]});
    let people = json!([
        {"id": "a", "name": "Ann Lee", "email": "ann@example.com", "phone": "+12025550123"},
        {"id": "b", "name": "Bob Lee", "email": "bob@example.com"},
        {"id": "c", "name": "Cem Lee", "phone": "+12025550124", "preferred_confirmation_method": "sms"},
        {"id": "d", "name": "Dan Lee"},
        {"id": "e", "name": "Eva Lee", "email": "eva@example.com", "phone": "+4930123456", "preferred_confirmation_method": "both"},
        {"id": "f", "name": "Fay Lee", "email": "fay@example.com", "phone": "+12025550125", "preferred_confirmation_method": "sms"},
    ]);
    for mode in ["follow_preference", "email", "sms", "both"] {
        for kind in ["confirmation", "confirmation_request"] {
            let town = Town::new().await;
            town.put("/v1/settings", &settings).await.ok();
            town.template("t", json!({"id": "c", "type": kind, "channel_mode": mode}))
                .await;
            let mut visit = meeting();
            visit["template_id"] = json!("t");
            visit["attendees"] = people.clone();
            town.book("m1", &visit).await;
            town.text_from("+12025550125", "STOP").await;

            let page = town.page("/console/meetings/m1").await;
            let path = "/v1/meetings/m1/preview";
            let preview = town
                .call(Method::POST, path, &json!({"type": kind}))
                .await
                .ok();
            let sent = town.send("m1", kind).await.ok();
            let label = if kind == "confirmation" {
                "Send Confirmation"
            } else {
                "Request RSVP"
            };
            for (shown, row) in preview["recipients"]
                .as_array()
                .unwrap()
                .iter()
                .zip(sent["notifications"].as_array().unwrap())
            {
                let name = shown["name"].as_str().unwrap();
                let used = |status: &Value| status == "sent";
                let went: Vec<_> = row["deliveries"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|d| used(&d["status"]))
                    .map(|d| d["channel"].as_str().unwrap().to_owned())
                    .collect();
                let meant: Vec<_> = shown["channels"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|c| c["channel"].as_str().unwrap().to_owned())
                    .collect();
                assert_eq!(meant, went, "{mode} {kind} {name}");
                let goes = |channel: &str| went.iter().any(|each| each == channel);
                assert_eq!(shown["html"] != "", goes("email"), "{mode} {kind} {name}");
                assert_eq!(shown["sms"] != "", goes("sms"), "{mode} {kind} {name}");
                assert_eq!(shown["segments"] != 0, goes("sms"), "{mode} {kind} {name}");
                // The page: this action's own line, or the one line of all actions.
                let card = between(&page, &format!("<b>{name}</b>"), "</li>");
                let mut lines = card.split("<br>").skip(2);
                let line = lines
                    .clone()
                    .find(|line| line.contains(label))
                    .or_else(|| lines.next())
                    .unwrap();
                assert_eq!(
                    line.contains("Email:"),
                    goes("email"),
                    "{mode} {kind}: {card}"
                );
                assert_eq!(line.contains("SMS:"), goes("sms"), "{mode} {kind}: {card}");
                let alone = went.is_empty();
                assert_eq!(
                    line.contains("Cannot be reached"),
                    alone,
                    "{mode} {kind}: {card}"
                );
            }
            town.post();
        }
    }
}

#[tokio::test]
async fn whoever_cannot_be_reached_gets_nothing_to_look_at_and_no_button() {
    let town = asking(json!([{"id": "dan", "name": "Dan Lee"}])).await;
    for kind in ["confirmation", "confirmation_request"] {
        let page = town
            .page(&format!("/console/meetings/m1/send/{kind}"))
            .await;
        assert!(page.text.contains("Nothing to send") && page.text.contains("no email address"));
        assert!(
            !page.text.contains("<form method=\"post\""),
            "{}",
            page.text.split("<main").nth(1).unwrap()
        );
        assert!(!page.text.contains("srcdoc=") && !page.text.contains("bubble"));
    }
    // Whoever asks by the API sees that it failed, and what to do.
    let sent = town.send("m1", "confirmation").await.ok();
    let delivery = &sent["notifications"][0]["deliveries"][0];
    assert_eq!(delivery["status"], "failed");
    assert!(delivery["meaning"].as_str().unwrap().contains("not sent"));
    assert!(
        delivery["next_step"]
            .as_str()
            .unwrap()
            .contains("Add an email address")
    );
    assert_eq!(town.meeting("m1").await["status"], "DRAFT");
}

#[tokio::test]
async fn a_send_says_per_channel_what_happened_in_its_colour_and_what_to_do() {
    let ann = json!([{"id": "ann", "name": "Ann Lee", "email": "ann@example.com", "phone": "+12025550123"}]);
    let town = asking(ann.clone()).await;
    town.break_call(Service::Ses, Effect::Refuse, 0);
    let (tone, text) = said(&press(&town, "confirmation_request", &[]).await);
    assert_eq!(tone, "warn", "{text}");
    assert!(!text.contains("Nothing"), "she was reached: {text}");
    for part in [
        "<span class=\"tag bad\">Failed</span> Ann Lee, by email.",
        "<span class=\"tag ok\">Sent</span> Ann Lee, by SMS.",
        "retry",
        ">Open it</a>",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    town.post();

    let town = asking(ann.clone()).await;
    town.break_call(Service::Ses, Effect::DropAnswer, 0);
    let (tone, text) = said(&press(&town, "confirmation_request", &[]).await);
    assert_eq!(tone, "warn", "{text}");
    assert!(
        text.contains("<span class=\"tag warn\">In doubt</span> Ann Lee, by email.")
            && text.contains("say whether it arrived"),
        "{text}"
    );
    town.post();

    let town = asking(ann).await;
    town.break_call(Service::Ses, Effect::Refuse, 0);
    town.break_call(Service::Sns, Effect::Refuse, 0);
    let (tone, text) = said(&press(&town, "confirmation_request", &[]).await);
    assert_eq!(tone, "bad", "{text}");
    assert!(text.contains("Nothing was sent."), "{text}");
}

#[tokio::test]
async fn a_cancellation_archives_only_when_everybody_was_told_and_says_if_not() {
    for (service, effect, why, tone) in [
        (Service::Ses, None, "The meeting is archived.", "good"),
        (
            Service::Ses,
            Some(Effect::Refuse),
            "not everybody was told",
            "bad",
        ),
        (
            Service::Ses,
            Some(Effect::DropAnswer),
            "it is not known whether everybody was told",
            "warn",
        ),
    ] {
        let town = Town::new().await;
        town.book("m1", &meeting()).await;
        town.send("m1", "confirmation").await.ok();
        if let Some(effect) = effect {
            town.break_call(service, effect, 0);
        }
        let page = press(&town, "cancellation", &[("archive", "true")]).await;
        let (shown, text) = said(&page);
        assert_eq!(shown, tone, "{text}");
        assert!(text.contains(why), "{text}");
        let archived = town.meeting("m1").await["archived"] == true;
        assert_eq!(archived, effect.is_none());
        town.post();
    }
}

#[tokio::test]
async fn a_form_that_was_overtaken_asks_and_goes_on() {
    let town = Town::new().await;
    town.book("m1", &meeting()).await;
    let path = "/console/meetings/m1/send/confirmation";
    let key = town.page(path).await.hidden("key");
    town.send("m1", "confirmation").await.ok();
    town.the_message();
    let asked = town.form(path, &[("key", &key)]).await;
    assert_eq!(asked.status, 428);
    assert!(
        asked
            .text
            .contains("This sends it to 1 attendee again. Tick the box"),
        "{}",
        asked.text
    );
    assert!(town.post().is_empty());
    let (key, would) = (asked.hidden("key"), asked.hidden("confirm"));
    let done = town.form(path, &[("key", &key), ("confirm", &would)]).await;
    assert_eq!(done.status, 303, "{}", done.text);
    town.the_message();
}

#[tokio::test]
async fn one_button_at_most_is_the_next_step() {
    let town = Town::new().await;
    town.book("m1", &meeting()).await;
    let green = async || {
        let page = town.page("/console/meetings/m1").await;
        let main = page.text.split("<main").nth(1).unwrap().to_owned();
        let mut green = Vec::new();
        for part in main.split(" primary\"").skip(1) {
            let text = part.split('>').nth(1).unwrap();
            green.push(text.split('<').next().unwrap().to_owned());
        }
        green
    };
    assert_eq!(green().await, ["Send Confirmation"]);
    town.send("m1", "confirmation_request").await.ok();
    town.post();
    assert!(green().await.is_empty());
    let wish = json!({"attendee_id": "ann", "answer": "reschedule", "reason": "Friday?"});
    town.call(Method::POST, "/v1/meetings/m1/responses", &wish)
        .await
        .ok();
    assert_eq!(green().await, ["Offer another time"]);
    let mut moved = meeting();
    moved["starts_at"] = json!("2026-01-16T10:00:00");
    town.book("m1", &moved).await;
    assert_eq!(green().await, ["Send Update"]);
    town.news();
}

#[tokio::test]
async fn a_save_names_what_may_be_a_mistake() {
    let town = Town::new().await;
    let id = town.page("/console/meetings/new").await.hidden("_id");
    let fields = [
        ("_id", id.as_str()),
        ("title", "Visit"),
        ("starts_at", "2026-01-02T14:00"),
        ("timezone", "America/New_York"),
        ("attendees.0.name", "Dan Lee"),
    ];
    let saved = town.form("/console/meetings/new", &fields).await;
    let (tone, text) = said(&town.follow(&saved).await);
    assert_eq!(tone, "warn");
    assert!(
        text.contains("lies in the past") && text.contains("Dan Lee has neither"),
        "{text}"
    );
}

#[tokio::test]
async fn a_confirmation_that_goes_by_itself_says_what_came_of_it() {
    for (effect, tone, says) in [
        (None, "good", "Its confirmation: Sent."),
        (
            Some(Effect::Refuse),
            "bad",
            "Its confirmation: Nothing was sent.",
        ),
        (Some(Effect::DropAnswer), "warn", "It is not known"),
    ] {
        let town = Town::new().await;
        let body = json!({"name": "T", "manual_confirmation_only": false});
        town.put("/v1/templates/t", &body).await.ok();
        let id = town.page("/console/meetings/new").await.hidden("_id");
        if let Some(effect) = effect {
            town.break_call(Service::Ses, effect, 0);
        }
        let fields = [
            ("_id", id.as_str()),
            ("title", "Visit"),
            ("template_id", "t"),
            ("starts_at", "2026-01-15T14:00"),
            ("timezone", "America/New_York"),
            ("attendees.0.name", "Ann Lee"),
            ("attendees.0.email", "ann@example.com"),
        ];
        let saved = town.form("/console/meetings/new", &fields).await;
        let (shown, text) = said(&town.follow(&saved).await);
        assert_eq!(shown, tone, "{text}");
        assert!(text.contains(says), "{text}");
        town.post();
    }
}
