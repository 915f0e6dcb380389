//! What became of a delivery, as far as it was reported.
//!
//! Reports come in any order, late, and more than once. Of each kind the earliest is kept,
//! and the weightiest kind decides how the delivery stands: so any order of the same reports
//! ends in the same state, whether our own record of the call is among the first or the last
//! (promise 13).

use super::{Charged, Delivery, DeliveryStatus, FailedBy, Report, ReportKind};

impl ReportKind {
    /// The status of a delivery of which this is the weightiest report.
    fn status(self) -> DeliveryStatus {
        match self {
            Self::Accepted | Self::Delayed | Self::TakenByCarrier => DeliveryStatus::Sent,
            Self::SoftBounce | Self::HardBounce => DeliveryStatus::Bounced,
            Self::Rejected | Self::NotTaken => DeliveryStatus::Failed,
            Self::Delivered | Self::Answered => DeliveryStatus::Delivered,
            Self::Complaint => DeliveryStatus::Complained,
        }
    }

    /// How a delivery failed of which this is the weightiest report.
    fn failed_by(self) -> Option<FailedBy> {
        match self {
            Self::Rejected => Some(FailedBy::Refusal),
            Self::NotTaken => Some(FailedBy::Receiver),
            Self::Accepted
            | Self::Delayed
            | Self::TakenByCarrier
            | Self::SoftBounce
            | Self::Delivered
            | Self::HardBounce
            | Self::Complaint
            | Self::Answered => None,
        }
    }

    /// The sentence for staff where the reporter gave no words of its own.
    fn sentence(self) -> Option<&'static str> {
        match self {
            Self::Answered => Some("The customer answered it."),
            Self::Delayed => Some("The receiver's side has not taken it yet."),
            Self::Accepted
            | Self::TakenByCarrier
            | Self::SoftBounce
            | Self::Rejected
            | Self::NotTaken
            | Self::Delivered
            | Self::HardBounce
            | Self::Complaint => None,
        }
    }
}

impl Delivery {
    /// Takes in a report on the attempt that this is, with the provider's name of the message
    /// where it says that. Returns whether anything is other than before.
    pub fn take_report(&mut self, report: Report, provider_message_id: Option<&str>) -> bool {
        let before = self.clone();
        let is_recorded = self.status == DeliveryStatus::Sent && self.reports.is_empty();
        match self.reports.iter_mut().find(|own| own.kind == report.kind) {
            Some(own) if report < *own => *own = report,
            Some(_) => {}
            None => self.reports.push(report),
        }
        self.reports.sort();
        self.forget_acceptance(is_recorded);
        if self.provider_message_id.is_none() {
            self.provider_message_id = provider_message_id.map(str::to_owned);
        }
        self.stand_as_reported();
        *self != before
    }

    /// That it was accepted says nothing beside any other report, nor where our own record
    /// has it: to write it down would double what most messages cost.
    fn forget_acceptance(&mut self, is_recorded: bool) {
        let says_more = |own: &Report| own.kind != ReportKind::Accepted;
        if is_recorded || self.reports.iter().any(says_more) {
            self.reports.retain(says_more);
        }
    }

    /// Has it stand as its weightiest report says, where there is any: whatever we recorded
    /// of our own call, who reports on a message has it.
    fn stand_as_reported(&mut self) {
        let Some(report) = self.weightiest() else {
            return;
        };
        let Report {
            kind, at, detail, ..
        } = report.clone();
        self.status = kind.status();
        self.failed_by = kind.failed_by();
        self.not_yet = false;
        self.at = at;
        self.reason = detail.or_else(|| kind.sentence().map(str::to_owned));
    }

    /// The report that decides how it stands.
    pub fn weightiest(&self) -> Option<&Report> {
        self.reports.last()
    }

    /// Whether the receiver's side refused it for good: it told nobody anything. What came
    /// back and does not say how is taken for that.
    pub fn is_hard_bounce(&self) -> bool {
        let weightiest = self.weightiest().map(|report| report.kind);
        self.status == DeliveryStatus::Bounced && weightiest != Some(ReportKind::SoftBounce)
    }

    /// Whether it has certainly reached nobody: it may be sent again, to another address where
    /// this one is wrong.
    pub fn has_failed(&self) -> bool {
        self.status == DeliveryStatus::Failed || self.is_hard_bounce()
    }

    /// Whether a provider has accepted it, whatever became of it since: who reports on a
    /// message has taken it.
    pub fn was_accepted(&self) -> bool {
        self.status.accepted() || !self.reports.is_empty()
    }

    /// Whether its provider charges for it. What is accepted is charged for, whether it arrives
    /// or not, unless its receipt has no price.
    pub fn charged(&self) -> Charged {
        let mut prices = self.reports.iter().filter_map(|each| each.price_microusd);
        match self.status {
            DeliveryStatus::Dispatching | DeliveryStatus::Unknown => Charged::Open,
            _ if self
                .weightiest()
                .is_some_and(|last| last.kind == ReportKind::Rejected) =>
            {
                Charged::Open
            }
            _ if prices.clone().any(|price| price > 0) => Charged::Yes,
            _ if prices.next().is_some() || !self.was_accepted() => Charged::No,
            _ => Charged::Yes,
        }
    }

    /// Whether a provider has accepted it, and its receiver's side did not refuse it for good.
    pub fn got_through(&self) -> bool {
        self.status.accepted() && !self.is_hard_bounce()
    }

    /// Takes over what its sender recorded of the call, with all that was reported of it
    /// meanwhile.
    pub fn take_record(&mut self, record: &Self) {
        let reports = std::mem::take(&mut self.reports);
        let named = self.provider_message_id.take();
        *self = record.clone();
        if self.provider_message_id.is_none() {
            self.provider_message_id = named;
        }
        self.reports = reports;
        self.forget_acceptance(self.status == DeliveryStatus::Sent);
        self.stand_as_reported();
    }
}

#[cfg(test)]
mod tests;
