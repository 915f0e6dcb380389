//! What the account may send from: domains, which are identities of SES unless they were
//! taken back.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What SES lets its account send from.
#[derive(Debug, Default)]
pub(crate) struct Identities {
    taken_back: Mutex<Vec<String>>,
}

impl Identities {
    /// A domain's records are gone from DNS: neither it nor a domain above is an
    /// identity any longer.
    pub(crate) fn take_back(&self, domain: &str) {
        self.taken_back().push(domain.to_ascii_lowercase());
    }

    /// Whether mail may come from `domain`.
    pub(super) fn verified(&self, domain: &str) -> bool {
        let domain = domain.to_ascii_lowercase();
        let above = format!(".{domain}");
        let gone = |taken: &String| *taken == domain || taken.ends_with(&above);
        domain.contains('.')
            && domain.rsplit('.').next() != Some("invalid")
            && !self.taken_back().iter().any(gone)
    }

    fn taken_back(&self) -> MutexGuard<'_, Vec<String>> {
        self.taken_back
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The domain of one address, bare or as `Name <address>`; `None` if it is not one.
pub(super) fn domain(address: &str) -> Option<&str> {
    if address.chars().any(char::is_control) {
        return None;
    }
    let bare = match address.rsplit_once('<') {
        Some((_, rest)) => rest.trim_end().strip_suffix('>')?,
        None => address.trim(),
    };
    let (local, domain) = bare.rsplit_once('@')?;
    let illegal = |c: char| c.is_whitespace() || ",;:<>()[]\\".contains(c);
    let legal = !local.is_empty() && !domain.is_empty() && bare.len() <= 320 && bare.is_ascii();
    (legal && !bare.contains(illegal) && !local.contains('@')).then_some(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_domain_only_if_it_is_one_address() {
        assert_eq!(domain("a@b.example"), Some("b.example"));
        assert_eq!(domain("Ann Lee <a@b.example>"), Some("b.example"));
        for bad in [
            "",
            "a",
            "@b.example",
            "a@",
            "a@b.example, c@d.example",
            "a@b\r\nBcc: x@y.example",
            "a b@c.example",
            "A <a@b.example",
        ] {
            assert_eq!(domain(bad), None, "{bad:?}");
        }
    }
}
