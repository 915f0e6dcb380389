//! Mistakes in the words of the form, each at a field that is there.

use serde_json::{Value, json};
use usher_console::Labels;
use usher_tests::{Town, meeting};

use super::booked;

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
