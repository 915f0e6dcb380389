//! German.

use super::{Buttons, CalendarRemoval, Changes, Labels, Places, Replies, Sms, Words, count};
use crate::{meeting::BookingStatus, values::answer::Answer};

pub(super) const WORDS: Words = Words {
    labels: Labels {
        colon: ":",
        when: "Wann",
        place: "Wo",
        map: "Karte",
        video: "Video",
        join: "An der Videokonferenz teilnehmen",
        contact: "Ihr Kontakt",
        organizer: "Kontakt",
        details: "Details",
        before: "Bisher",
        cancelled: "Abgesagt",
        stop_reminders: "Keine Erinnerungen mehr per E-Mail",
    },
    places: Places {
        video_call: "Videokonferenz",
        phone_call: "Telefonat",
        our_office: "Unser Büro",
        your_home: "Bei Ihnen zu Hause",
        jobsite: "Die Baustelle",
    },
    hours: |n| count(n, "Stunde", "Stunden"),
    minutes: |n| count(n, "Minute", "Minuten"),
    clock: "Uhr",
    moment: |date, time| format!("{date} um {time} Uhr"),
    changes: Changes {
        when: |now, before| format!("Er ist jetzt am {now} (bisher {before})."),
        duration: |now, before| format!("Er dauert jetzt {now} (bisher {before})."),
        place: |now, before| format!("Neuer Ort: {now} (bisher {before})."),
        place_set: |now| format!("Neuer Ort: {now}."),
        place_gone: |before| format!("Dieser Ort gilt nicht mehr: {before}."),
        video: "Der Link zur Videokonferenz ist neu.",
        video_set: "Es gibt jetzt einen Link zur Videokonferenz.",
        video_gone: "Es gibt keinen Link zur Videokonferenz mehr.",
    },
    status: |status| match status {
        BookingStatus::Draft => "Entwurf",
        BookingStatus::Booked => "Gebucht",
        BookingStatus::Invited => "Eingeladen",
        BookingStatus::Confirmed => "Bestätigt",
        BookingStatus::Declined => "Abgelehnt",
        BookingStatus::RescheduleRequested => "Anderer Termin gewünscht",
        BookingStatus::Cancelled => "Abgesagt",
    },
    buttons: Buttons {
        accept: "Zusagen",
        decline: "Absagen",
        reschedule: "Verschieben",
        view_details: "Details ansehen",
        add_to_calendar: "In den Kalender",
    },
    sms: Sms {
        details: "Details",
        respond: "Details & Antwort",
        reply: "Antworten Sie",
        offer: |word, answer| format!("{word} zum {}", deed(answer)),
    },
    calendar_removal: CalendarRemoval {
        subject: "Dieser Termin gilt nicht mehr für diese E-Mail-Adresse",
        body: "Wir haben dieser Adresse einen Termin mitgeteilt. Er ist nicht mehr für diese Adresse bestimmt: Nachrichten dazu gehen an eine andere. Steht er in Ihrem Kalender, nimmt ihn die angehängte Datei heraus. Sonst brauchen Sie nichts zu tun.",
        entry: "Termin",
    },
    replies: Replies {
        confirmed_at: |about, place| {
            format!("Zugesagt! Wir sehen uns am {}: {place}.", about.moment)
        },
        confirmed: |about| format!("Zugesagt: {} am {}.", about.title, about.moment),
        reschedule: |about| {
            format!(
                "Notiert: {} am {} passt Ihnen nicht. Wir melden uns mit einem anderen Termin.",
                about.title, about.moment
            )
        },
        declined: |about| {
            format!(
                "Notiert: {} am {} haben Sie abgesagt.",
                about.title, about.moment
            )
        },
        moved: |about, changes| {
            let (title, moment) = (about.title, about.moment);
            let news = match changes {
                "" => format!("{title} am {moment} hat sich inzwischen geändert."),
                changes => format!("Dieser Termin hat sich geändert: {title}. {changes}"),
            };
            format!("{news} Ihre Antwort galt dem alten Termin und zählt daher nicht.")
        },
        not_understood: |about| {
            format!(
                "Ihre Antwort zu {} am {} konnten wir nicht lesen.",
                about.title, about.moment
            )
        },
        overtaken: |about, answer| {
            let did = match answer {
                Answer::Accept => "zugesagt",
                Answer::Decline => "abgesagt",
                Answer::Reschedule => "um einen anderen Termin gebeten",
            };
            format!(
                "Für {} am {} gilt Ihre spätere Antwort: Sie haben {did}.",
                about.title, about.moment
            )
        },
        cancelled: |about| {
            format!(
                "{} am {} ist abgesagt. Ihre Antwort zählt daher nicht.",
                about.title, about.moment
            )
        },
        perhaps_cancelled: |about| {
            format!(
                "{} am {} ist vielleicht abgesagt. Ihre Antwort zählt daher nicht.",
                about.title, about.moment
            )
        },
        started: |about| {
            format!(
                "{} am {} hat schon begonnen. Ihre Antwort zählt daher nicht.",
                about.title, about.moment
            )
        },
        archived: |about| {
            format!(
                "Zu {} am {} sind keine Antworten mehr möglich. Ihre Antwort zählt daher nicht.",
                about.title, about.moment
            )
        },
        cut_off: |about| {
            format!(
                "{} am {} beginnt bald; Antworten sind nicht mehr möglich, und Ihre zählt daher nicht.",
                about.title, about.moment
            )
        },
        questions: |phone| format!("Fragen? Rufen Sie an: {phone}."),
        which_one: |options| format!("Welcher Termin? Antworten Sie {}.", options.join(" oder ")),
        option: |word, answer, about, whose| {
            let whose = whose.map(|name| format!(" für {name}")).unwrap_or_default();
            let (title, moment) = (about.title, about.moment);
            format!("{word} zum {}: {title}{whose} am {moment}", deed(answer))
        },
        too_many: "Sie haben mehrere offene Termine, und wir wissen nicht, welchen Sie meinen. Nichts wurde geändert: Bitte nutzen Sie den Link in der Nachricht, auf die Sie antworten möchten.",
    },
};

fn deed(answer: Answer) -> &'static str {
    match answer {
        Answer::Accept => "Zusagen",
        Answer::Reschedule => "Verschieben",
        Answer::Decline => "Absagen",
    }
}
