//! The flows that meet, and which of them are tried together.

/// Declares what meets, and a test for each in which it is the one that is held up.
macro_rules! flows {
    ($($(#[$doc:meta])+ $flow:ident: $test:ident,)+) => {
        /// What meets another one on the meeting.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Flow {
            $($(#[$doc])+ $flow,)+
        }

        /// All of them.
        pub(super) const FLOWS: &[Flow] = &[$(Flow::$flow),+];

        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::hold_up(Flow::$flow).await;
            }
        )+
    };
}

flows! {
    /// A confirmation of what was announced by a request.
    Send: whatever_meets_a_confirmation_the_last_word_is_true,
    /// Of the whole meeting.
    Cancel: whatever_meets_a_cancellation_the_last_word_is_true,
    /// Of a meeting that was moved to three.
    Update: whatever_meets_an_update_the_last_word_is_true,
    /// The lead attendee accepts.
    Link: whatever_meets_an_answer_by_link_the_last_word_is_true,
    /// The lead attendee declines.
    Text: whatever_meets_an_answer_by_text_the_last_word_is_true,
    /// Moves the meeting to four.
    Save: whatever_meets_a_move_the_last_word_is_true,
    /// Puts the meeting away.
    Archive: whatever_meets_an_archive_the_last_word_is_true,
    /// Of the lead attendee's email, which was refused.
    Retry: whatever_meets_a_retry_the_last_word_is_true,
    /// As sent, of what nobody knows of.
    Settle: whatever_meets_a_settlement_the_last_word_is_true,
    /// Its schedule fires. It asks for an answer.
    Remind: whatever_meets_a_reminder_the_last_word_is_true,
    /// To the lead attendee alone.
    CancelLead: whatever_meets_a_cancellation_to_one_the_last_word_is_true,
    /// To the lead attendee alone, and the providers' answers are lost.
    CancelLost: whatever_meets_a_cancellation_in_doubt_the_last_word_is_true,
    /// To the second attendee alone.
    UpdateBehind: whatever_meets_an_update_to_one_the_last_word_is_true,
    /// The second attendee accepts.
    LinkBehind: whatever_meets_another_ones_answer_by_link_the_last_word_is_true,
    /// The second attendee declines.
    TextBehind: whatever_meets_another_ones_answer_by_text_the_last_word_is_true,
    /// Removes the second attendee.
    Remove: whatever_meets_a_removal_the_last_word_is_true,
    /// Gives the second attendee another email address.
    Correct: whatever_meets_a_correction_the_last_word_is_true,
}

impl Flow {
    /// What a flow meets that does not meet all of the others: a variant meets what may tell
    /// it from that one, and a reminder what moves whom it goes to. It does not meet another
    /// one: there is one clock.
    pub(super) fn meets(self) -> Option<&'static [Self]> {
        use Flow::{
            Cancel, Correct, Link, LinkBehind, Remove, Save, Send, Settle, Text, TextBehind, Update,
        };
        match self {
            Self::Remind => Some(&[Send, Cancel, Update, Link, Text, Save, Settle, Remove]),
            Self::CancelLead => Some(&[LinkBehind, Self::Remind, Save]),
            Self::CancelLost => Some(&[Link, LinkBehind, TextBehind, Self::Remind]),
            Self::UpdateBehind => Some(&[Cancel, LinkBehind, Save, Self::Remind]),
            LinkBehind => Some(&[
                Send,
                Cancel,
                Update,
                Text,
                Save,
                Self::Remind,
                Remove,
                Correct,
            ]),
            TextBehind => Some(&[Cancel, Link, Remove]),
            Remove | Correct => Some(&[Send, Cancel, Update]),
            _ => None,
        }
    }

    /// Whether the two of them are tried together.
    pub(super) fn meets_with(self, other: Self) -> bool {
        match (self.meets(), other.meets()) {
            (None, None) => true,
            (ours, theirs) => {
                ours.is_some_and(|ours| ours.contains(&other))
                    || theirs.is_some_and(|theirs| theirs.contains(&self))
            }
        }
    }

    /// Which attendee answers by it, counted from the lead.
    pub(super) fn answers(self) -> Option<usize> {
        match self {
            Self::Link | Self::Text => Some(0),
            Self::LinkBehind | Self::TextBehind => Some(1),
            _ => None,
        }
    }

    pub(super) fn is_by_text(self) -> bool {
        matches!(self, Self::Text | Self::TextBehind)
    }

    pub(super) fn updates(self) -> bool {
        matches!(self, Self::Update | Self::UpdateBehind)
    }
}

/// One that is held up, and one that runs whole meanwhile.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    pub(super) held: Flow,
    pub(super) whole: Flow,
}

impl Pair {
    pub(super) fn flows(self) -> [Flow; 2] {
        [self.held, self.whole]
    }

    pub(super) fn has(self, flow: Flow) -> bool {
        self.flows().contains(&flow)
    }

    /// Whether the meeting was moved before, and nobody knows.
    pub(super) fn is_moved(self) -> bool {
        self.flows().into_iter().any(Flow::updates)
    }
}
