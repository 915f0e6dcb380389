//! English.

use usher_domain::{answer::Answer, respond::Closed};

use super::{AnswerWords, Choices, Labels, Messages, Notices, Reminders, Tabs, Words};

pub(super) const WORDS: Words = Words {
    labels: Labels {
        language: "en",
        date: "Date",
        time: "Time",
        to: "to",
        duration: "Duration",
        location: "Location",
        map: "Show on a map",
        video: "Video",
        join: "Join the video call",
        contact: "Contact",
        before: "Before:",
        about: "About this meeting",
        calendar: "Add to your calendar",
        calendar_file: "ICS file",
        questions: "Questions?",
        or: "or",
        send_again: "Send again",
        reach_us: "You can also reach us directly:",
        reply_instead: "You can also reply to the message that brought you here.",
    },
    when: |date, time, zone| format!("{date} at {time} {zone}"),
    tabs: Tabs {
        answered: "Thank you",
        moved: "Please answer again",
        too_late: "Too late",
        unclear: "Please check your answer",
        refused: "Your answer was not taken",
    },
    choices: Choices {
        heading: "Your answer",
        heading_again: "Change your answer",
        until_the_start: "You can change your answer until the meeting starts.",
        until: |when| format!("You can change your answer until {when}."),
        answer: |answer| match answer {
            Answer::Accept => AnswerWords {
                label: "Accept",
                question: "Accept this meeting?",
                invitation: "",
            },
            Answer::Decline => AnswerWords {
                label: "Decline",
                question: "Decline this meeting?",
                invitation: "Decline with a reason",
            },
            Answer::Reschedule => AnswerWords {
                label: "Reschedule",
                question: "Ask for another time?",
                invitation: "Suggest other times",
            },
        },
        confirm: "Press the button to confirm: nothing has been sent yet.",
        confirm_change: "Press the button to change your answer: until then, the one above stands.",
        send: "Press the button to send your answer.",
        reason: "Your reason (optional)",
        times: "Times that suit you (optional)",
        times_hint: "For example: Tuesday afternoon, or any day after 5 PM.",
        comment: "Comment (optional)",
    },
    notices: Notices {
        stands: |answer| match answer {
            Answer::Accept => "You accepted this meeting.",
            Answer::Decline => "You declined this meeting.",
            Answer::Reschedule => "You asked for another time. We will get back to you.",
        },
        thanks: |answer, title, when| match answer {
            Answer::Accept => [
                "Thank you. See you then!".to_owned(),
                format!("You accepted “{title}” on {when}."),
            ],
            Answer::Decline => [
                "Thank you for telling us.".to_owned(),
                format!("You declined “{title}” on {when}."),
            ],
            Answer::Reschedule => [
                "Thank you. We will get back to you.".to_owned(),
                format!("You asked for another time for “{title}”, which is planned for {when}."),
            ],
        },
        moved: |when, changes| {
            [
                "This meeting has changed, so your answer does not count.".to_owned(),
                match changes {
                    "" => format!("It is on {when}. Please answer again."),
                    changes => format!("{changes} Please answer again."),
                },
            ]
        },
        too_late: "Your answer came too late and does not count.",
        not_sent: "Your answer has not been sent yet.",
        press_a_button: "Please press one of the buttons on this page.",
        bad_times: |error| format!("The text about times {error}."),
        bad_reason: |error| format!("The text you wrote {error}."),
        bad_text: |error| format!("This text {error}."),
        not_taken: "Your answer was not taken.",
        overtaken: "You have answered since, and that later answer stands.",
        not_offered: "The message this link came with did not ask for this answer.",
        too_many_answers: "This answer was changed too often. Please call us instead.",
        closed: Closed::reason,
        answered_before: |answer| match answer {
            Answer::Accept => "You accepted before this meeting changed.",
            Answer::Decline => "You declined before this meeting changed.",
            Answer::Reschedule => "You asked for another time before this meeting changed.",
        },
        answer_again: "Please answer again for what you see below.",
        changed_since: [
            "This meeting has changed since our last message.",
            "What you see below is how it is now.",
        ],
        not_answered: "You have not answered yet.",
    },
    messages: Messages {
        no_such_link: [
            "This link does not open a meeting",
            "It may be incomplete, or the meeting may be over. Please open the link in the newest message we sent you.",
        ],
        cross_origin: [
            "Your answer was not sent",
            "It came from another website. Please open the link in our message and answer there.",
        ],
        too_large: [
            "That is too long",
            "Your answer was not sent. Please go back and shorten what you wrote.",
        ],
        not_a_form: [
            "Your answer was not sent",
            "It did not arrive as a form. Please open the link in our message and answer there.",
        ],
        trouble: [
            "Something went wrong",
            "The fault is ours. Please try again in a minute.",
        ],
        trouble_unsent: "The fault is ours, and your answer may not have reached us. Please send it again in a minute.",
    },
    reminders: Reminders {
        heading: "Reminder emails",
        address: "For the address",
        wanted: "We remind you of coming meetings by email. Press the button if you do not want that.",
        stop: "Stop reminder emails",
        stopped: "You will get no more reminder emails.",
        resume: "Send me reminders again",
        others: "We still tell you when a meeting is booked, changed or cancelled.",
    },
};
