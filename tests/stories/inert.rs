//! What people type is data: whatever it looks like, it is shown as the text it
//! is, and is never markup, template, header, property or direction of writing.

use icalendar::parser::{Component, read_calendar, unfold};
use mail_parser::{HeaderName, MessageParser};
use rstest::rstest;
use serde_json::json;
use usher_local::Message;
use usher_tests::{Town, meeting};

/// Ann is asked both ways about a meeting whose every text is `text`.
async fn asked(town: &Town, text: &str, description: &str) -> (Message, Message) {
    town.template(
        "t",
        json!({"id": "c", "type": "confirmation_request", "channel_mode": "both"}),
    )
    .await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    visit["title"] = json!(text);
    visit["description"] = json!(description);
    visit["location"]["address"] = json!(text);
    visit["organizer"]["name"] = json!(text);
    visit["attendees"][0]["name"] = json!(text);
    let booked = town.book("m-1", &visit).await;
    assert_eq!(
        booked["attendees"][0]["name"],
        upright(text),
        "it is kept as it was written, but for what would turn it around"
    );
    let sent = town.send("m-1", "confirmation_request").await.ok();
    assert_eq!(sent["notifications"][0]["status"], "sent", "{sent}");
    let mut post = town.post();
    assert_eq!(post.len(), 2);
    post.sort_by_key(|message| message.html.is_none());
    let (sms, email) = (post.pop().unwrap(), post.pop().unwrap());
    (email, sms)
}

/// A text without the marks that turn the direction of writing around.
fn upright(text: &str) -> String {
    let turning = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| !turning(*c)).collect()
}

/// The property of this name; the parser has taken its escapes back (RFC 5545 §3.3.11).
fn property(event: &Component<'_>, name: &str) -> String {
    event.find_prop(name).unwrap().val.as_str().to_owned()
}

/// Text as HTML readers see it, in our templates' escapes.
fn unescaped(html: &str) -> String {
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#x2f;", "/"),
        ("&amp;", "&"),
    ];
    entities
        .into_iter()
        .fold(html.to_owned(), |html, (entity, text)| {
            html.replace(entity, text)
        })
}

#[rstest]
#[case::script("<script>alert(1)</script>")]
#[case::attribute("\"><img src=x onerror=alert(1)> '`")]
#[case::template("{{7*7}} {% for x in y %} {#")]
#[case::link("<a href=\"javascript:alert(1)\">x</a>")]
#[case::entity("&lt;script&gt; &#60; &amp;")]
#[case::comma_and_semicolon(r"1 Main St, Suite 5; floor 2\nBEGIN:VALARM \, \; C:\new")]
#[case::parameter("X;CN=\"Eve\":mailto:eve@example.com")]
#[case::folded_address("Eve <eve@example.com>, Bob <bob@example.com>")]
#[case::emoji("👩‍👩‍👧‍👦 Zoë 🇩🇪 日本語")]
#[case::format("%s %n ${x} $(id) `id` {0}")]
#[case::right_to_left("a\u{202e}gpj.exe\u{2066}b")]
#[case::combining(&"z\u{0351}\u{032b}".repeat(30))]
#[tokio::test]
async fn text_is_shown_as_the_text_it_is(#[case] text: &str) {
    let town = Town::new().await;
    let description = format!("{text}\nEND:VEVENT\nBEGIN:VEVENT\n{text}");
    let (email, sms) = asked(&town, text, &description).await;
    let shown = upright(text);

    let raw = email.raw.as_deref().unwrap();
    let mail = MessageParser::default().parse(raw.as_bytes()).unwrap();
    assert_eq!(mail.to().unwrap().iter().count(), 1, "{raw}");
    assert_eq!(
        mail.to().unwrap().first().unwrap().address(),
        Some("ann@example.com")
    );
    assert!(
        mail.to()
            .and_then(|to| to.first()?.name())
            .is_none_or(|name| upright(name) == name),
        "a name in a header is as upright as any: {raw}"
    );
    assert!(
        mail.header(HeaderName::Bcc).is_none() && mail.header(HeaderName::Cc).is_none(),
        "{raw}"
    );
    assert!(
        mail.subject().unwrap().contains(&shown),
        "{:?}",
        mail.subject()
    );
    assert_eq!(
        (mail.html_body_count(), mail.text_body_count()),
        (1, 1),
        "{raw}"
    );
    let html = email.html.as_deref().unwrap();
    assert!(
        !html.contains("<script")
            && !html.contains("<img src=x")
            && !html.contains("href=\"javascript:"),
        "{html}"
    );
    assert!(unescaped(html).contains(&shown), "{html}");
    let plain = email.text.as_deref().unwrap();
    assert!(plain.contains(&shown), "{plain}");

    let text_message = sms.text.as_deref().unwrap();
    assert!(
        text_message.ends_with(sms.landing_link().unwrap()),
        "{text_message}"
    );

    let token = Town::token(&email);
    let page = town.visit(&token).await;
    assert_eq!(page.status, 200);
    assert!(
        !page.text.contains("<script")
            && !page.text.contains("<img")
            && !page.text.contains("href=\"javascript:"),
        "{}",
        page.text
    );
    assert!(unescaped(&page.text).contains(&shown), "{}", page.text);

    let file = town
        .open(&format!("/meeting/calendar.ics?token={token}"))
        .await;
    assert!(
        file.header("content-type").starts_with("text/calendar"),
        "{}",
        file.text
    );
    let unfolded = unfold(&file.text);
    let calendar = read_calendar(&unfolded).unwrap();
    let [event] = calendar.components.as_slice() else {
        panic!("one event: {}", file.text)
    };
    assert!(
        event.name == "VEVENT" && event.components.is_empty(),
        "{}",
        file.text
    );
    assert_eq!(
        (property(event, "SUMMARY"), property(event, "LOCATION")),
        (shown.clone(), shown.clone())
    );
    assert!(
        property(event, "DESCRIPTION")
            .starts_with(&format!("{shown}\nEND:VEVENT\nBEGIN:VEVENT\n{shown}"))
    );
    assert!(
        file.text.lines().all(|line| line.len() <= 75),
        "RFC 5545 §3.1: {}",
        file.text
    );

    for shown in [
        html,
        plain,
        text_message,
        mail.subject().unwrap(),
        &page.text,
        &file.text,
    ] {
        assert!(
            upright(shown) == shown,
            "nothing turns the direction of writing: {shown}"
        );
    }
}

