//! The status that a message leaves.

use rstest::rstest;

use super::*;

#[rstest]
#[case(NotificationType::Confirmation, BookingStatus::Booked)]
#[case(NotificationType::ConfirmationRequest, BookingStatus::Invited)]
#[case(NotificationType::Reminder, BookingStatus::Declined)]
#[case(NotificationType::Update, BookingStatus::Booked)]
#[case(NotificationType::Cancellation, BookingStatus::Cancelled)]
fn the_status_follows_the_type(#[case] kind: NotificationType, #[case] status: BookingStatus) {
    let mut meeting = announced(sample::meeting());
    meeting.status = BookingStatus::Declined;
    let config = NotificationConfig::built_in(kind);
    assert_eq!(status_after(&meeting, &config), status);
}

#[rstest]
#[case(NotificationType::Confirmation, BookingStatus::Booked)]
#[case(NotificationType::ConfirmationRequest, BookingStatus::Invited)]
#[case(NotificationType::Reminder, BookingStatus::Invited)]
#[case(NotificationType::Update, BookingStatus::Invited)]
fn a_reminder_or_an_update_that_asks_invites(
    #[case] kind: NotificationType,
    #[case] status: BookingStatus,
) {
    let meeting = announced(sample::meeting());
    for (accept, decline) in [(true, false), (false, true)] {
        let mut config = NotificationConfig::built_in(kind);
        config.buttons.accept = Some(accept);
        config.buttons.decline = Some(decline);
        assert_eq!(status_after(&meeting, &config), status);
    }
}

#[rstest]
#[case(
    NotificationType::Confirmation,
    BookingStatus::Confirmed,
    BookingStatus::Confirmed
)]
#[case(
    NotificationType::Confirmation,
    BookingStatus::Invited,
    BookingStatus::Booked
)]
#[case(
    NotificationType::ConfirmationRequest,
    BookingStatus::Confirmed,
    BookingStatus::Invited
)]
#[case(
    NotificationType::Reminder,
    BookingStatus::Declined,
    BookingStatus::Declined
)]
#[case(
    NotificationType::Reminder,
    BookingStatus::Booked,
    BookingStatus::Invited
)]
#[case(
    NotificationType::Update,
    BookingStatus::Confirmed,
    BookingStatus::Invited
)]
#[case(
    NotificationType::Cancellation,
    BookingStatus::Confirmed,
    BookingStatus::Cancelled
)]
fn a_config_may_keep_an_answer_where_a_reminder_or_a_confirmation_would_move_it(
    #[case] kind: NotificationType,
    #[case] before: BookingStatus,
    #[case] after: BookingStatus,
) {
    let mut meeting = announced(sample::meeting());
    meeting.status = before;
    let mut config = NotificationConfig::built_in(kind);
    config.keep_answer = true;
    config.buttons.accept = Some(true);
    assert_eq!(status_after(&meeting, &config), after);
}
