//! The console's forms: rows that come and go, and times as people pick them.

mod mistakes;
mod together;

use serde_json::{Value, json};
use usher_tests::{Reply, Town, meeting};

const FORM: [(&str, &str); 5] = [
    ("title", "Window measuring"),
    ("starts_at", "2026-01-15T14:00"),
    ("timezone", "America/New_York"),
    ("duration_minutes:number", "45"),
    ("attendees.0.name", "Ann Lee"),
];

/// Sends the form of a new meeting with these fields over the usual ones.
async fn booked(town: &Town, more: &[(&str, &str)]) -> (String, Reply) {
    let id = town.page("/console/meetings/new").await.hidden("_id");
    let usual = FORM
        .iter()
        .filter(|(name, _)| more.iter().all(|(over, _)| over != name));
    let mut fields: Vec<_> = usual.chain(more).copied().collect();
    fields.push(("_id", &id));
    let reply = town.form("/console/meetings/new", &fields).await;
    (id, reply)
}

async fn attendees(town: &Town, id: &str) -> Vec<Value> {
    town.meeting(id).await["attendees"]
        .as_array()
        .unwrap()
        .clone()
}

#[tokio::test]
async fn an_attendee_is_removed_with_a_button_and_no_script() {
    let town = Town::new().await;
    let mut two = meeting();
    two["attendees"] = json!([
        {"id": "ann", "name": "Ann Lee", "email": "ann@example.com"},
        {"id": "bo", "name": "Bo Fox", "email": "bo@example.com"},
    ]);
    town.book("m1", &two).await;
    let page = town.page("/console/meetings/m1/edit").await;
    assert!(
        page.text.contains("aria-label=\"Remove Bo Fox\""),
        "{}",
        page.text
    );
    let (base, version) = (page.hidden("_base"), page.hidden("_version"));
    let mut fields = FORM.to_vec();
    fields.extend([
        ("_base", base.as_str()),
        ("_version", &version),
        ("attendees.0.id", "ann"),
        ("attendees.0.email", "ann@example.com"),
        ("attendees.1.id", "bo"),
        ("attendees.1.name", "Bo Fox"),
        ("attendees.1.email", "bo@example.com"),
        ("_do", "drop-attendee:0"),
    ]);
    let without = town.form("/console/meetings/m1/edit", &fields).await;
    assert_eq!(without.status, 200);
    assert!(
        without
            .text
            .contains("name=\"attendees.0.name\" autocomplete=\"off\" value=\"Bo Fox\"")
    );
    assert!(
        !without.text.contains("value=\"Ann Lee\""),
        "{}",
        without.text
    );
    assert_eq!(
        attendees(&town, "m1").await.len(),
        2,
        "nothing is saved yet"
    );
    fields.retain(|(name, _)| !name.starts_with("attendees.0") && *name != "_do");
    let saved = town.form("/console/meetings/m1/edit", &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    assert_eq!(attendees(&town, "m1").await[0]["name"], "Bo Fox");
}

#[tokio::test]
async fn a_row_that_names_nobody_is_no_attendee() {
    let town = Town::new().await;
    let (id, saved) = booked(
        &town,
        &[
            ("attendees.0.email", "ann@example.com"),
            ("attendees.0.timezone", "Europe/Berlin"),
            ("attendees.0.preferred_confirmation_method", "sms"),
            ("attendees.1.id", "gone"),
            ("attendees.1.language", "de"),
            ("attendees.1.preferred_confirmation_method", "both"),
        ],
    )
    .await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let [ann] = attendees(&town, &id).await.try_into().unwrap();
    assert_eq!(ann["timezone"], "Europe/Berlin");
    assert_eq!(ann["preferred_confirmation_method"], "sms");
}

#[tokio::test]
async fn rows_are_added_several_at_once() {
    let town = Town::new().await;
    let (_, more) = booked(&town, &[("_do", "attendees")]).await;
    assert!(
        more.text.contains("name=\"attendees.5.name\"")
            && !more.text.contains("name=\"attendees.6.name\"")
    );
    assert_eq!(more.text.matches("autofocus").count(), 1);
}

#[tokio::test]
async fn an_hour_that_comes_twice_is_chosen_beside_the_date_picker() {
    let town = Town::new().await;
    let night = ("starts_at", "2026-11-01T01:30");
    let (_, asked) = booked(&town, &[night]).await;
    assert_eq!(asked.status, 422);
    assert!(
        asked.text.contains("comes twice in America&#x2f;New_York"),
        "{}",
        asked.text
    );
    assert!(
        asked
            .text
            .contains("type=\"datetime-local\" required value=\"2026-11-01T01:30\"")
    );
    let (id, saved) = booked(&town, &[night, ("_offset", "-05:00")]).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    assert_eq!(
        town.meeting(&id).await["starts_at"],
        "2026-11-01T01:30:00-05:00"
    );
    let again = town.page(&format!("/console/meetings/{id}/edit")).await;
    assert!(
        again
            .text
            .contains("value=\"-05:00\" selected>The second (UTC-05:00)"),
        "{}",
        again.text
    );
    let (_, skipped) = booked(&town, &[("starts_at", "2026-03-08T02:30")]).await;
    assert!(
        skipped.text.contains("Did you mean 03:30 or 01:30?"),
        "{}",
        skipped.text
    );
}

#[tokio::test]
async fn attendees_are_added_beyond_a_hundred_until_the_form_says_that_it_is_full() {
    let town = Town::new().await;
    for (rows, more) in [(100, true), (300, false)] {
        let names: Vec<_> = (0..rows).map(|i| format!("attendees.{i}.name")).collect();
        let mut fields: Vec<_> = names.iter().map(|name| (name.as_str(), "Guest")).collect();
        fields.push(("_do", "attendee"));
        let (_, page) = booked(&town, &fields).await;
        let next = format!("name=\"attendees.{rows}.name\"");
        assert_eq!(page.text.contains(&next), more, "{rows}");
        assert_eq!(page.text.contains("This form takes 300 attendees"), !more);
    }
}
