//! Email addresses that nothing is sent to, because of what came back from them (G6), or
//! because somebody of the staff says so (S10).

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{contact::EmailAddress, dealt_with::DealtWith, id::NotificationId, unread::Unread};

/// What is known of an address that emails came back from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressSuppression {
    /// The address.
    pub address: EmailAddress,
    /// Why nothing is sent to it.
    pub cause: SuppressionCause,
    /// When that happened, by the reporter's clock.
    pub at: DateTime<Utc>,
    /// What the receiver's side said of it.
    pub detail: Option<String>,
    /// The message that it happened to.
    pub notification: Option<NotificationId>,
    /// Who of the staff has opted it out, when and why.
    pub by: Option<DealtWith>,
    /// Who has lifted it, when and why. What happened before that suppresses it no more,
    /// however late it is reported.
    pub lifted: Option<DealtWith>,
    /// What is stored of it besides.
    pub unread: Unread,
}

/// Why nothing is sent to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum SuppressionCause {
    /// The receiver's side refused a message for good.
    HardBounce,
    /// Its owner called a message spam.
    Complaint,
    /// It is on the suppression list of the AWS account.
    AccountList,
    /// A member of staff has opted it out.
    Staff,
}

impl SuppressionCause {
    /// As staff read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::HardBounce => "An email came back for good",
            Self::Complaint => "An email was called spam",
            Self::AccountList => "On the AWS account's suppression list",
            Self::Staff => "Opted out by staff",
        }
    }
}

impl AddressSuppression {
    /// That a member of staff opts an address out, over what was `known` of it: what came back
    /// from it stays with it.
    pub fn by_staff(address: &EmailAddress, known: Option<&Self>, dealt: &DealtWith) -> Self {
        let known = known.cloned();
        Self {
            address: address.clone(),
            cause: SuppressionCause::Staff,
            at: dealt.at,
            detail: known.as_ref().and_then(|known| known.detail.clone()),
            notification: known.as_ref().and_then(|known| known.notification.clone()),
            by: Some(dealt.clone()),
            lifted: None,
            unread: known.map(|known| known.unread).unwrap_or_default(),
        }
    }

    /// Whether nothing is sent to the address.
    pub fn holds(&self) -> bool {
        self.lifted.is_none()
    }

    /// Whether it is to be noted over what is known of the address: where nothing is, or it
    /// happened after that was lifted. That the account's own list has an address repeats
    /// what is known, unless it was taken off and has been put there again; and says less than
    /// the message that put it there.
    pub fn is_news_to(&self, known: Option<&Self>) -> bool {
        let Some(known) = known else { return true };
        match &known.lifted {
            Some(lifted) => self.at > lifted.at,
            None => {
                let listed = |each: &Self| each.cause == SuppressionCause::AccountList;
                listed(known) && !listed(self)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use rstest::rstest;

    use super::*;
    use crate::{dealt_with::ada, sample};

    fn suppression(cause: SuppressionCause, minutes: i64) -> AddressSuppression {
        AddressSuppression {
            address: EmailAddress::parse("ann@example.com").unwrap(),
            cause,
            at: sample::now() + TimeDelta::minutes(minutes),
            detail: None,
            notification: None,
            by: None,
            lifted: None,
            unread: Unread::default(),
        }
    }

    #[rstest]
    #[case::first(SuppressionCause::HardBounce, 0, None, true)]
    #[case::on_the_list(SuppressionCause::AccountList, 0, None, true)]
    #[case::known(SuppressionCause::Complaint, 9, Some(false), false)]
    #[case::after_it_was_lifted(SuppressionCause::HardBounce, 1, Some(true), true)]
    #[case::late(SuppressionCause::HardBounce, 0, Some(true), false)]
    #[case::on_the_list_again(SuppressionCause::AccountList, 1, Some(true), true)]
    #[case::still_on_the_list(SuppressionCause::AccountList, 9, Some(false), false)]
    fn what_came_before_it_was_lifted_suppresses_no_more(
        #[case] cause: SuppressionCause,
        #[case] minutes: i64,
        #[case] known_and_lifted: Option<bool>,
        #[case] news: bool,
    ) {
        let known = known_and_lifted.map(|lifted| AddressSuppression {
            lifted: lifted.then(ada),
            ..suppression(SuppressionCause::HardBounce, -5)
        });
        assert!(
            known
                .iter()
                .all(|known| known.holds() != known.lifted.is_some())
        );
        assert_eq!(suppression(cause, minutes).is_news_to(known.as_ref()), news);
    }

    #[test]
    fn what_staff_say_holds_over_what_comes_back_later() {
        let address = EmailAddress::parse("ann@example.com").unwrap();
        let bounced = suppression(SuppressionCause::HardBounce, 0);
        let out = AddressSuppression::by_staff(&address, Some(&bounced), &ada());
        assert!(out.holds() && out.by == Some(ada()));
        assert!(!suppression(SuppressionCause::Complaint, 9).is_news_to(Some(&out)));
    }

    #[test]
    fn a_message_says_more_than_the_list_it_put_its_address_on() {
        let listed = suppression(SuppressionCause::AccountList, 1);
        let bounced = suppression(SuppressionCause::HardBounce, 0);
        assert!(bounced.is_news_to(Some(&listed)));
        assert!(!listed.is_news_to(Some(&bounced)));
        assert!(!listed.is_news_to(Some(&listed)));
    }
}
