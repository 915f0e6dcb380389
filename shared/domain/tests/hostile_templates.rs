//! Template texts that are meant to do harm: each is refused where it is saved, with the
//! place and the reason, before it has taken time or memory. In a binary of its own,
//! because memory is counted over the whole process.

use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;
use usher_domain::{
    authoring::lint, language::Language, part::Part, render::LintError, settings::Settings,
};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What checking one text may take.
const TIME: Duration = Duration::from_millis(100);
const MEGABYTES: f32 = 50.0;

fn check(part: Part, text: &str) -> Result<(), LintError> {
    let sms = Settings::default().sms;
    let name: String = text.chars().take(60).collect();
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage_as_mb();
    let mut took = Duration::MAX;
    let mut found = Ok(());
    // On a busy machine something else may run in between: one quick time of a few shows
    // that nothing in the text itself takes long.
    for _ in 0..5 {
        let start = Instant::now();
        found = lint(part, text, Language::English, &sms);
        took = took.min(start.elapsed());
        if took < TIME {
            break;
        }
    }
    let used = MEMORY.peak_usage_as_mb() - before;
    assert!(took < TIME, "{name}: {took:?}");
    assert!(used < MEGABYTES, "{name}: {used} MB");
    found
}

/// Refused in an email's body, with these words.
fn refused(text: &str, words: &str) {
    let name: String = text.chars().take(60).collect();
    let error = check(Part::EmailBody, text).expect_err(&name).to_string();
    assert!(error.contains(words), "{name}: {error}");
}

/// One test, so that nothing else allocates meanwhile.
#[test]
fn harmful_texts_are_refused_with_place_and_reason_before_they_cost_anything() {
    // The samples are made once per process, at somebody's first text.
    let sms = Settings::default().sms;
    lint(Part::EmailBody, "<p>warm</p>", Language::English, &sms).unwrap();
    what_would_take_all_memory_or_time();
    what_is_deep_or_long();
    what_would_reach_out_of_its_place();
    what_no_subject_and_no_sms_may_be();
}

fn what_would_take_all_memory_or_time() {
    refused(
        "<p>a</p>\n{{ 'x'|indent(18446744073709551615) }}",
        "line 2: there is no filter indent",
    );
    refused("{{ 'x'|indent(10**12) }}", "line 1: ");
    refused(
        "{{ 'x'|indent(1000000000000) }}",
        "there is no filter indent",
    );
    refused("{{ '%999999999d'|format(1) }}", "there is no filter format");
    refused("{{ 'a'*99999999 }}", "arithmetic cannot be used");
    refused(
        "{{ 'a' * 99999999 * 99999999 }}",
        "arithmetic cannot be used",
    );
    refused("{{ [1]*4000000000 }}", "cannot be used");
    refused("{{ '%s' % 1 }}", "arithmetic cannot be used");
    refused("{{ 2**999999 }}", "arithmetic cannot be used");
    refused("{{ 'a' ~ 'b' }}", "the operator ~ cannot be used");
    refused("{{ range(999999999) }}", "calls cannot be used");
    refused(
        "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}",
        "line 1: loops cannot be used",
    );
    refused(
        "a\n{% from 'x' import y %}",
        "line 2: macros, blocks, includes",
    );
    refused(
        "<p>\n\n{% for a in meeting.title %}x{% endfor %}</p>",
        "line 3: loops cannot be used",
    );
    refused(
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "line 1: macros, blocks, includes and imports cannot be used",
    );
    refused("{% set x = 'a' %}{{ x }}", "{% set %} cannot be used");
    refused(
        "{% with x = 'a' %}{{ x }}{% endwith %}",
        "{% with %} cannot be used",
    );
    refused(
        "{% filter upper %}a{% endfilter %}",
        "{% filter %} cannot be used",
    );
    refused(
        "{% include 'x' %}",
        "line 1: macros, blocks, includes and imports cannot be used",
    );
    refused(
        "{% import 'x' as y %}",
        "line 1: macros, blocks, includes and imports cannot be used",
    );
    refused(
        "{% extends 'x' %}",
        "line 1: macros, blocks, includes and imports cannot be used",
    );
    refused(
        "{% block x %}{% endblock %}",
        "line 1: macros, blocks, includes and imports cannot be used",
    );
    refused(
        "{{ meeting.title.__class__ }}",
        "there is no variable meeting.title.__class__",
    );
    refused("{{ meeting['title'] }}", "square brackets cannot be used");
    refused("{{ self }}", "there is no variable self");
    refused("{{ meting.title }}", "Did you mean meeting.title?");
}

