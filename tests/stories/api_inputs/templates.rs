//! Templates that would fail, or do harm, when something is sent with them:
//! refused when they are saved, at once, with the process alive.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use usher_tests::Town;

use super::{refused_at, with};

/// A template whose one config, a reminder, holds this.
fn template(field: &str, value: &Value) -> Value {
    json!({"name": "Visit", "configs": [{"id": "c", "type": "reminder", field: value}]})
}

#[tokio::test]
async fn a_template_that_cannot_be_is_refused_where_it_is_wrong() {
    let town = Town::new().await;
    let trigger =
        |id: &str, minutes: i64| json!({"id": id, "config_id": "c", "minutes_before": minutes});
    for (at, value, pointer) in [
        ("/duration_minutes", json!(0), "/duration_minutes"),
        ("/duration_minutes", json!(-30), "/duration_minutes"),
        (
            "/duration_minutes",
            json!(4_000_000_000_u32),
            "/duration_minutes",
        ),
        (
            "/buffer_before_minutes",
            json!(9_999),
            "/buffer_before_minutes",
        ),
        (
            "/answer_cutoff_minutes",
            json!(99_999),
            "/answer_cutoff_minutes",
        ),
        ("/name", json!("a\r\nb"), "/name"),
        (
            "/reminder_triggers",
            json!([trigger("a", -60)]),
            "/reminder_triggers/0/minutes_before",
        ),
        (
            "/reminder_triggers",
            json!([trigger("a", 0)]),
            "/reminder_triggers/0/minutes_before",
        ),
        (
            "/reminder_triggers",
            json!([trigger("a", 60), trigger("b", 60)]),
            "/reminder_triggers/1/minutes_before",
        ),
        (
            "/reminder_triggers",
            json!([trigger("a", 60), trigger("a", 90)]),
            "/reminder_triggers/1/id",
        ),
        (
            "/configs/0/id",
            json!("d"),
            "/reminder_triggers/0/config_id",
        ),
        ("/configs/0/type", json!("letter"), "/configs/0/type"),
        (
            "/configs/0/channel_mode",
            json!("fax"),
            "/configs/0/channel_mode",
        ),
        (
            "/configs/0/colors",
            json!({"button": "red;background:url(https://evil.example)"}),
            "/configs/0/colors/button",
        ),
        (
            "/configs/0/colors",
            json!({"calendar": "#ff00zz"}),
            "/configs/0/colors/calendar",
        ),
        (
            "/configs/0/buttons",
            json!({"pay": true}),
            "/configs/0/buttons/pay",
        ),
        (
            "/configs/0/reply_codes",
            json!({"accept": "STOP"}),
            "/configs/0/reply_codes/accept",
        ),
        (
            "/configs/0/reply_codes",
            json!({"accept": "1 2"}),
            "/configs/0/reply_codes/accept",
        ),
        (
            "/configs/0/reply_codes",
            json!({"decline": "1"}),
            "/configs/0/reply_codes/decline",
        ),
        (
            "/configs/0/reply_codes",
            json!({"auto_replies": {"accept": "{{ nobody }}"}}),
            "/configs/0/reply_codes/auto_replies/accept",
        ),
    ] {
        let mut body = template("sms_text", &json!(null));
        body["reminder_triggers"] = json!([trigger("a", 60)]);
        let reply = town
            .put("/v1/templates/t", &with(body, at, value.clone()))
            .await;
        refused_at(&reply, pointer, &format!("{at} {value}"));
    }
    assert_eq!(town.get("/v1/templates").await.ok()["templates"], json!([]));
}

/// A config's text is refused within a second, with its place and a sentence,
/// and leaves the API answering.
async fn text_is_refused(town: &Town, field: &str, text: &str) {
    let begun = Instant::now();
    let reply = town
        .put("/v1/templates/t", &template(field, &json!(text)))
        .await;
    let shown: String = text.chars().take(80).collect();
    assert!(
        begun.elapsed() < Duration::from_secs(1),
        "{field} {shown}: took {:?}",
        begun.elapsed()
    );
    refused_at(
        &reply,
        &format!("/configs/0/{field}"),
        &format!("{field} {shown}"),
    );
    assert_eq!(town.get("/v1/templates").await.ok()["templates"], json!([]));
}

