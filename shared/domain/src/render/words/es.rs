//! Spanish.

use super::{Buttons, CalendarRemoval, Changes, Labels, Places, Replies, Sms, Words, count};
use crate::{meeting::BookingStatus, values::answer::Answer};

pub(super) const WORDS: Words = Words {
    labels: Labels {
        colon: ":",
        when: "Cuándo",
        place: "Dónde",
        map: "Mapa",
        video: "Vídeo",
        join: "Unirse a la videollamada",
        contact: "Su contacto",
        organizer: "Contacto",
        details: "Detalles",
        before: "Antes",
        cancelled: "Cancelada",
        stop_reminders: "No recibir más recordatorios por correo",
    },
    places: Places {
        video_call: "Videollamada",
        phone_call: "Llamada telefónica",
        our_office: "Nuestra oficina",
        your_home: "Su domicilio",
        jobsite: "La obra",
    },
    hours: |n| count(n, "hora", "horas"),
    minutes: |n| count(n, "minuto", "minutos"),
    clock: "",
    moment: |date, time| format!("{date}, {time}"),
    changes: Changes {
        when: |now, before| format!("Ahora es el {now} (antes: {before})."),
        duration: |now, before| format!("Ahora dura {now} (antes: {before})."),
        place: |now, before| format!("Nuevo lugar: {now} (antes: {before})."),
        place_set: |now| format!("Nuevo lugar: {now}."),
        place_gone: |before| format!("Ya no es en este lugar: {before}."),
        video: "El enlace de la videollamada es nuevo.",
        video_set: "Ahora hay un enlace para la videollamada.",
        video_gone: "Ya no hay enlace para una videollamada.",
    },
    status: |status| match status {
        BookingStatus::Draft => "Borrador",
        BookingStatus::Booked => "Reservada",
        BookingStatus::Invited => "Por confirmar",
        BookingStatus::Confirmed => "Confirmada",
        BookingStatus::Declined => "Rechazada",
        BookingStatus::RescheduleRequested => "Cambio de hora solicitado",
        BookingStatus::Cancelled => "Cancelada",
    },
    buttons: Buttons {
        accept: "Aceptar",
        decline: "Rechazar",
        reschedule: "Cambiar la hora",
        view_details: "Ver detalles",
        add_to_calendar: "Añadir al calendario",
    },
    sms: Sms {
        details: "Detalles",
        respond: "Detalles y respuesta",
        reply: "Responda",
        offer: |word, answer| format!("{word} para {}", deed(answer)),
    },
    calendar_removal: CalendarRemoval {
        subject: "Esta cita ya no corresponde a esta dirección de correo",
        body: "Avisamos de una cita a esta dirección. Ya no está destinada a ella: los mensajes sobre la cita se envían a otra. Si está en su calendario, el archivo adjunto la retira. No tiene que hacer nada más.",
        entry: "Cita",
    },
    replies: Replies {
        confirmed_at: |about, place| {
            format!("¡Confirmado! Nos vemos el {} en {place}.", about.moment)
        },
        confirmed: |about| format!("Confirmado: {}, {}.", about.title, about.moment),
        reschedule: |about| {
            format!(
                "Anotado: necesita otra hora para {} ({}). Nos pondremos en contacto con usted.",
                about.title, about.moment
            )
        },
        declined: |about| format!("Anotado: ha rechazado {} ({}).", about.title, about.moment),
        moved: |about, changes| {
            let (title, moment) = (about.title, about.moment);
            let news = match changes {
                "" => format!("{title} ({moment}) ha cambiado desde entonces."),
                changes => format!("Esta cita ha cambiado: {title}. {changes}"),
            };
            format!("{news} Su respuesta era para la cita anterior y no se ha tenido en cuenta.")
        },
        not_understood: |about| {
            format!(
                "No hemos podido leer su respuesta sobre {} ({}).",
                about.title, about.moment
            )
        },
        overtaken: |about, answer| {
            let did = match answer {
                Answer::Accept => "ha aceptado",
                Answer::Decline => "ha rechazado",
                Answer::Reschedule => "ha pedido otra hora",
            };
            format!(
                "Para {} ({}) vale su respuesta posterior: {did}.",
                about.title, about.moment
            )
        },
        cancelled: |about| {
            format!(
                "{} ({}) se ha cancelado; su respuesta no se ha tenido en cuenta.",
                about.title, about.moment
            )
        },
        perhaps_cancelled: |about| {
            format!(
                "{} ({}) puede haberse cancelado; su respuesta no se ha tenido en cuenta.",
                about.title, about.moment
            )
        },
        started: |about| {
            format!(
                "{} ({}) ya ha empezado; su respuesta no se ha tenido en cuenta.",
                about.title, about.moment
            )
        },
        archived: |about| {
            format!(
                "{} ({}) ya no admite respuestas; la suya no se ha tenido en cuenta.",
                about.title, about.moment
            )
        },
        cut_off: |about| {
            format!(
                "{} ({}) empieza pronto y ya no admite respuestas; la suya no se ha tenido en cuenta.",
                about.title, about.moment
            )
        },
        questions: |phone| format!("¿Preguntas? Llame al {phone}."),
        which_one: |options| format!("¿Cuál de ellas? Responda {}.", options.join(", o ")),
        option: |word, answer, about, whose| {
            let whose = whose.map(|name| format!(" de {name}")).unwrap_or_default();
            let (title, moment) = (about.title, about.moment);
            format!("{word} para {} {title}{whose} ({moment})", deed(answer))
        },
        too_many: "Tiene varias citas abiertas y no sabemos a cuál se refiere. No se ha cambiado nada: use el enlace del mensaje al que quiere responder.",
    },
};

fn deed(answer: Answer) -> &'static str {
    match answer {
        Answer::Accept => "confirmar",
        Answer::Reschedule => "cambiar la hora",
        Answer::Decline => "rechazar",
    }
}