fn what_is_deep_or_long() {
    let nest = |open: &str, middle: &str, close: &str, depth: usize| {
        format!("{}{middle}{}", open.repeat(depth), close.repeat(depth))
    };
    refused(&"{{".repeat(25_000), "words and signs within one");
    refused(&"{{ link }}".repeat(600), "more than 500 {{ }}");
    refused(
        &nest("{% if link %}", "x", "{% endif %}", 60),
        "more than 100 {% %}",
    );
    refused(
        &nest("{% if link %}", "x", "{% endif %}", 1_900),
        "more than 100 {% %}",
    );
    refused(
        &nest("<div>", "x", "</div>", 60),
        "nested more than 50 deep",
    );
    refused(
        &nest("<div>", "x", "</div>", 4_000),
        "nested more than 50 deep",
    );
    refused(
        &nest("<table><tr><td>", "x", "</td></tr></table>", 1_400),
        "nested more than 50 deep",
    );
    refused(
        &format!("{{{{ {}link{} }}}}", "(".repeat(20_000), ")".repeat(20_000)),
        "words and signs within one",
    );
    refused(
        &format!("{{{{ {}link }}}}", "not ".repeat(10_000)),
        "words and signs within one",
    );
    refused(
        &format!("{{{{ a{} }}}}", ".b".repeat(20_000)),
        "words and signs within one",
    );
    refused(
        &format!("{{{{ link{} }}}}", "|upper".repeat(8_000)),
        "more than 4 filters",
    );
    refused(
        &format!("{{{{ 'x'{} }}}}", "|default('y')".repeat(5)),
        "more than 4 filters",
    );
    let defaults = format!(
        "{{{{ {}'z'{} }}}}",
        "'x'|default(".repeat(3_000),
        ")".repeat(3_000)
    );
    refused(&defaults, "line 1: ");
    refused(&"x".repeat(50_001), "longer than 50000 bytes");
    refused(
        &format!("{{{{ '{}' }}}}", "x".repeat(60_000)),
        "longer than 50000 bytes",
    );
    refused(&"{# ".repeat(10_000), "unexpected end of comment");
    refused(&"{% raw %}".repeat(5_000), "unexpected end of raw block");
    refused(
        &"&amp;{{ meeting.description }}<br>".repeat(1_200),
        "more than 500 {{ }}",
    );
}

fn what_would_reach_out_of_its_place() {
    refused(
        "<p>a</p>\n<script>x</script>",
        "line 2: the tag <script> cannot be used",
    );
    refused(
        "{% autoescape false %}{{ attendee.name }}{% endautoescape %}",
        "{% autoescape %} cannot be used",
    );
    refused("{{ attendee.name|safe }}", "there is no filter safe");
    refused(
        "<a href=\"javascript:alert(1)\">x</a>",
        "is not an absolute address",
    );
    refused(
        "<a href=\"{{ meeting.title }}\">x</a>",
        "is not an absolute address",
    );
    refused(
        "<p style=\"background:url(https://x.example)\">x</p>",
        "the attribute style",
    );
    refused("<p {{ attendee.name }}>x</p>", "line 1: ");
    refused("</td></tr></table>", "closes nothing");
    refused(
        "<!-- [if mso]>x<![endif] -->",
        "HTML comments cannot be used",
    );
}

fn what_no_subject_and_no_sms_may_be() {
    for (part, text, words) in [
        (
            Part::Subject,
            "{{ x }}".repeat(200),
            "longer than 1000 bytes",
        ),
        (
            Part::Subject,
            "{{ meeting.location }}".to_owned(),
            "comes out empty",
        ),
        (Part::Subject, String::new(), "comes out empty"),
        (Part::Sms, " \n".to_owned(), "comes out empty"),
        (Part::Sms, "x".repeat(1_500), "the settings allow 4"),
        (Part::Sms, "👍".repeat(300), "the settings allow 4"),
        (Part::Sms, "x".repeat(5_000), "longer than 4000 bytes"),
    ] {
        let error = check(part, &text).expect_err("is refused").to_string();
        assert!(error.contains(words), "{part}: {error}");
    }
    // Of the language and harmless: it comes out as it stands.
    for text in [
        "100 % {sure}",
        "{{ '{{ x }}' }}",
        "{% if link %}{% endif %}x",
        "{{- link -}} x",
    ] {
        assert_eq!(check(Part::Subject, text), Ok(()), "{text}");
    }
}
