//! Two people at one form, or one person twice: nothing of either is lost.

use serde_json::{Value, json};
use usher_tests::{Town, meeting};

use super::{FORM, attendees, booked};

#[tokio::test]
async fn two_people_edit_and_nobodys_change_is_lost() {
    let town = Town::new().await;
    town.book("m1", &meeting()).await;
    let form = town.page("/console/meetings/m1/edit").await;
    let (base, version) = (form.hidden("_base"), form.hidden("_version"));
    let mut theirs = meeting();
    theirs["title"] = json!("Door measuring");
    theirs["duration_minutes"] = json!(90);
    town.book("m1", &theirs).await;
    // I changed the minutes too, and the description.
    let mine = [
        ("_base", base.as_str()),
        ("_version", &version),
        ("title", "Window measuring"),
        ("starts_at", "2026-01-15T14:00"),
        ("timezone", "America/New_York"),
        ("duration_minutes:number", "60"),
        ("location.kind", "client_house"),
        ("location.address", "123 Main St, Springfield"),
        ("description:lines", "Bring a ladder."),
        ("organizer.name", "Sam Rivera"),
        ("organizer.email", "sam@progrid.example.com"),
        ("organizer.phone", "+12025550101"),
        ("attendees.0.id", "ann"),
        ("attendees.0.name", "Ann Lee"),
        ("attendees.0.email", "ann@example.com"),
        ("attendees.0.phone", "+12025550123"),
    ];
    let asked = town.form("/console/meetings/m1/edit", &mine).await;
    assert_eq!(asked.status, 409, "{}", asked.text);
    assert!(
        asked.text.contains("Door measuring")
            && asked.text.contains("value=\"60\"")
            && asked.text.contains("value=\"90\""),
        "{}",
        asked.text
    );
    assert_eq!(
        town.meeting("m1").await["duration_minutes"],
        90,
        "nothing is saved yet"
    );
    let (base, version) = (asked.hidden("_base"), asked.hidden("_version"));
    let mut merged = mine.to_vec();
    merged[0].1 = &base;
    merged[1].1 = &version;
    merged[2].1 = "Door measuring";
    let saved = town.form("/console/meetings/m1/edit", &merged).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let now = town.meeting("m1").await;
    assert_eq!(now["title"], "Door measuring");
    assert_eq!(
        (&now["duration_minutes"], &now["description"]),
        (&json!(60), &json!("Bring a ladder."))
    );
}

#[tokio::test]
async fn what_two_people_changed_is_named_and_dated_as_in_the_form() {
    let town = Town::new().await;
    town.book("m1", &meeting()).await;
    let form = town.page("/console/meetings/m1/edit").await;
    let (base, version) = (form.hidden("_base"), form.hidden("_version"));
    let mut theirs = meeting();
    theirs["starts_at"] = json!("2026-01-16T09:00:00");
    theirs["location"]["kind"] = json!("office");
    town.book("m1", &theirs).await;
    let mut fields = FORM.to_vec();
    fields[1].1 = "2026-01-17T11:00";
    fields.extend([
        ("_base", base.as_str()),
        ("_version", &version),
        ("location.kind", "client_house"),
        ("location.address", "123 Main St, Springfield"),
        ("attendees.0.id", "ann"),
    ]);
    let asked = town.form("/console/meetings/m1/edit", &fields).await;
    assert_eq!(asked.status, 409);
    for said in [
        "<legend>Start</legend>",
        "Sat 17 Jan 2026, 11:00",
        "Fri 16 Jan 2026, 09:00",
        "<b>Whose place</b>: Office",
    ] {
        assert!(asked.text.contains(said), "{said}: {}", asked.text);
    }
}

#[tokio::test]
async fn a_row_that_others_removed_takes_nobody_elses_place() {
    let town = Town::new().await;
    let mut three = meeting();
    three["attendees"] = json!([
        {"id": "ann", "name": "Ann Lee", "email": "ann@example.com"},
        {"id": "bo", "name": "Bo Fox", "phone": "+12025550101", "language": "de"},
        {"id": "cy", "name": "Cy Poe", "phone": "+12025550102"},
    ]);
    town.book("m1", &three).await;
    let form = town.page("/console/meetings/m1/edit").await;
    let form = form.form("/console/meetings/m1/edit");
    three["attendees"].as_array_mut().unwrap().remove(0);
    town.book("m1", &three).await;
    let mine = form
        .with("attendees.2.phone", "+12025550199")
        .with("description:lines", "Bring a ladder.");
    let asked = town.press(&mine, ("_do", "save")).await;
    assert_eq!(asked.status, 409, "{}", asked.text);
    assert!(asked.text.contains("Ann Lee: removed"), "{}", asked.text);
    let merged = asked.form("/console/meetings/m1/edit");
    let saved = town.press(&merged, ("_do", "save")).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let [bo, cy] = attendees(&town, "m1").await.try_into().unwrap();
    assert_eq!(
        (&bo["id"], &bo["phone"], &bo["language"]),
        (&json!("bo"), &json!("+12025550101"), &json!("de"))
    );
    assert_eq!(
        (&cy["id"], &cy["phone"], &cy["language"]),
        (&json!("cy"), &json!("+12025550199"), &Value::Null)
    );
}

#[tokio::test]
async fn a_new_meeting_saved_twice_loses_nothing_of_the_second_form() {
    let town = Town::new().await;
    let (id, saved) = booked(&town, &[("attendees.0.email", "ann@example.com")]).await;
    assert_eq!(saved.status, 303);
    let mut fields = FORM.to_vec();
    fields.extend([
        ("_id", id.as_str()),
        ("attendees.0.email", "ann@example.com"),
    ]);
    let again = town.form("/console/meetings/new", &fields).await;
    let said = town.follow(&again).await;
    assert!(
        said.text
            .contains("It was saved already, as it stands here.")
    );
    // Back, and a correction.
    fields[3].1 = "90";
    fields[4].1 = "Ann Leigh";
    let asked = town.form("/console/meetings/new", &fields).await;
    assert_eq!(asked.status, 409, "{}", asked.text);
    for said in [
        "This was saved already",
        "Yours: <span class=\"lines\">90",
        "Ann Leigh",
    ] {
        assert!(asked.text.contains(said), "{said}: {}", asked.text);
    }
    assert_eq!(town.meeting(&id).await["duration_minutes"], 45);
    let before = attendees(&town, &id).await[0]["id"].clone();
    let merged = asked
        .form("/console/meetings/")
        .with("duration_minutes:number", "90")
        .with("attendees.0.name", "Ann Leigh");
    let saved = town.press(&merged, ("_do", "save")).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let [ann] = attendees(&town, &id).await.try_into().unwrap();
    assert_eq!((&ann["id"], &ann["name"]), (&before, &json!("Ann Leigh")));
    assert_eq!(town.meeting(&id).await["duration_minutes"], 90);
}
