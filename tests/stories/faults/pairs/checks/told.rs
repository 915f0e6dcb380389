//! Whether what each customer was told last is on record, and true.

use super::{Evidence, attendee, has_moved, is_at_its_time, is_reached_at, list, text};
use crate::faults::pairs::said::{Said, Word};

impl Evidence<'_> {
    /// What the meeting says that each address was told is what arrived there last, for
    /// certain and perhaps; and what the attendee knows follows from it.
    pub(super) fn check_told(&self, who: &str, said: &[&Said<'_>], untrue: &mut Vec<String>) {
        let meeting = &self.end.meeting;
        let Some(attendee) = attendee(meeting, who) else {
            return;
        };
        let (mut expected, mut certain_until, mut doubt_at) = (Vec::new(), None, None);
        for address in ["email", "phone"].map(|field| text(attendee, field)) {
            let told: Vec<_> = said
                .iter()
                .enumerate()
                .filter(|(_, each)| each.tells() && each.to == address)
                .collect();
            let last = told.iter().rposition(|(_, each)| each.is_certain());
            let doubts = &told[last.map_or(0, |last| last + 1)..];
            let as_told = |each: &Said<'_>, certain: bool| {
                (
                    address.to_owned(),
                    each.kind().to_owned(),
                    each.revision(),
                    certain,
                )
            };
            if let Some(last) = last {
                let (place, each) = told[last];
                expected.push(as_told(each, true));
                certain_until = certain_until.max(Some(place));
            }
            for (place, each) in doubts {
                expected.push(as_told(each, false));
                doubt_at = doubt_at.max(Some(*place));
            }
        }
        let told = list(attendee, "told").iter();
        let told = told.filter(|told| is_reached_at(attendee, text(told, "address")));
        let mut found: Vec<_> = told
            .map(|told| {
                let revision = told["revision"].as_u64().unwrap();
                let certain = told["certain"] == true;
                let [address, kind] = ["address", "kind"].map(|field| text(told, field).to_owned());
                (address, kind, revision, certain)
            })
            .collect();
        expected.sort();
        found.sort();
        if expected != found {
            untrue.push(format!("{who}: told {found:?}, and arrived {expected:?}"));
        }
        let knows = match certain_until.map(|place| said[place]) {
            None => "untold",
            Some(each) if each.word == Word::Off => "cancelled",
            Some(each) if is_at_its_time(each, meeting) => "current",
            Some(_) => "outdated",
        };
        // What one channel brought for certain is known, whatever became of the other one.
        let row = |place: usize| &said[place].row["id"];
        let same = doubt_at.map(row) == certain_until.map(row);
        let in_doubt = doubt_at.is_some() && doubt_at > certain_until && !same;
        if attendee["knows"] != knows || attendee["in_doubt"] != in_doubt {
            untrue.push(format!(
                "{who} should know {knows}, in doubt {in_doubt}: {attendee}"
            ));
        }
    }

    /// The last word at each address is true, or it shows of this very person that it is
    /// not.
    pub(super) fn check_last(&self, who: &str, said: &[&Said<'_>], untrue: &mut Vec<String>) {
        let meeting = &self.end.meeting;
        let off = meeting["status"] == "CANCELLED";
        let person = attendee(meeting, who);
        let is_true = |each: &Said<'_>| match (each.word == Word::Off, person) {
            (is_off, None) => is_off,
            (true, Some(_)) => off,
            (false, Some(_)) => !off && is_at_its_time(each, meeting),
        };
        let due = meeting["notification_state"] == "update_due"
            || (off && meeting["needs_attention"] == true);
        let stands = match person {
            Some(person) if off => person["knows"] != "cancelled",
            Some(person) => person["knows"] != "current" || has_moved(person),
            None => {
                let mut removed = list(meeting, "removed").iter();
                removed.any(|each| each["id"] == who)
            }
        };
        let mut theirs = self.end.rows.iter();
        let doubtful =
            theirs.any(|row| row["attendee"]["id"] == who && row["needs_attention"] == true);
        let archived = meeting["archived"] == true;
        let shows = (due && stands) || doubtful || archived;
        let telling: Vec<_> = said.iter().filter(|each| each.tells()).collect();
        let mut addresses: Vec<_> = telling.iter().map(|each| each.to).collect();
        addresses.sort_unstable();
        addresses.dedup();
        for address in addresses {
            let last = telling.iter().rposition(|each| each.to == address);
            let place = last.unwrap_or_default();
            // Who has left an address, and was told at another one since, knows it from there.
            let left = person.is_none_or(|person| !is_reached_at(person, address));
            let since = left && telling.len() > place + 1;
            let announced = telling[place].word == Word::On;
            let astray = left && announced && person.is_some();
            let mut asked = said
                .iter()
                .rev()
                .take_while(|each| !each.tells() || each.to != address);
            if left && asked.any(|each| each.word == Word::Left && each.to == address) {
                continue;
            }
            if !since && !shows && (astray || !is_true(telling[place])) {
                untrue.push(format!(
                    "{who} was last told {:?} of {} at {address}: {meeting}",
                    telling[place].word,
                    telling[place].revision()
                ));
            }
        }
    }
}
