//! What the console calls the things that the domain knows, and the choices that its
//! forms offer: taken from the domain, so that nothing can be added there and be missing
//! in a form.

use std::sync::LazyLock;

use minijinja::{
    Environment,
    value::{Serde, Value},
};
use strum::VariantArray;
use usher_domain::{
    channel::{Channel, Preference},
    kind::{MessageKind, NotificationType},
    language::Language,
    location::LocationKind,
    notification::StatusFilter,
    template::{ChannelMode, MeetingType},
};

/// A choice: its value in a document, and what it is called.
type Choice = (String, String);

/// The question before something is sent.
pub fn question(kind: NotificationType) -> &'static str {
    kind.rules().question
}

/// What the button is called that sends it, wherever it stands.
pub fn action_label(kind: NotificationType) -> &'static str {
    kind.rules().button
}

fn choices<T: VariantArray + Copy + Into<&'static str>>(
    label: impl Fn(T) -> &'static str,
) -> Vec<Choice> {
    let choice = |&each: &T| (each.into().to_owned(), label(each).to_owned());
    T::VARIANTS.iter().map(choice).collect()
}

/// Every list of choices, by the name that the templates know it by: made once, and asked
/// for each row of a page.
static LISTS: LazyLock<[(&str, Vec<Choice>); 9]> = LazyLock::new(lists);

fn lists() -> [(&'static str, Vec<Choice>); 9] {
    let channel = |channel| match channel {
        Channel::Email => "Email",
        Channel::Sms => "SMS",
    };
    [
        ("notification_types", choices(NotificationType::label)),
        ("message_kinds", choices(MessageKind::label)),
        ("statuses", choices(StatusFilter::label)),
        ("channels", choices(channel)),
        ("meeting_types", choices(MeetingType::label)),
        ("location_kinds", choices(LocationKind::label)),
        ("channel_modes", choices(ChannelMode::label)),
        ("preferences", choices(Preference::label)),
        ("languages", choices(Language::name)),
    ]
}

/// Gives the templates the choices, and filters that say what a type of message, and
/// what any value of a list, is called.
pub(crate) fn add_to(environment: &mut Environment<'_>) {
    for (name, choices) in LISTS.iter() {
        environment.add_global(*name, Value::from(Serde(choices)));
    }
    environment.add_filter("kind", |value: &str| called(value, "message_kinds"));
    environment.add_filter("called", called);
}

/// What a value of a list is called; itself where the list does not have it.
fn called(value: &str, list: &str) -> String {
    let named = LISTS.iter().find(|(name, _)| *name == list);
    let found = named.and_then(|(_, list)| list.iter().find(|(known, _)| known == value));
    found.map_or_else(|| value.to_owned(), |(_, label)| label.clone())
}