#[rstest]
#[case::plain(&"All windows. ".repeat(769))]
#[case::escaped(&"<&\"'>".repeat(2_000))]
#[case::lines(&"a\n".repeat(5_000))]
#[case::emoji(&"🪟".repeat(10_000))]
#[case::ics(&r"\;,:".repeat(2_500))]
#[tokio::test]
async fn a_description_of_ten_thousand_characters_arrives_whole(#[case] description: &str) {
    let town = Town::new().await;
    let (email, sms) = asked(&town, "Window measuring", description).await;
    let whole = description.trim();
    let html = unescaped(email.html.as_deref().unwrap()).replace("<br>\r\n", "\n");
    assert!(html.contains(whole), "the email has it whole");
    assert!(
        sms.text
            .as_deref()
            .unwrap()
            .ends_with(sms.landing_link().unwrap())
    );
    let token = Town::token(&email);
    assert!(
        unescaped(&town.visit(&token).await.text).contains(whole),
        "and so has the page"
    );
    let file = town
        .open(&format!("/meeting/calendar.ics?token={token}"))
        .await
        .text;
    let unfolded = unfold(&file);
    let calendar = read_calendar(&unfolded).unwrap();
    assert_eq!(calendar.components.len(), 1);
    assert!(
        property(&calendar.components[0], "DESCRIPTION").starts_with(whole),
        "and so has the calendar"
    );
}

#[tokio::test]
async fn a_line_break_in_an_address_is_refused_at_the_door() {
    let town = Town::new().await;
    let mut visit = meeting();
    visit["location"]["address"] = json!("1 Main St\nEND:VEVENT\nBEGIN:VALARM");
    visit["title"] = json!("Visit\u{2028}END:VEVENT");
    visit["attendees"][0]["name"] = json!("Ann\r\nBcc: eve@example.com");
    let reply = town.put("/v1/meetings/m-1", &visit).await;
    assert_eq!(
        reply.invalid_fields(),
        ["/title", "/location/address", "/attendees/0/name"]
    );
}

#[tokio::test]
async fn a_text_like_an_encoded_word_makes_no_header() {
    let town = Town::new().await;
    let text = "=?utf-8?q?x=0D=0ABcc=3A_eve=40example.com?=";
    let (email, _) = asked(&town, text, text).await;
    let raw = email.raw.as_deref().unwrap();
    let mail = MessageParser::default().parse(raw.as_bytes()).unwrap();
    assert!(mail.header(HeaderName::Bcc).is_none(), "{raw}");
    assert_eq!(mail.to().unwrap().iter().count(), 1, "{raw}");
    assert_eq!(email.to, "ann@example.com");
}
