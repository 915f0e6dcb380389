//! What template texts may say, and how they are refused.

use std::time::{Duration, Instant};

use super::*;

#[test]
fn hostile_texts_are_refused_at_once() {
    check(Part::EmailBody, "warm").unwrap();
    let nested = |open: &str, close: &str, n: usize| {
        format!("{{{{ {}1{} }}}}", open.repeat(n), close.repeat(n))
    };
    let texts = [
        "{{ 'x'|indent(18446744073709551615) }}".to_owned(),
        "{{ 'x'|indent(1000000000000) }}".to_owned(),
        "{{ '%999999999d'|format(1) }}".to_owned(),
        "{{ 'a'*99999999 }}".to_owned(),
        "{{ [1]*4000000000 }}".to_owned(),
        "{{ 10**10**10 }}".to_owned(),
        "{{ 'a' ~ 'b' }}".to_owned(),
        "{{ 7 % 2 }}".to_owned(),
        "{{ -1 }}".to_owned(),
        "{% for a in range(10000) %}{% for b in range(10000) %}x{% endfor %}{% endfor %}"
            .to_owned(),
        "{% for c in 'abc' %}x{% endfor %}".to_owned(),
        "{% autoescape false %}x{% endautoescape %}".to_owned(),
        "{{ attendee.name|safe }}".to_owned(),
        "{% include 'x' %}".to_owned(),
        "{% import 'x' as y %}".to_owned(),
        "{% extends 'x' %}".to_owned(),
        "{% block x %}{% endblock %}".to_owned(),
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}".to_owned(),
        "{% set x = 1 %}x".to_owned(),
        "{% filter upper %}x{% endfilter %}".to_owned(),
        "{% with x = 1 %}x{% endwith %}".to_owned(),
        "{% call m() %}{% endcall %}".to_owned(),
        "{% do x() %}".to_owned(),
        "{{ nonsense }}".to_owned(),
        "{{ meeting }}".to_owned(),
        "{{ meeting.title.x }}".to_owned(),
        "{{ meeting['title'] }}".to_owned(),
        "{{ meeting.title[0] }}".to_owned(),
        "{{ meeting.title[1:] }}".to_owned(),
        "{{ meeting.title.upper() }}".to_owned(),
        "{{ range(9) }}".to_owned(),
        "{{ [1, 2] }}".to_owned(),
        "{{ {'a': 1} }}".to_owned(),
        "{{ 'a' if true else 'b' }}".to_owned(),
        "{{ 'a' in 'b' }}".to_owned(),
        "{{ 1 is odd }}".to_owned(),
        "{{ meeting.title|trim('x') }}".to_owned(),
        "{{ meeting.title|default(*x) }}".to_owned(),
        "{{ meeting.title|upper|upper|upper|upper|upper }}".to_owned(),
        "{{".to_owned(),
        "{% if".to_owned(),
        "{% if true %}".to_owned(),
        "{{ 'open".to_owned(),
        String::new(),
        " \n ".to_owned(),
        nested("(", ")", 20_000),
        nested("not ", "", 10_000),
        nested("-", "", 20_000),
        nested("[", "]", 20_000),
        format!("{{{{ a{} }}}}", ".a".repeat(20_000)),
        format!("{{{{ 1{} }}}}", " and 1".repeat(8_000)),
        format!("{{{{ 1{} }}}}", "|upper".repeat(8_000)),
        "{% if true %}".repeat(3_000),
        format!(
            "{{% if true %}}{}{{% endif %}}",
            "{% elif true %}".repeat(3_000)
        ),
        "{{ meeting.title }}".repeat(2_000),
        "x".repeat(1_000_000),
        "{{ '".to_owned() + &"x".repeat(40_000) + "' }}{{ {{ }}",
    ];
    for part in [Part::Subject, Part::EmailBody, Part::Sms] {
        for text in &texts {
            let start = Instant::now();
            let shown: String = text.chars().take(60).collect();
            assert!(check(part, text).is_err(), "{part}: {shown}");
            assert!(
                start.elapsed() < Duration::from_millis(100),
                "{part}: {shown}: {:?}",
                start.elapsed()
            );
        }
    }
    for html in [
        "<a href=\"javascript:x\">a</a>",
        "<p style=\"background:url(x)\">a</p>",
        "<p title={{ attendee.name }}>a</p>",
        "<a href={{ meeting.title }}>a</a>",
        "<img alt={{ meeting.title }}>",
        "{% if meeting.location %}<p>{% endif %}</p>",
        "<{{ meeting.title }}>",
    ] {
        assert!(check(Part::EmailBody, html).is_err(), "{html}");
    }
    assert!(
        check(Part::Subject, "{{ meeting.location }}").is_err(),
        "empty for a meeting without a location"
    );
    assert!(check(Part::Sms, &"x".repeat(1_500)).is_err());
}

#[test]
fn the_language_does_what_letters_need() {
    for (text, expected) in [
        (
            "{{ meeting.title|upper }} {{ attendee.name|lower }}",
            "WINDOW MEASURING ann lee",
        ),
        (
            "{% if meeting.location and not before.date %}{{ meeting.location }}{% else %}-{% endif %}",
            "123 Main St, Springfield",
        ),
        (
            "{% if meeting.status == 'Booked' %}a{% elif meeting.time != '' %}b{% endif %}",
            "a",
        ),
        (
            "{% if before.date is defined %}[{{ before.date|default('new') }}]{% endif %}",
            "[new]",
        ),
        (
            "{{ ' x '|trim }}{{ 'ab cd'|title }}{% if '1' < '2' %}!{% endif %}",
            "xAb Cd!",
        ),
        (
            "{# a note #}{% raw %}{{ as it is }}{% endraw %}",
            "{{ as it is }}",
        ),
        (
            "By {{ organizer.name }} {{ organizer.phone }} {{ business.email }}",
            "By Sam Rivera +1-202-555-0101 office@progrid.example.com",
        ),
    ] {
        assert_eq!(check(Part::Subject, text), Ok(()), "{text}");
        let mut config = NotificationConfig::built_in(NotificationType::Confirmation);
        config.subject = Some(text.to_owned());
        assert_eq!(sample_message(&config).unwrap().subject, expected);
    }
}

#[test]
fn a_refusal_says_where_and_what_would_be_right() {
    for (part, text, expected) in [
        (
            Part::Subject,
            "{{ meeting.titel }}",
            "line 1: there is no variable meeting.titel. Did you mean meeting.title?",
        ),
        (
            Part::Subject,
            "a\n{{ attendee_name }}",
            "line 2: there is no variable attendee_name. Did you mean attendee.name?",
        ),
        (
            Part::Sms,
            "a\n\n{% for x in y %}{% endfor %}",
            "line 3: loops cannot be used; there is only {{ }} and {% if %}",
        ),
        (
            Part::EmailBody,
            "<p>a</p>\n<script>",
            "line 2: the tag <script> cannot be used",
        ),
        (Part::EmailBody, "<p>a", "line 1: <p> is never closed"),
        (
            Part::Sms,
            "{{ meeting.title|nl2br }}",
            "line 1: there is no filter nl2br; there are upper, lower, title, trim and default",
        ),
        (Part::Sms, " ", "the SMS comes out empty for some meetings"),
    ] {
        assert_eq!(check(part, text).unwrap_err().to_string(), expected);
    }
}
