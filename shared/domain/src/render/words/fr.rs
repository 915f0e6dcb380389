//! French.

use super::{Buttons, CalendarRemoval, Changes, Labels, Places, Replies, Sms, Words, count};
use crate::{meeting::BookingStatus, values::answer::Answer};

pub(super) const WORDS: Words = Words {
    labels: Labels {
        colon: "\u{a0}:",
        when: "Quand",
        place: "Où",
        map: "Plan",
        video: "Vidéo",
        join: "Rejoindre la visioconférence",
        contact: "Votre contact",
        organizer: "Contact",
        details: "Détails",
        before: "Avant",
        cancelled: "Annulé",
        stop_reminders: "Ne plus recevoir de rappels par e-mail",
    },
    places: Places {
        video_call: "Visioconférence",
        phone_call: "Appel téléphonique",
        our_office: "Nos bureaux",
        your_home: "À votre domicile",
        jobsite: "Le chantier",
    },
    hours: |n| count(n, "heure", "heures"),
    minutes: |n| count(n, "minute", "minutes"),
    clock: "",
    moment: |date, time| format!("{date} à {time}"),
    changes: Changes {
        when: |now, before| format!("Il a maintenant lieu le {now} (avant : {before})."),
        duration: |now, before| format!("Il dure maintenant {now} (avant : {before})."),
        place: |now, before| format!("Nouveau lieu : {now} (avant : {before})."),
        place_set: |now| format!("Nouveau lieu : {now}."),
        place_gone: |before| format!("Il n'a plus lieu à cet endroit : {before}."),
        video: "Le lien de la visioconférence est nouveau.",
        video_set: "Il y a maintenant un lien pour la visioconférence.",
        video_gone: "Il n'y a plus de lien pour une visioconférence.",
    },
    status: |status| match status {
        BookingStatus::Draft => "Brouillon",
        BookingStatus::Booked => "Réservé",
        BookingStatus::Invited => "À confirmer",
        BookingStatus::Confirmed => "Confirmé",
        BookingStatus::Declined => "Refusé",
        BookingStatus::RescheduleRequested => "Autre horaire demandé",
        BookingStatus::Cancelled => "Annulé",
    },
    buttons: Buttons {
        accept: "Accepter",
        decline: "Refuser",
        reschedule: "Reporter",
        view_details: "Voir les détails",
        add_to_calendar: "Ajouter au calendrier",
    },
    sms: Sms {
        details: "Détails",
        respond: "Détails et réponse",
        reply: "Répondez",
        offer: |word, answer| format!("{word} pour {}", deed(answer)),
    },
    calendar_removal: CalendarRemoval {
        subject: "Ce rendez-vous ne concerne plus cette adresse e-mail",
        body: "Nous avions annoncé un rendez-vous à cette adresse. Il ne lui est plus destiné : les messages à son sujet sont envoyés ailleurs. S'il figure dans votre agenda, le fichier joint l'en retire. Vous n'avez rien d'autre à faire.",
        entry: "Rendez-vous",
    },
    replies: Replies {
        confirmed_at: |about, place| {
            format!("Confirmé ! Rendez-vous le {} : {place}.", about.moment)
        },
        confirmed: |about| format!("Confirmé : {}, le {}.", about.title, about.moment),
        reschedule: |about| {
            format!(
                "C'est noté : il vous faut un autre horaire pour {} (le {}). Nous vous recontacterons.",
                about.title, about.moment
            )
        },
        declined: |about| {
            format!(
                "C'est noté : vous avez refusé {} (le {}).",
                about.title, about.moment
            )
        },
        moved: |about, changes| {
            let (title, moment) = (about.title, about.moment);
            let news = match changes {
                "" => format!("{title} (le {moment}) a changé depuis."),
                changes => format!("Ce rendez-vous a changé : {title}. {changes}"),
            };
            format!(
                "{news} Votre réponse portait sur l'ancien rendez-vous et n'a pas été prise en compte."
            )
        },
        not_understood: |about| {
            format!(
                "Nous n'avons pas pu lire votre réponse pour {} (le {}).",
                about.title, about.moment
            )
        },
        overtaken: |about, answer| {
            let did = match answer {
                Answer::Accept => "vous avez accepté",
                Answer::Decline => "vous avez refusé",
                Answer::Reschedule => "vous avez demandé un autre horaire",
            };
            format!(
                "Pour {} (le {}), c'est votre réponse suivante qui compte : {did}.",
                about.title, about.moment
            )
        },
        cancelled: |about| {
            format!(
                "{} (le {}) est annulé ; votre réponse n'a pas été prise en compte.",
                about.title, about.moment
            )
        },
        perhaps_cancelled: |about| {
            format!(
                "{} (le {}) est peut-être annulé ; votre réponse n'a pas été prise en compte.",
                about.title, about.moment
            )
        },
        started: |about| {
            format!(
                "{} (le {}) a déjà commencé ; votre réponse n'a pas été prise en compte.",
                about.title, about.moment
            )
        },
        archived: |about| {
            format!(
                "{} (le {}) n'attend plus de réponse ; la vôtre n'a pas été prise en compte.",
                about.title, about.moment
            )
        },
        cut_off: |about| {
            format!(
                "{} (le {}) commence bientôt et n'attend plus de réponse ; la vôtre n'a pas été prise en compte.",
                about.title, about.moment
            )
        },
        questions: |phone| format!("Des questions ? Appelez le {phone}."),
        which_one: |options| format!("Lequel ? Répondez {}.", options.join(", ou ")),
        option: |word, answer, about, whose| {
            let whose = whose.map(|name| format!(" de {name}")).unwrap_or_default();
            let (title, moment) = (about.title, about.moment);
            format!("{word} pour {} {title}{whose} (le {moment})", deed(answer))
        },
        too_many: "Vous avez plusieurs rendez-vous en attente et nous ne savons pas duquel il s'agit. Rien n'a été modifié : utilisez le lien du message auquel vous voulez répondre.",
    },
};

fn deed(answer: Answer) -> &'static str {
    match answer {
        Answer::Accept => "confirmer",
        Answer::Reschedule => "reporter",
        Answer::Decline => "refuser",
    }
}