#[tokio::test]
async fn a_text_that_would_end_the_process_never_runs() {
    let town = Town::new().await;
    let (parentheses, sum) = (
        "(".repeat(900),
        "{{ 1".to_owned() + &"+1".repeat(450) + " }}",
    );
    for text in [
        "{{ 'x'|indent(18446744073709551615) }}",
        "{{ 'x'|indent(1000000000000) }}",
        "{{ 'x'|indent(10**12) }}",
        "{{ '%999999999d'|format(1) }}",
        "{{ '%999999999d' % 1 }}",
        "{{ 'a'*99999999 }}",
        "{{ ('a'*9999)*9999 }}",
        "{{ [1]*4000000000 }}",
        "{{ 'a' ~ 'b' }}",
        "{{ 2**9999999 }}",
        "{{ range(4000000000) }}",
        "{{ [1, 2] }}",
        "{% for a in [1,2] %}{% for b in [1,2] %}{% for c in [1,2] %}x{% endfor %}{% endfor %}{% endfor %}",
        "{% for c in meeting.title %}{{ loop.index }}{% endfor %}",
        "{% autoescape false %}{{ attendee.name }}{% endautoescape %}",
        "{{ attendee.name|safe }}",
        "{% include 'settings' %}",
        "{% import 'x' as y %}",
        "{% extends 'layout.html' %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% call m() %}x{% endcall %}",
        "{% block a %}x{% endblock %}",
        "{% set a = 'x' %}",
        "{% with a = 1 %}x{% endwith %}",
        "{% filter upper %}x{% endfilter %}",
        "{% raw %}x",
        "{{ nobody }}",
        "{{ attendee.password }}",
        "{{ meeting['title'] }}",
        "{{ meeting.title.upper() }}",
        "{{ self }}",
        "{{ settings }}",
        "{{ debug() }}",
        "{{ attendee.name",
        "{% if %}x{% endif %}",
        "{% if attendee.name %}x",
        "{{ }}",
        "{{ attendee.name|replace('a', 'b') }}",
        "{{ attendee.name|default(value='x') }}",
        "{{ -meeting.title }}",
        &format!("{{{{ {parentheses}"),
        &sum,
        &"{% if link %}".repeat(70),
        &"{{link|upper|lower|upper|lower|upper}}".repeat(20),
    ] {
        for field in ["subject", "email_body", "sms_text"] {
            text_is_refused(&town, field, text).await;
        }
    }
}

#[tokio::test]
async fn a_text_that_could_not_be_sent_is_refused_when_it_is_saved() {
    let town = Town::new().await;
    let (deep, huge) = ("<div>".repeat(9_000), "x".repeat(60_000));
    let (many_parts, longest) = ("word ".repeat(180), "x".repeat(4_001));
    for (field, text) in [
        ("email_body", "<a href=\"javascript:alert(1)\">x</a>"),
        ("email_body", "<a href=\" java\nscript:alert(1)\">x</a>"),
        ("email_body", "<a href=\"{{ attendee.name }}\">x</a>"),
        ("email_body", "<a href=\"data:text/html,x\">x</a>"),
        ("email_body", "<a href=\"http://example.com\">x</a>"),
        ("email_body", "<a href=\"//evil.example\">x</a>"),
        ("email_body", "<img src=\"javascript:x\">"),
        ("email_body", "<p onclick=\"alert(1)\">x</p>"),
        ("email_body", "<p style=\"background:url(x)\">x</p>"),
        ("email_body", "<script>alert(1)</script>"),
        ("email_body", "<style>*{display:none}</style>"),
        ("email_body", "<iframe src=\"https://x.example\"></iframe>"),
        ("email_body", "<form action=\"https://x.example\"></form>"),
        ("email_body", "<!-- x -->"),
        ("email_body", "<p>never closed"),
        ("email_body", "x</td></tr></table>"),
        ("email_body", "<p {{ attendee.name }}>x</p>"),
        ("email_body", " \n "),
        ("email_body", &deep),
        ("email_body", &huge),
        ("subject", ""),
        ("subject", " "),
        ("subject", &longest),
        ("subject", "Your visit\r\nBcc: eve@example.com"),
        ("subject", "Your visit\nBcc: eve@example.com"),
        ("sms_text", ""),
        ("sms_text", " \n"),
        ("sms_text", &many_parts),
        ("sms_text", &longest),
        ("sms_text", "Reply CANCEL to cancel."),
        ("sms_text", "Text us STOP if you cannot come."),
        ("sms_text", "reply with \"end\""),
    ] {
        text_is_refused(&town, field, text).await;
    }
}
