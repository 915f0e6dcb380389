//! Spanish.

use usher_domain::{answer::Answer, respond::Closed, text::TextError};

use super::{AnswerWords, Choices, Labels, Messages, Notices, Reminders, Tabs, Words};

pub(super) const WORDS: Words = Words {
    labels: Labels {
        language: "es",
        date: "Fecha",
        time: "Hora",
        to: "a",
        duration: "Duración",
        location: "Lugar",
        map: "Ver en el mapa",
        video: "Vídeo",
        join: "Unirse a la videollamada",
        contact: "Contacto",
        before: "Antes:",
        about: "Sobre esta cita",
        calendar: "Añadir a su calendario",
        calendar_file: "Archivo ICS",
        questions: "¿Preguntas?",
        or: "o",
        send_again: "Enviar de nuevo",
        reach_us: "También puede contactarnos directamente:",
        reply_instead: "También puede responder al mensaje que le trajo aquí.",
    },
    when: |date, time, zone| format!("{date}, {time} {zone}"),
    tabs: Tabs {
        answered: "Gracias",
        moved: "Responda de nuevo",
        too_late: "Demasiado tarde",
        unclear: "Revise su respuesta",
        refused: "Su respuesta no se ha aceptado",
    },
    choices: Choices {
        heading: "Su respuesta",
        heading_again: "Cambiar su respuesta",
        until_the_start: "Puede cambiar su respuesta hasta que empiece la cita.",
        until: |when| format!("Puede cambiar su respuesta hasta el {when}."),
        answer: |answer| match answer {
            Answer::Accept => AnswerWords {
                label: "Aceptar",
                question: "¿Aceptar esta cita?",
                invitation: "",
            },
            Answer::Decline => AnswerWords {
                label: "Rechazar",
                question: "¿Rechazar esta cita?",
                invitation: "Rechazar con un motivo",
            },
            Answer::Reschedule => AnswerWords {
                label: "Cambiar la hora",
                question: "¿Pedir otra hora?",
                invitation: "Proponer otras horas",
            },
        },
        confirm: "Pulse el botón para confirmar: todavía no se ha enviado nada.",
        confirm_change: "Pulse el botón para cambiar su respuesta: hasta entonces vale la anterior.",
        send: "Pulse el botón para enviar su respuesta.",
        reason: "Su motivo (opcional)",
        times: "Horas que le vienen bien (opcional)",
        times_hint: "Por ejemplo: el martes por la tarde, o cualquier día después de las 17:00.",
        comment: "Comentario (opcional)",
    },
    notices: Notices {
        stands: |answer| match answer {
            Answer::Accept => "Ha aceptado esta cita.",
            Answer::Decline => "Ha rechazado esta cita.",
            Answer::Reschedule => "Ha pedido otra hora. Nos pondremos en contacto con usted.",
        },
        thanks: |answer, title, when| match answer {
            Answer::Accept => [
                "Gracias. ¡Hasta entonces!".to_owned(),
                format!("Ha aceptado «{title}»: {when}."),
            ],
            Answer::Decline => [
                "Gracias por avisarnos.".to_owned(),
                format!("Ha rechazado «{title}»: {when}."),
            ],
            Answer::Reschedule => [
                "Gracias. Nos pondremos en contacto con usted.".to_owned(),
                format!("Ha pedido otra hora para «{title}», prevista para: {when}."),
            ],
        },
        moved: |when, changes| {
            [
                "Esta cita ha cambiado, así que su respuesta no cuenta.".to_owned(),
                match changes {
                    "" => format!("Es el {when}. Responda de nuevo, por favor."),
                    changes => format!("{changes} Responda de nuevo, por favor."),
                },
            ]
        },
        too_late: "Su respuesta ha llegado demasiado tarde y no cuenta.",
        not_sent: "Su respuesta todavía no se ha enviado.",
        press_a_button: "Pulse uno de los botones de esta página.",
        bad_times: |error| format!("El texto sobre las horas {}.", flaw(error)),
        bad_reason: |error| format!("El texto que ha escrito {}.", flaw(error)),
        bad_text: |error| format!("Este texto {}.", flaw(error)),
        not_taken: "Su respuesta no se ha aceptado.",
        overtaken: "Ha respondido de nuevo después, y esa última respuesta es la que vale.",
        not_offered: "El mensaje con este enlace no pedía esta respuesta.",
        too_many_answers: "Esta respuesta se ha cambiado demasiadas veces. Llámenos, por favor.",
        closed: |closed| match closed {
            Closed::Cancelled => "Esta cita se ha cancelado.",
            Closed::PerhapsCancelled => {
                "Es posible que esta cita se haya cancelado. Llámenos para estar seguro."
            }
            Closed::Archived => "Esta cita ya no admite respuestas.",
            Closed::Started => "Esta cita ya ha empezado.",
            Closed::CutOff => "Esta cita empieza pronto y ya no admite respuestas.",
        },
        answered_before: |answer| match answer {
            Answer::Accept => "Aceptó antes de que esta cita cambiara.",
            Answer::Decline => "Rechazó antes de que esta cita cambiara.",
            Answer::Reschedule => "Pidió otra hora antes de que esta cita cambiara.",
        },
        answer_again: "Responda de nuevo a lo que ve abajo, por favor.",
        changed_since: [
            "Esta cita ha cambiado desde nuestro último mensaje.",
            "Abajo ve cómo es ahora.",
        ],
        not_answered: "Todavía no ha respondido.",
    },
    messages: Messages {
        no_such_link: [
            "Este enlace no abre ninguna cita",
            "Puede que esté incompleto o que la cita haya pasado. Abra el enlace del último mensaje que le enviamos.",
        ],
        cross_origin: [
            "Su respuesta no se ha enviado",
            "Venía de otro sitio web. Abra el enlace de nuestro mensaje y responda allí.",
        ],
        too_large: [
            "Es demasiado largo",
            "Su respuesta no se ha enviado. Vuelva atrás y acorte su texto.",
        ],
        not_a_form: [
            "Su respuesta no se ha enviado",
            "No llegó como formulario. Abra el enlace de nuestro mensaje y responda allí.",
        ],
        trouble: [
            "Algo ha fallado",
            "El fallo es nuestro. Inténtelo de nuevo dentro de un minuto.",
        ],
        trouble_unsent: "El fallo es nuestro y puede que su respuesta no nos haya llegado. Envíela de nuevo dentro de un minuto.",
    },
    reminders: Reminders {
        heading: "Recordatorios por correo",
        address: "Para la dirección",
        wanted: "Le recordamos sus citas por correo electrónico. Pulse el botón si no lo desea.",
        stop: "No recibir más recordatorios",
        stopped: "No recibirá más recordatorios por correo electrónico.",
        resume: "Recibir recordatorios de nuevo",
        others: "Le seguiremos avisando cuando una cita se reserve, cambie o se cancele.",
    },
};

fn flaw(error: &TextError) -> String {
    match error {
        TextError::Empty => "no puede estar vacío".to_owned(),
        TextError::TooLong { max, actual } => {
            format!("puede tener como máximo {max} caracteres y tiene {actual}")
        }
        TextError::Control { .. } => "no puede contener caracteres de control".to_owned(),
    }
}
