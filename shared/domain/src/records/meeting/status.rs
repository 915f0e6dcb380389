//! How a booking stands, and what customers know of it.

use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::values::answer::Answer;

/// How a booking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum BookingStatus {
    /// Saved, and nobody was told.
    Draft,
    /// The customer was told.
    Booked,
    /// The customer was asked.
    Invited,
    /// The lead attendee accepted.
    Confirmed,
    /// The lead attendee declined.
    Declined,
    /// The lead attendee asked for another time.
    RescheduleRequested,
    /// Called off.
    Cancelled,
}

impl BookingStatus {
    /// As it is shown for `{status}` in titles and to staff.
    pub fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Booked => "Booked",
            Self::Invited => "Invited",
            Self::Confirmed => "Confirmed",
            Self::Declined => "Declined",
            Self::RescheduleRequested => "Reschedule requested",
            Self::Cancelled => "Cancelled",
        }
    }

    /// Whether it is the lead attendee's answer that led here.
    pub fn is_answer(self) -> bool {
        matches!(
            self,
            Self::Confirmed | Self::Declined | Self::RescheduleRequested
        )
    }
}

impl From<Answer> for BookingStatus {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Accept => Self::Confirmed,
            Answer::Decline => Self::Declined,
            Answer::Reschedule => Self::RescheduleRequested,
        }
    }
}

/// What customers know, compared to what is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum NotificationState {
    /// Nothing was sent yet.
    None,
    /// They know the current details.
    Confirmed,
    /// A significant field differs from what they were last told.
    UpdateDue,
}
