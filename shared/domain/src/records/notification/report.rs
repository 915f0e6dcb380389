//! What is reported of a delivery after its provider had accepted it: events of SES, receipts
//! of SMS carriers, and the customer's own answer.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::text::plain;

/// What a report says, in the order of their weight: what stands further down outweighs what
/// stands before it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum ReportKind {
    /// The provider has taken it.
    Accepted,
    /// The receiver's side does not take it yet, and the provider goes on trying.
    Delayed,
    /// The carrier has taken an SMS; of the phone it says nothing.
    TakenByCarrier,
    /// The receiver's side sent something back that is not for good: a full mailbox, or an
    /// out-of-office note, which comes beside a delivery (SES `Transient`, `Undetermined`).
    SoftBounce,
    /// The provider found that it would not deliver it: a virus, or a text that does not
    /// come together.
    Rejected,
    /// The carrier or the phone did not take an SMS.
    NotTaken,
    /// It arrived.
    Delivered,
    /// The receiver's side refused it for good (SES `Permanent`).
    HardBounce,
    /// Its receiver called it spam.
    Complaint,
    /// The customer answered it, which nothing disproves.
    Answered,
}

/// One report on a delivery.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Report {
    /// What it says.
    pub kind: ReportKind,
    /// When that happened, by the reporter's clock.
    pub at: DateTime<Utc>,
    /// What the receiver's side said of it, in its own words, shortened.
    pub detail: Option<String>,
    /// What the provider charges for the message, in millionths of a US dollar, where the
    /// report says that.
    pub price_microusd: Option<u32>,
}

impl Report {
    /// The most characters of a reporter's own words that are kept.
    const LONGEST_DETAIL: usize = 200;

    /// A report with the reporter's own words, without what does not show, and no longer than
    /// is kept.
    pub fn new(kind: ReportKind, at: DateTime<Utc>, detail: Option<&str>) -> Self {
        let shown = |c: char| if c.is_control() { ' ' } else { c };
        let detail = detail.map(|detail| {
            let shown: String = detail.trim().chars().map(shown).collect();
            plain(&shown).chars().take(Self::LONGEST_DETAIL).collect()
        });
        Self {
            kind,
            at,
            detail: detail.filter(|detail: &String| !detail.is_empty()),
            price_microusd: None,
        }
    }
}
