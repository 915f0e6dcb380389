//! The words that opt out, opt in and ask for help, by language.
//!
//! Sources of the English, French and Spanish ones: AWS End User Messaging SMS, "Required
//! opt-out keywords"; 47 CFR §64.1200(a)(10), which adds REVOKE and OPT OUT; Twilio,
//! "Support for opt-out keywords" (STOPALL, ARRETE) and "Requirements for a Spanish-language
//! short code" (ALTO, AYUDA); the Canadian Common Short Code guidelines (ARRET, AIDE, INFO).
//! TD is AWS's, and the Chinese short form of 退订. RET is what Turkish law asks senders to
//! offer. The others are what businesses of those countries offer in their own texts.
//!
//! A word belongs here if it means nothing else when it is all that somebody texts. `PARA`
//! (Spanish also for *for*) or `NON` do not; what says the same in more words is read in
//! [`crate::reply::revokes_consent`].

/// Words that opt a number out of SMS. They are compared by their wording: `ARRET` is `Arrêt`
/// and `OPT OUT` is `opt-out`.
pub(super) const OPT_OUT: &[&str] = &[
    // English.
    "STOP",
    "STOPALL",
    "STOP ALL",
    "UNSUBSCRIBE",
    "UNSUB",
    "CANCEL",
    "END",
    "QUIT",
    "REMOVE",
    "REVOKE",
    "OPT OUT",
    "OPTOUT",
    "TD",
    // German.
    "STOPP",
    "STOPPEN",
    "ABMELDEN",
    "ABMELDUNG",
    "ABBESTELLEN",
    "ABBRECHEN",
    "AUSTRAGEN",
    "BEENDEN",
    "ENDE",
    "KÜNDIGEN",
    "WIDERRUF",
    "WIDERRUFEN",
    // Spanish.
    "ALTO",
    "BAJA",
    "BASTA",
    "CANCELAR",
    "DAR DE BAJA",
    "DARME DE BAJA",
    "DARSE DE BAJA",
    "DESUSCRIBIR",
    "DESUSCRIBIRME",
    "DESUSCRIBIRSE",
    "DETENER",
    "ELIMINAR",
    "FIN",
    "PARAR",
    "PARE",
    "SALIR",
    // French.
    "ANNULER",
    "ARRET",
    "ARRETE",
    "ARRETER",
    "ARRETEZ",
    "DESABONNEMENT",
    "DESABONNER",
    "DESINSCRIPTION",
    "DESINSCRIRE",
    "RESILIER",
    "STOP SMS",
    "SUPPRIMER",
    // Portuguese.
    "DESCADASTRAR",
    "DESINSCREVER",
    "REMOVER",
    "SAIR",
    // Italian.
    "ANNULLA",
    "CANCELLA",
    "CANCELLAMI",
    "DISISCRIVIMI",
    "FERMA",
    // Dutch.
    "AFMELDEN",
    "UITSCHRIJVEN",
    // Danish, Norwegian, Swedish, Finnish.
    "AFMELD",
    "AVMELD",
    "AVREGISTRERA",
    "AVSLUTA",
    "AVSLUTT",
    "LOPETA",
    // Polish, Turkish.
    "REZYGNACJA",
    "REZYGNUJE",
    "WYPISZ",
    "DURDUR",
    "IPTAL",
    "RET",
    // Cyrillic and Greek, Chinese and Japanese, Arabic and Hebrew.
    "СТОП",
    "ОТПИСАТЬСЯ",
    "ΣΤΟΠ",
    "停止",
    "退订",
    "配信停止",
    "توقف",
    "הסר",
];

/// Opt-out words that people also text when they mean their appointment: staff are to ask.
pub(super) const MAY_MEAN_THE_MEETING: &[&str] = &[
    "ABBRECHEN",
    "ANNULER",
    "ANNULLA",
    "CANCEL",
    "CANCELAR",
    "CANCELLA",
    "IPTAL",
    "REZYGNACJA",
    "REZYGNUJE",
];

/// Words that bring a number back. Fewer than those above, because what is taken for one by
/// mistake sends SMS to somebody who wants none.
pub(super) const OPT_IN: &[&str] = &[
    "START",
    "UNSTOP", // German.
    "ANMELDEN",
    "STARTEN", // Spanish.
    "ALTA",
    "INICIAR", // French.
    "DEBUT",
    "DEMARRER",
    "REPRENDRE",
];

/// Words that ask for help. AWS answers HELP by itself, and carriers want the others to be
/// free for it.
pub(super) const HELP: &[&str] = &[
    "HELP", "INFO", // German, Spanish, French, Portuguese, Italian.
    "HILFE", "AYUDA", "AIDE", "AJUDA", "AIUTO",
];
