//! The rows of a notification and of what it says.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use usher_domain::{
    actor::Actor,
    answer::{Answer, AnswerChannel},
    channel::Channel,
    contact::{EmailAddress, PhoneNumber},
    dealt_with::DealtWith,
    id::{AttendeeId, ConfigId, NotificationId, TemplateId},
    kind::MessageKind,
    lease::Lease,
    linked_message::LinkedMessage,
    meeting::Details,
    notification::{
        Addressee, AnswerGiven, Content, Delivery, DeliveryStatus, FailedBy, Notification,
        NotificationDealtWith, Report, ReportKind, SentLink, Trouble,
    },
    template::Buttons,
    text::{Name, Reason},
    token::TokenHash,
    unread::Unread,
    unusable::Unusable,
};

use super::{Kind, Stored, keys::is_zero, row};
use crate::store::{
    compressed::{compressed, decompressed},
    item::Item,
};

/// The attribute that holds what a row says, where that is short.
const CONTENT: &str = "content";

/// The most bytes of what a row says that stand in it: the row is written with every step of
/// its message, and is a kilobyte with them.
const BESIDE_ROW: usize = 480;

/// What stands in a row's item besides the row.
struct StoredRow {
    /// The item that it was read from, where that may say what this release does not
    /// understand.
    item: Option<Item>,
    /// What the message says, compressed.
    content: Option<AttributeValue>,
}

/// Has a row hold what it says, compressed. Returns whether it does: what is too long for
/// that is stored [apart](crate::Changes::content).
pub fn hold_content(row: &mut Notification, content: &Content) -> bool {
    let content = compressed(content).ok();
    let content = content.filter(|content| content.as_ref().len() <= BESIDE_ROW);
    let fits = content.is_some();
    row.unread = Unread::new(StoredRow {
        item: row.stored().cloned(),
        content: content.map(AttributeValue::B),
    });
    fits
}

/// What a row holds of what it says: none where that is stored apart, or is torn.
pub(in crate::store) fn held_content(row: &Notification) -> Option<Option<Content>> {
    let stored = row.unread.stored::<StoredRow>()?;
    stored.content.as_ref().map(decompressed)
}

row! {
    NotificationRow of Notification {
        id: NotificationId,
        version: u64,
        #[serde(rename = "type")]
        kind: MessageKind,
        config_id: ConfigId,
        recipient: Addressee,
        #[serde(default)]
        staff: Option<EmailAddress>,
        revision: u32,
        details: Details,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        removal: bool,
        buttons: Buttons,
        created_at: DateTime<Utc>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        actor: Option<Actor>,
        deliveries: Vec<Delivery>,
        #[serde(default)]
        answers: Vec<AnswerGiven>,
        #[serde(default)]
        dealt_with: Option<NotificationDealtWith>,
        #[serde(default, skip_serializing_if = "is_zero")]
        after: u64,
        #[serde(default, skip_serializing_if = "is_zero")]
        has_entries: bool,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        links: Vec<SentLink>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        wakes_for_others: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failover: Option<Channel>,
    } besides { unread }
}

row! {
    SentLinkRow of SentLink {
        token: TokenHash,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        ask_decline_reason: bool,
        #[serde(default, skip_serializing_if = "is_zero")]
        generation: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        template_id: Option<TemplateId>,
        #[serde(default, skip_serializing_if = "is_zero")]
        choices: u32,
    }
}

row! {
    /// A part of the row: what whoever follows a link needs of it.
    LinkedMessageRow of LinkedMessage {
        id: NotificationId,
        recipient: Addressee,
        details: Details,
        buttons: Buttons,
        #[serde(default)]
        links: Vec<SentLink>,
    }
}

impl Kind for LinkedMessage {}

impl Kind for Notification {
    /// 2: says who acted. 3: says which statement a delivery makes. 4: packed, and with what
    /// it says. 5: tells in the timeline what became of it. 6: has what was reported of it. 7: may be
    /// due by the other channel, and knows what a report says that it costs. 8: knows its links.
    const SHAPE: u32 = 8;

    const PLAIN: Option<&[&str]> = Some(&[]);

    const BESIDE: Option<&str> = Some(CONTENT);

    const CARRIES: bool = true;

    fn beside(&self) -> Option<AttributeValue> {
        self.unread.stored::<StoredRow>()?.content.clone()
    }

    fn carry(&mut self, item: Option<Item>, content: Option<AttributeValue>) {
        self.unread = Unread::new(StoredRow { item, content });
    }

    fn stored(&self) -> Option<&Item> {
        self.unread.stored::<StoredRow>()?.item.as_ref()
    }

    /// A delivery on a channel that this release does not know is left out. What reached
    /// nobody on the others must not look as if it had reached nobody at all.
    fn read(row: NotificationRow) -> Option<Self> {
        let tried = row.deliveries.len();
        let read = Self::from_row(row)?;
        let went = |delivery: &Delivery| delivery.status.accepted() || delivery.status.in_doubt();
        let whole = read.deliveries.len() == tried;
        (whole || read.deliveries.iter().any(went)).then_some(read)
    }
}

row! {
    AddresseeRow of Addressee {
        id: AttendeeId,
        name: Name,
        email: Option<EmailAddress>,
        phone: Option<PhoneNumber>,
    }
}

row! {
    ButtonsRow of Buttons {
        accept: bool,
        decline: bool,
        reschedule: bool,
        view_details: bool,
        add_to_calendar: bool,
    }
}

row! {
    DeliveryRow of Delivery {
        channel: Channel,
        status: DeliveryStatus,
        reason: Option<String>,
        fallback_reason: Option<String>,
        provider_message_id: Option<String>,
        at: DateTime<Utc>,
        attempt: u32,
        lease: Option<Lease>,
        #[serde(default)]
        not_yet: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failed_by: Option<FailedBy>,
        #[serde(default)]
        cause: Option<Unusable>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        statement: Option<u64>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        reports: Vec<Report>,
    }
}

row! {
    /// A report of a kind that this release does not know is left out: what it made of the
    /// delivery stands there.
    ReportRow of Report {
        kind: ReportKind,
        at: DateTime<Utc>,
        detail: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        price_microusd: Option<u32>,
    }
}

/// The code. One that another release wrote and this one does not know is none: the
/// reason beside it says in words what it was.
impl Stored for Unusable {
    type Row = String;
    fn to_row(&self) -> String {
        self.code().to_owned()
    }
    fn from_row(row: String) -> Option<Self> {
        Self::of_code(&row)
    }
}

row! {
    AnswerGivenRow of AnswerGiven {
        answer: Answer,
        channel: AnswerChannel,
        reason: Option<Reason>,
        preferred_times: Option<Reason>,
        revision: u32,
        at: DateTime<Utc>,
        stale: bool,
    }
}

row! {
    NotificationDealtWithRow of NotificationDealtWith {
        #[serde(flatten)]
        dealt: DealtWith,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<Vec<Trouble>>,
    }
}

row! {
    TroubleRow of Trouble {
        channel: Channel,
        status: DeliveryStatus,
        attempt: u32,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        for_good: bool,
    }
}

row! {
    #[serde(default)]
    #[derive(Default)]
    ContentRow of Content {
        subject: String,
        html: String,
        text: String,
        sms: String,
    }
}
