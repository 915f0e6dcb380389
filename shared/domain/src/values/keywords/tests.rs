use rstest::rstest;

use super::*;
use crate::language::Language;

#[test]
fn a_code_is_taken_as_an_sms_asks_for_it() {
    for (text, code) in [("SI", "sí"), ("sí", "SÍ"), ("e", "é"), ("Ja", "JA")] {
        assert!(is_code(text, code), "{text} {code}");
    }
    assert!(!is_code("\u{212a}", "K") && !is_code("s", "sí"));
    assert!(
        !is_code("ý", "Y"),
        "accents that no code has are no slip of an SMS"
    );
}

#[rstest]
#[case("Stop", "STOP")]
#[case("STOPP", "STOPP")]
#[case("stoppp!!", "STOP")]
#[case("«Abmelden».", "ABMELDEN")]
#[case("baja", "BAJA")]
#[case("¡Alto!", "ALTO")]
#[case("Arrêt", "ARRET")]
#[case("arrêtez", "ARRETEZ")]
#[case("kuendigen", "KÜNDIGEN")]
#[case("kündigen", "KÜNDIGEN")]
#[case("opt-out", "OPT OUT")]
#[case("Opt_Out", "OPT OUT")]
#[case("STOP\u{200b}", "STOP")]
#[case("\u{feff}STOP", "STOP")]
#[case("S\u{ad}TO\u{2060}P", "STOP")]
#[case("\u{202e}STOP\u{202c}", "STOP")]
#[case("STOP\u{fe0f}", "STOP")]
#[case("ＳＴＯＰ", "STOP")]
#[case("🛑 Stop 🛑", "STOP")]
#[case("STОP", "STOP")]
#[case("İptal", "IPTAL")]
#[case("стоп", "СТОП")]
fn an_opt_out_word_is_known_however_it_is_written(#[case] text: &str, #[case] word: &'static str) {
    assert_eq!(read(text), Said::OptOut(word));
}

#[rstest]
#[case("Start!", Said::OptIn)]
#[case("un-stop", Said::Word("un-stop"))]
#[case("HELP", Said::Word("HELP"))]
#[case("Finn", Said::Word("Finn"))]
#[case("no", Said::Word("no"))]
#[case("stop by", Said::Remark)]
#[case("👍", Said::Word("👍"))]
fn other_words_opt_nobody_out(#[case] text: &str, #[case] said: Said<'static>) {
    assert_eq!(read(text), said);
}

#[rstest]
#[case("Please reply CANCEL to cancel", Some("CANCEL"))]
#[case("Text us back with STOP", Some("STOP"))]
#[case("Reply yes or stop", None)]
#[case("Reply YES or stop", Some("STOP"))]
#[case("Reply 1 to confirm or STOP to end", Some("STOP"))]
#[case("Antworten Sie mit STOPP", Some("STOPP"))]
#[case("Antworten Sie ABMELDEN, um keine SMS zu bekommen", Some("ABMELDEN"))]
#[case("Responda BAJA para no recibir más", Some("BAJA"))]
#[case("Responda con la palabra Alto", Some("ALTO"))]
#[case("Répondez ARRÊT ou 1", Some("ARRET"))]
#[case("Répondez par stop", Some("STOP"))]
#[case("Text OPT-OUT", Some("OPT OUT"))]
#[case("We cannot cancel it. See you at the end.", None)]
#[case("Please reply until the end of the week", None)]
#[case("Antworten Sie bis Ende der Woche", None)]
#[case("Responda 1 para confirmar antes del fin de mes", None)]
#[case("Répondez avant la fin du mois", None)]
fn a_reserved_word_is_only_refused_where_it_is_asked_for(
    #[case] text: &str,
    #[case] word: Option<&str>,
) {
    assert_eq!(asks_for_reserved_word(text), word);
}

#[test]
fn every_language_has_words_of_each_kind() {
    // One of each, in the order opt out, opt in, help.
    let words = |language| match language {
        Language::English => ["UNSUBSCRIBE", "START", "HELP"],
        Language::German => ["ABMELDEN", "ANMELDEN", "HILFE"],
        Language::Spanish => ["BAJA", "ALTA", "AYUDA"],
        Language::French => ["DESABONNEMENT", "REPRENDRE", "AIDE"],
    };
    for language in Language::ALL {
        let [opt_out, opt_in, help] = words(*language);
        assert!(matches!(read(opt_out), Said::OptOut(_)));
        assert_eq!(read(opt_in), Said::OptIn);
        assert_eq!((read(help), reserved(help)), (Said::Word(help), Some(help)));
    }
}

#[test]
fn no_word_is_reserved_for_two_things() {
    let all = [OPT_OUT, OPT_IN, HELP].concat();
    assert_eq!(RESERVED.len(), all.len(), "each has a wording of its own");
    for word in MAY_MEAN_THE_MEETING {
        assert_eq!(read(word), Said::OptOut(word));
    }
}
