//! The console's forms: rows that come and go, mistakes in the form's own words, and
//! times as people pick them.

use serde_json::{Value, json};
use usher_console::Labels;
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
async fn mistakes_have_the_forms_own_labels_and_the_date_picker_stays() {
    let town = Town::new().await;
    let (_, reply) = booked(
        &town,
        &[
            ("attendees.0.email", "no address"),
            ("attendees.1.phone", "12"),
            ("attendees.1.timezone", "Mars"),
            ("followers:list", "boss@example.com, nobody"),
        ],
    )
    .await;
    assert_eq!(reply.status, 422);
    assert!(
        reply
            .text
            .contains("<a href=\"#attendees.1.name\">Attendee 2: Name</a>: is required"),
        "{}",
        reply.text
    );
    let (_, reply) = booked(
        &town,
        &[
            ("attendees.0.email", "no address"),
            ("attendees.1.name", "Bo"),
            ("attendees.1.timezone", "Mars"),
            ("followers:list", "boss@example.com, nobody"),
        ],
    )
    .await;
    for link in [
        "<a href=\"#attendees.0.email\">Lead attendee: Email</a>",
        "<a href=\"#attendees.1.timezone\">Attendee 2: Their zone</a>",
        "<a href=\"#followers\">Followers, entry 2</a>",
    ] {
        assert!(reply.text.contains(link), "{link}: {}", reply.text);
    }
    assert!(
        reply
            .text
            .contains("type=\"datetime-local\" required value=\"2026-01-15T14:00\"")
    );
    let (_, reply) = booked(&town, &[("duration_minutes:number", "an hour")]).await;
    assert!(
        reply
            .text
            .contains("<a href=\"#duration_minutes\">Minutes</a>: must be a whole number"),
        "{}",
        reply.text
    );
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
async fn a_mistake_in_an_entry_of_the_settings_leads_to_its_field() {
    let town = Town::new().await;
    let page = town.page("/console/settings").await;
    let fields = [
        ("_base", page.hidden("_base")),
        ("_version", page.hidden("_version")),
        ("allowed_countries:list", "US, Narnia".to_owned()),
        ("_prices", "US cheap".to_owned()),
    ];
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let reply = town.form("/console/settings", &fields).await;
    assert_eq!(reply.status, 422);
    let (_, list) = reply.text.split_once("id=\"errors\"").unwrap();
    let (list, _) = list.split_once("</ul>").unwrap();
    let links: Vec<_> = list.split("href=\"#").skip(1).collect();
    assert!(!links.is_empty(), "{list}");
    for link in links {
        let id = link.split('"').next().unwrap();
        assert!(
            reply.text.contains(&format!(" id=\"{id}\"")),
            "{id} is nowhere"
        );
        assert!(
            link.contains("Prices of one part, in US dollars, US</a>"),
            "{link}"
        );
    }
}

/// Every place that a document of this schema may have, lists by their first entry.
fn places(api: &Value, schema: &Value, at: &str, found: &mut Vec<String>) {
    let named = schema["$ref"]
        .as_str()
        .map(|path| path.trim_start_matches('#'));
    let schema = named.map_or(schema, |path| api.pointer(path).unwrap());
    let any = ["oneOf", "anyOf"]
        .iter()
        .find_map(|each| schema[*each].as_array());
    for each in any.into_iter().flatten() {
        places(api, each, at, found);
    }
    if let Some(properties) = schema["properties"].as_object() {
        for (name, schema) in properties {
            let at = format!("{at}.{name}");
            found.push(at.trim_start_matches('.').to_owned());
            places(api, schema, &at, found);
        }
    }
    if !schema["items"].is_null() {
        found.push(format!("{at}.0").trim_start_matches('.').to_owned());
        places(api, &schema["items"], &format!("{at}.0"), found);
    }
}

#[tokio::test]
async fn whatever_can_be_wrong_with_a_form_has_a_field_with_a_label_on_it() {
    let town = Town::new().await;
    let api = town.get("/v1/openapi.json").await.ok();
    let whole = json!({
        "name": "Whole", "configs": [{"id": "r", "type": "reminder"}],
        "reminder_triggers": [{"id": "day", "config_id": "r", "minutes_before": 1440}],
    });
    town.put("/v1/templates/whole", &whole).await.ok();
    for (schema, page) in [
        ("MeetingInput", "/console/meetings/new"),
        ("SettingsBody", "/console/settings"),
        ("TemplateBody", "/console/templates/whole"),
    ] {
        let labels = Labels::of(&town.page(page).await.text);
        let mut found = Vec::new();
        places(&api, &api["components"]["schemas"][schema], "", &mut found);
        // What only answers say can be wrong in no form.
        found.retain(|place| place != "id" && !place.starts_with("applied"));
        assert!(found.len() > 15, "{schema}: {found:?}");
        let flags: Vec<String> = ["active", "notify_followers", "apply_to_upcoming"]
            .into_iter()
            .chain(["configs.0.ask_decline_reason", "configs.0.keep_answer"])
            .map(str::to_owned)
            .collect();
        let nowhere: Vec<_> = found
            .iter()
            .filter(|place| {
                let found = labels.field(place);
                // A group is no name for what has a field of its own in it.
                found.is_none_or(|(id, ..)| flags.contains(place) && id != place.as_str())
            })
            .collect();
        assert!(nowhere.is_empty(), "{schema}: {nowhere:?}");
    }
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
async fn an_address_of_the_console_that_is_none_is_a_page_with_a_way_back() {
    let town = Town::new().await;
    for path in [
        "/console/nope",
        "/console/nope/deeper",
        "/console/meetings/m1/nope",
    ] {
        let reply = town.page(path).await;
        assert_eq!(reply.status, 404, "{path}");
        assert!(
            reply.text.contains("There is no such page.")
                && reply.text.contains("href=\"/console\""),
            "{}",
            reply.text
        );
        assert_eq!(town.open(path).await.status, 303, "{path} of nobody");
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

#[tokio::test]
async fn names_of_fields_that_are_numbers_are_no_list() {
    let town = Town::new().await;
    let fields = [
        ("0", "x"),
        ("_prices", "US 1"),
        ("_base", "{}"),
        ("_version", "0"),
        ("_id", "m9"),
    ];
    for path in [
        "/console/settings",
        "/console/meetings/new",
        "/console/templates/t9",
        "/console/templates/t9/preview",
    ] {
        let reply = town.form(path, &fields).await;
        assert!(reply.status.as_u16() < 500, "{path}: {}", reply.text);
    }
    let archived = [
        ("0", "x"),
        ("_base", "{}"),
        ("_version", "0"),
        ("_do", "archive"),
    ];
    let reply = town.form("/console/templates/t9", &archived).await;
    assert_eq!(reply.status, 422, "{}", reply.text);
}

#[tokio::test]
async fn a_refused_form_leads_back_to_its_meeting() {
    let town = Town::new().await;
    town.book("m1", &meeting()).await;
    let fields = [("attendee_id", "ann"), ("answer", "accept")];
    let refused = town.form("/console/meetings/m1/answer", &fields).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    let (_, back) = refused.text.split_once("<main").unwrap();
    assert!(
        back.contains(
            "href=\"&#x2f;console&#x2f;meetings&#x2f;m1\" target=\"_top\">Back to the meeting"
        ),
        "{back}"
    );
}
