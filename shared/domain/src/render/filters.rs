//! The filters of the template language.

/// A filter, as who writes texts reads of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextFilter {
    /// What it is called.
    pub name: &'static str,
    /// How many arguments it takes.
    pub arguments: usize,
    /// What it does.
    pub does: &'static str,
    /// It in use.
    pub example: &'static str,
}

/// The filters there are, and no others.
pub const FILTERS: [TextFilter; 5] = [
    TextFilter {
        name: "upper",
        arguments: 0,
        does: "Writes it in capitals.",
        example: "{{ meeting.title|upper }}",
    },
    TextFilter {
        name: "lower",
        arguments: 0,
        does: "Writes it in small letters.",
        example: "{{ meeting.title|lower }}",
    },
    TextFilter {
        name: "title",
        arguments: 0,
        does: "Begins every word with a capital.",
        example: "{{ meeting.title|title }}",
    },
    TextFilter {
        name: "trim",
        arguments: 0,
        does: "Drops white space around it.",
        example: "{{ meeting.description|trim }}",
    },
    TextFilter {
        name: "default",
        arguments: 1,
        does: "Writes something else where there is nothing.",
        example: "{{ organizer.name|default('our team') }}",
    },
];
