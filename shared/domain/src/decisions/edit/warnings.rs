//! What staff should know of a meeting that was saved as it is.

use chrono::{DateTime, Utc};

use crate::meeting::{Attendee, Meeting};

/// How many attendees are named.
const NAMED: usize = 5;

impl Meeting {
    /// What may be a mistake about it, though it was saved, in sentences for staff.
    pub fn warnings(&self, now: DateTime<Utc>) -> Vec<String> {
        let past = self
            .started(now)
            .then(|| "Its start lies in the past: nothing goes out for it.".to_owned());
        let alone = |each: &&Attendee| each.email.is_none() && each.phone.is_none();
        let unreachable: Vec<_> = self.attendees.iter().filter(alone).collect();
        let names = unreachable.iter().take(NAMED);
        let names = names.map(|each| {
            let name = &each.name;
            format!("{name} has neither an email address nor a phone number: nothing reaches them.")
        });
        let more = unreachable.len().saturating_sub(NAMED);
        let more = (more > 0).then(|| format!("Nor do {more} others."));
        past.into_iter().chain(names).chain(more).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::sample;

    #[test]
    fn a_past_start_and_a_customer_without_any_address_are_named() {
        let mut meeting = sample::meeting();
        assert!(meeting.warnings(sample::now()).is_empty());
        meeting.attendees[0].email = None;
        assert!(meeting.warnings(sample::now()).is_empty());
        meeting.attendees[0].phone = None;
        meeting.details.starts_at = sample::now();
        let warnings = meeting.warnings(sample::now());
        assert!(warnings[0].contains("past") && warnings[1].starts_with("Ann Lee has neither"));
        let ann = meeting.attendees[0].clone();
        meeting.attendees.resize(9, ann);
        let warnings = meeting.warnings(sample::now());
        assert_eq!(warnings.last().unwrap(), "Nor do 3 others.");
    }
}
