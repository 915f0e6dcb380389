//! English.

use super::{Buttons, CalendarRemoval, Changes, Labels, Places, Replies, Sms, Words, count};
use crate::{meeting::BookingStatus, values::answer::Answer};

pub(super) const WORDS: Words = Words {
    labels: Labels {
        colon: ":",
        when: "When",
        place: "Where",
        map: "Map",
        video: "Video",
        join: "Join the video call",
        contact: "Your contact",
        organizer: "Contact",
        details: "Details",
        before: "Before",
        cancelled: "Cancelled",
        stop_reminders: "Stop reminder emails",
    },
    places: Places {
        video_call: "Video call",
        phone_call: "Phone call",
        our_office: "Our office",
        your_home: "Your home",
        jobsite: "The jobsite",
    },
    hours: |n| count(n, "hour", "hours"),
    minutes: |n| count(n, "minute", "minutes"),
    clock: "",
    moment: |date, time| format!("{date} at {time}"),
    changes: Changes {
        when: |now, before| format!("It is now on {now} (was {before})."),
        duration: |now, before| format!("It now takes {now} (was {before})."),
        place: |now, before| format!("New location: {now} (was {before})."),
        place_set: |now| format!("New location: {now}."),
        place_gone: |before| format!("It is no longer at this location: {before}."),
        video: "There is a new link for the video call.",
        video_set: "There is now a link for the video call.",
        video_gone: "There is no link for a video call any more.",
    },
    status: BookingStatus::label,
    buttons: Buttons {
        accept: "Accept",
        decline: "Decline",
        reschedule: "Reschedule",
        view_details: "View details",
        add_to_calendar: "Add to calendar",
    },
    sms: Sms {
        details: "Details",
        respond: "Details & respond",
        reply: "Reply",
        offer: |word, answer| format!("{word} to {}", deed(answer)),
    },
    calendar_removal: CalendarRemoval {
        subject: "This appointment is no longer for this email address",
        body: "We told this address of an appointment. It is no longer meant for this address: messages about it go elsewhere. If it is in your calendar, the attached file takes it out. You need do nothing else.",
        entry: "Appointment",
    },
    replies: Replies {
        confirmed_at: |about, place| {
            format!("Confirmed! We'll see you at {place} on {}.", about.moment)
        },
        confirmed: |about| format!("Confirmed: {} on {}.", about.title, about.moment),
        reschedule: |about| {
            format!(
                "Noted: you need another time than {} for {}. We will get back to you.",
                about.moment, about.title
            )
        },
        declined: |about| format!("Noted: you declined {} on {}.", about.title, about.moment),
        moved: |about, changes| {
            let (title, moment) = (about.title, about.moment);
            let news = match changes {
                "" => format!("{title} on {moment} has changed since."),
                changes => format!("This has changed: {title}. {changes}"),
            };
            format!("{news} Your answer was for the old details, so it was not taken.")
        },
        not_understood: |about| {
            format!(
                "We could not read your answer about {} on {}.",
                about.title, about.moment
            )
        },
        overtaken: |about, answer| {
            format!(
                "Your later answer stands for {} on {}: you {}.",
                about.title,
                about.moment,
                answer.past_tense()
            )
        },
        cancelled: |about| {
            format!(
                "{} on {} has been cancelled, so your answer was not taken.",
                about.title, about.moment
            )
        },
        perhaps_cancelled: |about| {
            format!(
                "{} on {} may have been cancelled, so your answer was not taken.",
                about.title, about.moment
            )
        },
        started: |about| {
            format!(
                "{} on {} has already started, so your answer was not taken.",
                about.title, about.moment
            )
        },
        archived: |about| {
            format!(
                "{} on {} is no longer open for answers, so your answer was not taken.",
                about.title, about.moment
            )
        },
        cut_off: |about| {
            format!(
                "{} on {} starts soon, so answers are closed and yours was not taken.",
                about.title, about.moment
            )
        },
        questions: |phone| format!("Questions? Call {phone}."),
        which_one: |options| format!("Which one? Reply {}.", options.join(", or ")),
        option: |word, answer, about, whose| {
            let whose = whose.map(|name| format!(" for {name}")).unwrap_or_default();
            let (title, moment) = (about.title, about.moment);
            format!("{word} to {} {title}{whose} on {moment}", deed(answer))
        },
        too_many: "You have several open appointments, and we cannot tell which one you mean. Nothing was changed: please use the link in the message you want to answer.",
    },
};

fn deed(answer: Answer) -> &'static str {
    match answer {
        Answer::Accept => "confirm",
        Answer::Reschedule => "reschedule",
        Answer::Decline => "decline",
    }
}
