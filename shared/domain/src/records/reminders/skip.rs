//! Why a reminder is not sent.

use strum::{EnumString, IntoStaticStr, VariantArray};

/// Why a reminder is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Skip {
    /// Nobody has been told of the meeting yet.
    NotAnnounced,
    /// The meeting has changed, and nobody whom it is for has been told of that yet.
    UpdateDue,
    /// They were never told of the meeting.
    Untold,
    /// They know the meeting as it is, unless a message reached them of which nobody
    /// knows.
    ToldInDoubt,
    /// The meeting is cancelled.
    Cancelled,
    /// A cancellation may have reached a customer, and nobody knows.
    CancellationInDoubt,
    /// The meeting is put away.
    Archived,
    /// The lead attendee does not come.
    Declined,
    /// The lead attendee asked for another time.
    RescheduleRequested,
    /// The meeting has started.
    Started,
    /// It was made for details that have changed since.
    OlderRevision,
    /// Its trigger is no longer there.
    TriggerGone,
    /// Its trigger sends at another time now.
    Superseded,
    /// Its moment had passed when the meeting was announced.
    LateBooking,
    /// It went out for this very time before the meeting changed otherwise.
    AlreadySent,
    /// Its moment passed before it could be sent.
    Missed,
    /// Everyone it was for has declined, has asked for another time, or does not know for
    /// certain how the meeting stands, and not all for one of the reasons above.
    NobodyLeft,
    /// Everyone it was for gets SMS only and has opted out of them.
    OptedOut,
    /// Everyone it was for gets SMS only, which are held for what some of them wrote.
    Held,
    /// Everyone it was for has opted out of SMS or unsubscribed from reminder emails.
    Unsubscribed,
    /// It got through to nobody.
    Unreachable,
    /// Another release of Usher knows why.
    Other,
}

impl Skip {
    /// A stable word for programs.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// A sentence for staff.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NotAnnounced => "Nobody has been told of this meeting yet.",
            Self::UpdateDue => {
                "The meeting has changed since they were told: send the update first."
            }
            Self::Untold => "They were not told of this meeting yet.",
            Self::ToldInDoubt => {
                "It is in doubt what they were told last: settle that in the log first."
            }
            Self::Cancelled => "The meeting is cancelled.",
            Self::CancellationInDoubt => {
                "A cancellation may have reached a customer, and nobody knows: settle that in the log first."
            }
            Self::Archived => "The meeting is archived.",
            Self::Declined => "The lead attendee has declined.",
            Self::RescheduleRequested => "The lead attendee has asked for another time.",
            Self::Started => "The meeting has already started.",
            Self::OlderRevision => "The meeting has changed since this reminder was planned.",
            Self::TriggerGone => "The meeting no longer has this reminder.",
            Self::Superseded => "This reminder goes out at another time now.",
            Self::LateBooking => "Its moment had passed already when the meeting was announced.",
            Self::AlreadySent => "It went out for this time before the meeting was changed.",
            Self::Missed => {
                "Its moment had passed before it could be sent, and it would come too late."
            }
            Self::NobodyLeft => {
                "Everyone it was meant for has declined, has asked for another time, or does not know for certain how the meeting stands."
            }
            Self::OptedOut => {
                "Everyone it was meant for has opted out of SMS and is reached in no other way."
            }
            Self::Held => {
                "Everyone it was meant for is reached by SMS only, and has opted out or seems to want none: somebody must confirm or lift that."
            }
            Self::Unsubscribed => {
                "Everyone it was meant for has unsubscribed from reminder emails or opted out of SMS, and is reached in no other way."
            }
            Self::Unreachable => "It got through to nobody; the log says why.",
            Self::Other => "It was not sent, for a reason that this release does not know.",
        }
    }

    /// Whether nobody wished it so: the reminder was due, and Usher did not get to it.
    /// What got through to nobody stands in the log as failed.
    pub fn is_a_miss(self) -> bool {
        matches!(self, Self::Missed | Self::Started)
    }

    /// Whether it held only for as long as nobody had been told.
    pub(super) fn until_announced(self) -> bool {
        matches!(
            self,
            Self::NotAnnounced | Self::UpdateDue | Self::Untold | Self::ToldInDoubt
        )
    }
}
