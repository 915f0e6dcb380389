//! German.

use usher_domain::{answer::Answer, respond::Closed, text::TextError};

use super::{AnswerWords, Choices, Labels, Messages, Notices, Reminders, Tabs, Words};

pub(super) const WORDS: Words = Words {
    labels: Labels {
        language: "de",
        date: "Datum",
        time: "Uhrzeit",
        to: "bis",
        duration: "Dauer",
        location: "Ort",
        map: "Auf der Karte zeigen",
        video: "Video",
        join: "An der Videokonferenz teilnehmen",
        contact: "Kontakt",
        before: "Bisher:",
        about: "Über diesen Termin",
        calendar: "In Ihren Kalender eintragen",
        calendar_file: "ICS-Datei",
        questions: "Fragen?",
        or: "oder",
        send_again: "Noch einmal senden",
        reach_us: "Sie erreichen uns auch direkt:",
        reply_instead: "Sie können auch auf die Nachricht antworten, die Sie hierher geführt hat.",
    },
    when: |date, time, zone| format!("{date} um {time} Uhr {zone}"),
    tabs: Tabs {
        answered: "Vielen Dank",
        moved: "Bitte antworten Sie noch einmal",
        too_late: "Zu spät",
        unclear: "Bitte prüfen Sie Ihre Antwort",
        refused: "Ihre Antwort zählt nicht",
    },
    choices: Choices {
        heading: "Ihre Antwort",
        heading_again: "Antwort ändern",
        until_the_start: "Sie können Ihre Antwort ändern, bis der Termin beginnt.",
        until: |when| format!("Sie können Ihre Antwort ändern bis {when}."),
        answer: |answer| match answer {
            Answer::Accept => AnswerWords {
                label: "Zusagen",
                question: "Diesen Termin zusagen?",
                invitation: "",
            },
            Answer::Decline => AnswerWords {
                label: "Absagen",
                question: "Diesen Termin absagen?",
                invitation: "Mit Begründung absagen",
            },
            Answer::Reschedule => AnswerWords {
                label: "Verschieben",
                question: "Um einen anderen Termin bitten?",
                invitation: "Andere Zeiten vorschlagen",
            },
        },
        confirm: "Bitte bestätigen Sie mit der Schaltfläche: Noch wurde nichts gesendet.",
        confirm_change: "Ändern Sie Ihre Antwort mit der Schaltfläche: Bis dahin gilt die obige.",
        send: "Senden Sie Ihre Antwort mit der Schaltfläche.",
        reason: "Ihr Grund (freiwillig)",
        times: "Zeiten, die Ihnen passen (freiwillig)",
        times_hint: "Zum Beispiel: Dienstagnachmittag oder jeden Tag nach 17 Uhr.",
        comment: "Anmerkung (freiwillig)",
    },
    notices: Notices {
        stands: |answer| match answer {
            Answer::Accept => "Sie haben diesen Termin zugesagt.",
            Answer::Decline => "Sie haben diesen Termin abgesagt.",
            Answer::Reschedule => {
                "Sie haben um einen anderen Termin gebeten. Wir melden uns bei Ihnen."
            }
        },
        thanks: |answer, title, when| match answer {
            Answer::Accept => [
                "Vielen Dank. Bis dann!".to_owned(),
                format!("Sie haben „{title}“ zugesagt: {when}."),
            ],
            Answer::Decline => [
                "Vielen Dank für Ihre Nachricht.".to_owned(),
                format!("Sie haben „{title}“ abgesagt: {when}."),
            ],
            Answer::Reschedule => [
                "Vielen Dank. Wir melden uns bei Ihnen.".to_owned(),
                format!(
                    "Sie haben um einen anderen Termin für „{title}“ gebeten; geplant ist {when}."
                ),
            ],
        },
        moved: |when, changes| {
            [
                "Dieser Termin hat sich geändert, Ihre Antwort zählt daher nicht.".to_owned(),
                match changes {
                    "" => format!("Er ist am {when}. Bitte antworten Sie noch einmal."),
                    changes => format!("{changes} Bitte antworten Sie noch einmal."),
                },
            ]
        },
        too_late: "Ihre Antwort kam zu spät und zählt nicht.",
        not_sent: "Ihre Antwort wurde noch nicht gesendet.",
        press_a_button: "Bitte drücken Sie eine der Schaltflächen auf dieser Seite.",
        bad_times: |error| format!("Der Text zu den Zeiten {}.", flaw(error)),
        bad_reason: |error| format!("Der Text, den Sie geschrieben haben, {}.", flaw(error)),
        bad_text: |error| format!("Dieser Text {}.", flaw(error)),
        not_taken: "Ihre Antwort wurde nicht angenommen.",
        overtaken: "Sie haben seitdem noch einmal geantwortet; diese spätere Antwort gilt.",
        not_offered: "Die Nachricht mit diesem Link hat nicht nach dieser Antwort gefragt.",
        too_many_answers: "Diese Antwort wurde zu oft geändert. Bitte rufen Sie uns an.",
        closed: |closed| match closed {
            Closed::Cancelled => "Dieser Termin wurde abgesagt.",
            Closed::PerhapsCancelled => {
                "Dieser Termin wurde vielleicht abgesagt. Bitte rufen Sie uns an, um sicher zu sein."
            }
            Closed::Archived => "Zu diesem Termin sind keine Antworten mehr möglich.",
            Closed::Started => "Dieser Termin hat schon begonnen.",
            Closed::CutOff => "Dieser Termin beginnt bald; Antworten sind nicht mehr möglich.",
        },
        answered_before: |answer| match answer {
            Answer::Accept => "Sie haben zugesagt, bevor sich dieser Termin geändert hat.",
            Answer::Decline => "Sie haben abgesagt, bevor sich dieser Termin geändert hat.",
            Answer::Reschedule => {
                "Sie haben um einen anderen Termin gebeten, bevor sich dieser geändert hat."
            }
        },
        answer_again: "Bitte antworten Sie noch einmal auf das, was unten steht.",
        changed_since: [
            "Dieser Termin hat sich seit unserer letzten Nachricht geändert.",
            "Unten sehen Sie, wie er jetzt ist.",
        ],
        not_answered: "Sie haben noch nicht geantwortet.",
    },
    messages: Messages {
        no_such_link: [
            "Dieser Link führt zu keinem Termin",
            "Er ist vielleicht unvollständig, oder der Termin ist vorbei. Bitte öffnen Sie den Link in unserer neuesten Nachricht an Sie.",
        ],
        cross_origin: [
            "Ihre Antwort wurde nicht gesendet",
            "Sie kam von einer anderen Website. Bitte öffnen Sie den Link in unserer Nachricht und antworten Sie dort.",
        ],
        too_large: [
            "Das ist zu lang",
            "Ihre Antwort wurde nicht gesendet. Bitte gehen Sie zurück und kürzen Sie Ihren Text.",
        ],
        not_a_form: [
            "Ihre Antwort wurde nicht gesendet",
            "Sie kam nicht als Formular an. Bitte öffnen Sie den Link in unserer Nachricht und antworten Sie dort.",
        ],
        trouble: [
            "Etwas ist schiefgegangen",
            "Der Fehler liegt bei uns. Bitte versuchen Sie es in einer Minute noch einmal.",
        ],
        trouble_unsent: "Der Fehler liegt bei uns, und Ihre Antwort hat uns vielleicht nicht erreicht. Bitte senden Sie sie in einer Minute noch einmal.",
    },
    reminders: Reminders {
        heading: "Erinnerungen per E-Mail",
        address: "Für die Adresse",
        wanted: "Wir erinnern Sie per E-Mail an Ihre Termine. Drücken Sie die Schaltfläche, wenn Sie das nicht möchten.",
        stop: "Keine Erinnerungen mehr",
        stopped: "Sie bekommen keine Erinnerungen per E-Mail mehr.",
        resume: "Wieder an Termine erinnern",
        others: "Wir sagen Ihnen weiterhin, wenn ein Termin gebucht, geändert oder abgesagt wird.",
    },
};

fn flaw(error: &TextError) -> String {
    match error {
        TextError::Empty => "darf nicht leer sein".to_owned(),
        TextError::TooLong { max, actual } => {
            format!("darf höchstens {max} Zeichen haben, es sind {actual}")
        }
        TextError::Control { .. } => "darf keine Steuerzeichen enthalten".to_owned(),
    }
}
