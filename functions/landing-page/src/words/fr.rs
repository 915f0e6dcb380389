//! French. The spaces before `:`, `!` and `?` do not break.

use usher_domain::{answer::Answer, respond::Closed, text::TextError};

use super::{AnswerWords, Choices, Labels, Messages, Notices, Reminders, Tabs, Words};

pub(super) const WORDS: Words = Words {
    labels: Labels {
        language: "fr",
        date: "Date",
        time: "Heure",
        to: "à",
        duration: "Durée",
        location: "Lieu",
        map: "Voir sur un plan",
        video: "Vidéo",
        join: "Rejoindre la visioconférence",
        contact: "Contact",
        before: "Avant\u{a0}:",
        about: "À propos de ce rendez-vous",
        calendar: "Ajouter à votre calendrier",
        calendar_file: "Fichier ICS",
        questions: "Des questions\u{a0}?",
        or: "ou",
        send_again: "Envoyer à nouveau",
        reach_us: "Vous pouvez aussi nous joindre directement\u{a0}:",
        reply_instead: "Vous pouvez aussi répondre au message qui vous a conduit ici.",
    },
    when: |date, time, zone| format!("{date} à {time} {zone}"),
    tabs: Tabs {
        answered: "Merci",
        moved: "Veuillez répondre à nouveau",
        too_late: "Trop tard",
        unclear: "Veuillez vérifier votre réponse",
        refused: "Votre réponse n’a pas été prise en compte",
    },
    choices: Choices {
        heading: "Votre réponse",
        heading_again: "Changer votre réponse",
        until_the_start: "Vous pouvez changer votre réponse jusqu’au début du rendez-vous.",
        until: |when| format!("Vous pouvez changer votre réponse jusqu’au {when}."),
        answer: |answer| match answer {
            Answer::Accept => AnswerWords {
                label: "Accepter",
                question: "Accepter ce rendez-vous\u{a0}?",
                invitation: "",
            },
            Answer::Decline => AnswerWords {
                label: "Refuser",
                question: "Refuser ce rendez-vous\u{a0}?",
                invitation: "Refuser en donnant un motif",
            },
            Answer::Reschedule => AnswerWords {
                label: "Reporter",
                question: "Demander un autre horaire\u{a0}?",
                invitation: "Proposer d’autres horaires",
            },
        },
        confirm: "Appuyez sur le bouton pour confirmer\u{a0}: rien n’a encore été envoyé.",
        confirm_change: "Appuyez sur le bouton pour changer votre réponse\u{a0}: d’ici là, la précédente reste valable.",
        send: "Appuyez sur le bouton pour envoyer votre réponse.",
        reason: "Votre motif (facultatif)",
        times: "Horaires qui vous conviennent (facultatif)",
        times_hint: "Par exemple\u{a0}: mardi après-midi, ou tous les jours après 17 h.",
        comment: "Commentaire (facultatif)",
    },
    notices: Notices {
        stands: |answer| match answer {
            Answer::Accept => "Vous avez accepté ce rendez-vous.",
            Answer::Decline => "Vous avez refusé ce rendez-vous.",
            Answer::Reschedule => "Vous avez demandé un autre horaire. Nous vous recontacterons.",
        },
        thanks: |answer, title, when| match answer {
            Answer::Accept => [
                "Merci. À bientôt\u{a0}!".to_owned(),
                format!("Vous avez accepté «\u{a0}{title}\u{a0}», le {when}."),
            ],
            Answer::Decline => [
                "Merci de nous avoir prévenus.".to_owned(),
                format!("Vous avez refusé «\u{a0}{title}\u{a0}», le {when}."),
            ],
            Answer::Reschedule => [
                "Merci. Nous vous recontacterons.".to_owned(),
                format!(
                    "Vous avez demandé un autre horaire pour «\u{a0}{title}\u{a0}», prévu le {when}."
                ),
            ],
        },
        moved: |when, changes| {
            [
                "Ce rendez-vous a changé, votre réponse ne compte donc pas.".to_owned(),
                match changes {
                    "" => format!("Il a lieu le {when}. Veuillez répondre à nouveau."),
                    changes => format!("{changes} Veuillez répondre à nouveau."),
                },
            ]
        },
        too_late: "Votre réponse est arrivée trop tard et ne compte pas.",
        not_sent: "Votre réponse n’a pas encore été envoyée.",
        press_a_button: "Veuillez appuyer sur l’un des boutons de cette page.",
        bad_times: |error| format!("Le texte sur les horaires {}.", flaw(error)),
        bad_reason: |error| format!("Le texte que vous avez écrit {}.", flaw(error)),
        bad_text: |error| format!("Ce texte {}.", flaw(error)),
        not_taken: "Votre réponse n’a pas été prise en compte.",
        overtaken: "Vous avez répondu depuis, et c’est cette dernière réponse qui compte.",
        not_offered: "Le message contenant ce lien ne demandait pas cette réponse.",
        too_many_answers: "Cette réponse a été changée trop souvent. Veuillez nous appeler.",
        closed: |closed| match closed {
            Closed::Cancelled => "Ce rendez-vous a été annulé.",
            Closed::PerhapsCancelled => {
                "Ce rendez-vous a peut-être été annulé. Appelez-nous pour en être sûr."
            }
            Closed::Archived => "Ce rendez-vous n’attend plus de réponse.",
            Closed::Started => "Ce rendez-vous a déjà commencé.",
            Closed::CutOff => "Ce rendez-vous commence bientôt et n’attend plus de réponse.",
        },
        answered_before: |answer| match answer {
            Answer::Accept => "Vous aviez accepté avant que ce rendez-vous ne change.",
            Answer::Decline => "Vous aviez refusé avant que ce rendez-vous ne change.",
            Answer::Reschedule => {
                "Vous aviez demandé un autre horaire avant que ce rendez-vous ne change."
            }
        },
        answer_again: "Veuillez répondre à nouveau à ce que vous voyez ci-dessous.",
        changed_since: [
            "Ce rendez-vous a changé depuis notre dernier message.",
            "Vous voyez ci-dessous ce qu’il en est maintenant.",
        ],
        not_answered: "Vous n’avez pas encore répondu.",
    },
    messages: Messages {
        no_such_link: [
            "Ce lien n’ouvre aucun rendez-vous",
            "Il est peut-être incomplet, ou le rendez-vous est passé. Veuillez ouvrir le lien de notre dernier message.",
        ],
        cross_origin: [
            "Votre réponse n’a pas été envoyée",
            "Elle venait d’un autre site. Veuillez ouvrir le lien de notre message et y répondre.",
        ],
        too_large: [
            "C’est trop long",
            "Votre réponse n’a pas été envoyée. Veuillez revenir en arrière et raccourcir votre texte.",
        ],
        not_a_form: [
            "Votre réponse n’a pas été envoyée",
            "Elle n’est pas arrivée comme un formulaire. Veuillez ouvrir le lien de notre message et y répondre.",
        ],
        trouble: [
            "Une erreur s’est produite",
            "L’erreur vient de nous. Veuillez réessayer dans une minute.",
        ],
        trouble_unsent: "L’erreur vient de nous, et votre réponse ne nous est peut-être pas parvenue. Veuillez l’envoyer à nouveau dans une minute.",
    },
    reminders: Reminders {
        heading: "Rappels par e-mail",
        address: "Pour l’adresse",
        wanted: "Nous vous rappelons vos rendez-vous par e-mail. Appuyez sur le bouton si vous ne le souhaitez pas.",
        stop: "Ne plus recevoir de rappels",
        stopped: "Vous ne recevrez plus de rappels par e-mail.",
        resume: "Recevoir à nouveau les rappels",
        others: "Nous vous préviendrons toujours quand un rendez-vous est réservé, modifié ou annulé.",
    },
};

fn flaw(error: &TextError) -> String {
    match error {
        TextError::Empty => "ne doit pas être vide".to_owned(),
        TextError::TooLong { max, actual } => {
            format!("peut avoir au plus {max} caractères, il en a {actual}")
        }
        TextError::Control { .. } => "ne doit pas contenir de caractères de contrôle".to_owned(),
    }
}
