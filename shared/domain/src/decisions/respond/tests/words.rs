//! The words for answers, the buttons that offer them, and the channels they come by.

use std::str::FromStr as _;

use super::*;
use crate::template::Buttons;

#[test]
fn an_answer_is_written_and_read_by_one_word() {
    let words = Answer::ALL.iter().map(|answer| answer.as_str());
    assert!(words.eq(["accept", "decline", "reschedule"]));
    for answer in Answer::ALL.iter().copied() {
        assert_eq!(Answer::from_str(answer.as_str()), Ok(answer));
    }
    assert!(Answer::from_str("accepted").is_err());
}

#[test]
fn a_button_offers_its_answer_alone() {
    let offered = |buttons: Buttons| -> Vec<_> {
        let all = Answer::ALL.iter().copied();
        all.filter(|answer| buttons.offer(*answer)).collect()
    };
    let none = Buttons::default();
    assert_eq!(offered(none), []);
    let accept = Buttons {
        accept: true,
        ..none
    };
    assert_eq!(offered(accept), [Answer::Accept]);
    let decline = Buttons {
        decline: true,
        ..none
    };
    assert_eq!(offered(decline), [Answer::Decline]);
    let reschedule = Buttons {
        reschedule: true,
        ..none
    };
    assert_eq!(offered(reschedule), [Answer::Reschedule]);
}

#[test]
fn a_link_came_by_the_channel_that_carried_it() {
    assert_eq!(
        AnswerChannel::from(Channel::Email),
        AnswerChannel::EmailLink
    );
    assert_eq!(AnswerChannel::from(Channel::Sms), AnswerChannel::SmsLink);
    let of = [
        (
            AnswerChannel::EmailLink,
            Some(Channel::Email),
            "over the link in the email",
        ),
        (
            AnswerChannel::SmsLink,
            Some(Channel::Sms),
            "over the link in the SMS",
        ),
        (AnswerChannel::SmsReply, Some(Channel::Sms), "by SMS reply"),
        (AnswerChannel::Staff, None, "as taken down by staff"),
    ];
    for (way, channel, label) in of {
        assert_eq!((way.delivery_channel(), way.label()), (channel, label));
    }
}
