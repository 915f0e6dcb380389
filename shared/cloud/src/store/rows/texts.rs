//! The rows of what is known of a number or an address, and of texts that came in.

use chrono::{DateTime, Utc};
use usher_domain::{
    contact::{EmailAddress, PhoneNumber, SmsAddress, Unsubscription},
    dealt_with::DealtWith,
    id::{AttendeeId, NotificationId, TemplateId},
    opt_out::{OptOut, OptOutSource},
    sms::{Choice, Conversation, Inbound, Prompt, Texts},
    suppression::{AddressSuppression, SuppressionCause},
    template::Code,
};

use super::{Kind, Stored as _, carries_unread, row};

row! {
    PromptRow of Prompt {
        asked_by: NotificationId,
        notification: NotificationId,
        attendee: AttendeeId,
        theirs: PhoneNumber,
        ours: Option<PhoneNumber>,
        revision: u32,
        codes: Vec<Code>,
        asked_at: DateTime<Utc>,
        #[serde(default)]
        template_id: Option<TemplateId>,
    }
}

impl Kind for Prompt {
    /// 2: says which template its meeting had.
    const SHAPE: u32 = 2;

    /// Without one of its codes it could leave a text to another question.
    fn read(row: PromptRow) -> Option<Self> {
        let codes = row.codes.len();
        Self::from_row(row).filter(|prompt| prompt.codes.len() == codes)
    }
}

row! {
    ConversationRow of Conversation {
        version: u64,
        replied_at: Vec<DateTime<Utc>>,
        choices: Vec<Choice>,
        #[serde(default)]
        texts: Texts,
        #[serde(default)]
        asked_again: Vec<NotificationId>,
    } besides { unread }
}

impl Kind for Conversation {
    /// 2: says which questions were asked again.
    const SHAPE: u32 = 2;
    carries_unread!();
}

row! {
    ChoiceRow of Choice {
        letter: char,
        prompt: Prompt,
        at: DateTime<Utc>,
    }
}

row! {
    #[derive(Default)]
    TextsRow of Texts {
        since: DateTime<Utc>,
        count: u32,
    }
}

row! {
    InboundRow of Inbound {
        id: String,
        from: SmsAddress,
        to: SmsAddress,
        text: String,
        previous: Option<String>,
        received_at: DateTime<Utc>,
        #[serde(default)]
        handled: bool,
        #[serde(default)]
        dealt_with: Option<DealtWith>,
    } besides { unread }
}

impl Kind for Inbound {
    carries_unread!();
}

row! {
    OptOutRow of OptOut {
        number: PhoneNumber,
        at: DateTime<Utc>,
        source: OptOutSource,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        words: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<DealtWith>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lifted: Option<DealtWith>,
    } besides { unread }
}

impl Kind for OptOut {
    /// 2: says what was written, who of the staff has set or confirmed it, and who has lifted it.
    const SHAPE: u32 = 2;
    carries_unread!();
}

row! {
    UnsubscriptionRow of Unsubscription {
        address: EmailAddress,
        at: DateTime<Utc>,
    }
}

impl Kind for Unsubscription {}

row! {
    AddressSuppressionRow of AddressSuppression {
        address: EmailAddress,
        cause: SuppressionCause,
        at: DateTime<Utc>,
        #[serde(default)]
        detail: Option<String>,
        #[serde(default)]
        notification: Option<NotificationId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<DealtWith>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lifted: Option<DealtWith>,
    } besides { unread }
}

impl Kind for AddressSuppression {
    /// 2: says who of the staff has set it.
    const SHAPE: u32 = 2;
    carries_unread!();
}
