//! Who gets a message is chosen in its dialog: page, sentence, preview and send obey it.

use serde_json::{Value, json};
use usher_tests::{Reply, SentForm, Town, meeting};

const SEND: &str = "/console/meetings/m1/send";

/// A meeting of three, the last of whom cannot be reached.
async fn three() -> Town {
    let town = Town::new().await;
    let mut visit = meeting();
    visit["attendees"] = json!([
        {"id": "ann", "name": "Ann Lee", "email": "ann@example.com"},
        {"id": "bob", "name": "Bob Fox", "email": "bob@example.com"},
        {"id": "cem", "name": "Cem Poe"},
    ]);
    town.book("m1", &visit).await;
    town
}

async fn dialog(town: &Town, kind: &str) -> (Reply, SentForm) {
    let page = town.page(&format!("{SEND}/{kind}")).await;
    let form = page.form(&format!("{SEND}/{kind}"));
    (page, form)
}

/// The form with only these ticked.
fn ticked(mut form: SentForm, ids: &[&str]) -> SentForm {
    form.fields.retain(|(name, _)| name != "to");
    let to = ids.iter().map(|id| ("to".to_owned(), (*id).to_owned()));
    form.fields.extend(to);
    form
}

fn receivers(town: &Town) -> Vec<String> {
    let mut to: Vec<_> = town.post().into_iter().map(|each| each.to).collect();
    to.sort();
    to
}

#[tokio::test]
async fn all_who_can_be_reached_are_ticked_and_only_those_who_stay_so_get_it() {
    let town = three().await;
    let (page, form) = dialog(&town, "confirmation").await;
    assert!(page.text.contains("Who gets it") && page.text.contains("Cannot be reached"));
    let boxes = page.text.matches("name=\"to\"").count();
    assert_eq!((boxes, page.text.matches(" checked>").count()), (2, 2));

    let none = ticked(form.clone(), &[]);
    let asked = town.form(&none.action, &none.pairs()).await;
    assert_eq!(asked.status, 422);
    assert!(asked.text.contains("nobody is ticked"), "{}", asked.text);
    assert!(receivers(&town).is_empty());

    let bob = ticked(form.clone(), &["bob"]);
    let done = town.form(&bob.action, &bob.pairs()).await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert_eq!(receivers(&town), ["bob@example.com"]);
    assert_eq!(town.log("").await.len(), 1);
    // Sent twice it is one; with others ticked it is another send, and is looked at anew.
    town.form(&bob.action, &bob.pairs()).await;
    assert!(receivers(&town).is_empty());
    let ann = ticked(form, &["ann"]);
    let asked = town.form(&ann.action, &ann.pairs()).await;
    assert_eq!(asked.status, 409);
    assert!(
        asked.text.contains("sent before, to others"),
        "{}",
        asked.text
    );
    assert!(receivers(&town).is_empty());
}

#[tokio::test]
async fn with_all_ticked_the_log_says_too_who_could_not_be_told() {
    let town = three().await;
    let (_, form) = dialog(&town, "confirmation").await;
    let done = town.form(&form.action, &form.pairs()).await;
    let said = town.follow(&done).await;
    assert!(
        said.text.contains("Sent to 2 of 3. 1 got nothing."),
        "{}",
        said.text
    );
    assert_eq!(receivers(&town), ["ann@example.com", "bob@example.com"]);
}

#[tokio::test]
async fn what_is_confirmed_is_the_sentence_that_holds_of_those_who_are_ticked() {
    let town = three().await;
    town.send("m1", "confirmation").await.ok();
    town.post();
    let (page, form) = dialog(&town, "cancellation").await;
    let would = page.hidden("confirm");
    assert!(would.contains("tells 2 attendees"), "{would}");
    let some = ticked(form, &["ann"])
        .with("confirm", &would)
        .with("archive", "true");
    let asked = town.form(&some.action, &some.pairs()).await;
    assert_eq!(asked.status, 428);
    assert!(receivers(&town).is_empty());
    let would = asked.hidden("confirm");
    assert!(would.contains("tells 1 attendee"), "{would}");
    // What was ticked still is.
    let form = asked.form(&some.action).with("confirm", &would);
    assert_eq!(form.value("to"), Some("ann"));
    assert_eq!(form.value("archive"), Some("true"));
    let done = town.form(&form.action, &form.pairs()).await;
    let said = town.follow(&done).await;
    assert_eq!(receivers(&town), ["ann@example.com"]);
    assert!(
        said.text
            .contains("not archived, because not everybody was to be told"),
        "{}",
        said.text
    );
}

#[tokio::test]
async fn another_preview_keeps_what_is_ticked_and_whose_texts_are_shown_are_there() {
    let town = three().await;
    let path = format!("{SEND}/confirmation?whom=these&boxes=2&not=cem&to=bob&attendee=1");
    let page = town.page(&path).await;
    assert!(page.text.contains("What Bob Fox gets") && page.text.contains("srcdoc="));
    assert_eq!(page.form(SEND).value("to"), Some("bob"));
    let path = format!("{SEND}/confirmation?whom=these&boxes=2&not=cem&to=bob&attendee=0");
    let page = town.page(&path).await;
    assert!(
        page.text.contains("What Ann Lee would get"),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn of_a_crowd_everybody_gets_it_or_only_those_who_are_ticked() {
    let town = Town::new().await;
    let guest = |i: u32| -> Value {
        json!({"id": format!("g{i}"), "name": format!("Guest {i}"), "email": format!("g{i}@example.com")})
    };
    let mut party = meeting();
    party["attendees"] = (0..400).map(guest).collect();
    party["description"] = json!("Long. ".repeat(500));
    town.book("m1", &party).await;
    let (page, form) = dialog(&town, "confirmation").await;
    assert!(page.text.contains("Everybody (400)"), "{}", page.text.len());
    assert_eq!(page.text.matches(" checked>").count(), 1);
    // The last one's message is shown as well as the first's.
    let last = town
        .page(&format!("{SEND}/confirmation?attendee=399"))
        .await;
    assert!(last.text.contains("What Guest 399 gets") && last.text.contains("srcdoc="));
    assert!(last.text.len() < 1_000_000, "{}", last.text.len());
    let two = ticked(form.with("whom", "these"), &["g7", "g399"]);
    let done = town.form(&two.action, &two.pairs()).await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert_eq!(receivers(&town), ["g399@example.com", "g7@example.com"]);
}
