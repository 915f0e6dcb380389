//! The buttons of an email.

use serde::Serialize;

use crate::{
    render::{Links, words::Words},
    template::Buttons,
    values::answer::Answer,
};

/// One button, a plain link.
#[derive(Serialize)]
pub(super) struct Button {
    pub(super) label: &'static str,
    pub(super) url: String,
    look: Look,
    /// Whether it begins a row: what is not an answer stands apart.
    starts_row: bool,
}

/// How much a button asks for attention, as on the landing page.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Look {
    /// Filled: the one thing that the message is about.
    Prominent,
    /// With a border: what one may do instead.
    Quiet,
    /// No more than a link: what only shows.
    Plain,
}

/// The buttons of a message, the answers first.
pub(super) fn buttons(buttons: Buttons, words: &Words, links: &Links) -> Vec<Button> {
    let labels = &words.buttons;
    let answers = [
        (buttons.accept, labels.accept, Answer::Accept),
        (buttons.decline, labels.decline, Answer::Decline),
        (buttons.reschedule, labels.reschedule, Answer::Reschedule),
    ];
    let answers = answers.map(|(shown, label, answer)| (shown, label, links.answer(answer)));
    let others = [
        (buttons.view_details, labels.view_details, links.landing()),
        (
            buttons.add_to_calendar,
            labels.add_to_calendar,
            links.calendar(),
        ),
    ];
    let first_stands_out: fn(usize) -> Look = |at| match at {
        0 => Look::Prominent,
        _ => Look::Quiet,
    };
    let others = if buttons.ask() {
        row(others, |_| Look::Plain)
    } else {
        row(others, first_stands_out)
    };
    row(answers, first_stands_out).chain(others).collect()
}

/// Those of a row that are shown, as what stands at their places looks.
fn row<const N: usize>(
    all: [(bool, &'static str, String); N],
    looks: fn(usize) -> Look,
) -> impl Iterator<Item = Button> {
    let shown = all.into_iter().filter(|(shown, ..)| *shown).enumerate();
    shown.map(move |(at, (_, label, url))| Button {
        label,
        url,
        look: looks(at),
        starts_row: at == 0,
    })
}
