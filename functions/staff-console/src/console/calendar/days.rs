//! The days of the calendar with their meetings, as many as one page shows.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Serialize;
use usher_api::meeting::ListedMeeting;
use usher_domain::{
    attention::MeetingConcern,
    meeting::{Attendee, Meeting, NotificationState},
};

use super::stretch::SHOWN;
use crate::console::meeting::WishView;

#[derive(Serialize)]
pub(super) struct Day {
    date: NaiveDate,
    label: String,
    today: bool,
    meetings: Vec<Row>,
    /// How many meetings of the day are not shown.
    more: usize,
    /// Whether the day was read to its end; else it may have still more of them.
    counted: bool,
}

#[derive(Serialize)]
pub(super) struct Row {
    #[serde(flatten)]
    meeting: ListedMeeting,
    elsewhere: bool,
    update_due: bool,
    /// The first thing of it that needs attention.
    concern: &'static str,
    /// Whom that concerns.
    concerned: Option<People>,
    /// Who wants another time, where something else is the first thing.
    wished_by: Option<People>,
    /// What the first of them wished for.
    wish: Option<WishView>,
}

/// Some attendees of a meeting: the first one's name, and how many more.
#[derive(Serialize)]
struct People {
    first: String,
    more: usize,
}

impl People {
    fn new(first: &Attendee, count: usize) -> Self {
        Self {
            first: first.name.to_string(),
            more: count.saturating_sub(1),
        }
    }
}

impl Day {
    fn empty(date: NaiveDate, today: NaiveDate) -> Self {
        Self {
            date,
            label: date.format("%A %-d %B").to_string(),
            today: date == today,
            meetings: Vec::new(),
            more: 0,
            counted: true,
        }
    }
}

/// The meetings under their days; every day of `whole`, also those without any.
pub(super) fn by_day(
    meetings: &[Meeting],
    whole: Option<(NaiveDate, u64)>,
    zone: Tz,
    today: NaiveDate,
) -> Vec<Day> {
    let whole = whole
        .into_iter()
        .flat_map(|(first, count)| first.iter_days().take(usize::try_from(count).unwrap_or(0)));
    let mut days: Vec<Day> = whole.map(|date| Day::empty(date, today)).collect();
    for meeting in meetings {
        let date = meeting.details.starts_at.with_timezone(&zone).date_naive();
        let row = Row::new(meeting, zone);
        match days.iter_mut().find(|day| day.date == date) {
            Some(day) => day.meetings.push(row),
            None => days.push(Day {
                meetings: vec![row],
                ..Day::empty(date, today)
            }),
        }
    }
    days
}

/// Leaves of a week's days what one page shows, and counts the rest. `goes_on` says
/// that not all of the week was read: the last day with meetings and those behind it
/// may have more.
pub(super) fn cut(days: &mut [Day], goes_on: bool) {
    let counts: Vec<usize> = days.iter().map(|day| day.meetings.len()).collect();
    let shown = share(&counts, SHOWN);
    let read_to = counts.iter().rposition(|count| *count > 0).unwrap_or(0);
    for (at, day) in days.iter_mut().enumerate() {
        day.more = day.meetings.len().saturating_sub(shown);
        day.meetings.truncate(shown);
        day.counted = !goes_on || at < read_to;
    }
}

/// The most that each may have, so that all together have `room` at most.
fn share(counts: &[usize], room: usize) -> usize {
    let fits = |each: &usize| counts.iter().map(|count| count.min(each)).sum::<usize>() <= room;
    (1..=room).rev().find(fits).unwrap_or(0)
}

impl Row {
    pub(super) fn new(meeting: &Meeting, zone: Tz) -> Self {
        let open = meeting.open_concerns();
        let wished = open.contains(&MeetingConcern::Wish);
        let wisher = meeting.wishes().next().filter(|_| wished);
        let wished_by = wisher.map(|(who, _)| People::new(who, meeting.waiting_for_another_time()));
        let all = meeting.lead();
        let all = all.map(|lead| People::new(lead, meeting.attendee_count()));
        let (concern, concerned, wished_by) = match open.first() {
            Some(MeetingConcern::UpdateDue) => ("Update due", all, wished_by),
            Some(MeetingConcern::MissedReminder) => ("Reminder missed", all, wished_by),
            Some(MeetingConcern::Wish) | None => ("Wants another time", wished_by.or(all), None),
        };
        Self {
            meeting: ListedMeeting::new(meeting, None),
            wish: wisher.and_then(|(_, request)| request.wish.as_ref().map(WishView::from)),
            elsewhere: meeting.details.timezone != zone,
            update_due: meeting.notification_state() == NotificationState::UpdateDue,
            concern,
            concerned,
            wished_by,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn a_page_is_shared_out_so_that_no_day_starves_and_all_of_them_fit() {
        assert_eq!(share(&[0, 0, 3], 60), 60);
        assert_eq!(share(&[10, 10, 10, 10, 10, 10], 60), 60);
        assert_eq!(share(&[43; 7], 60), 8);
        assert_eq!(share(&[300, 1, 1], 60), 58);
        assert_eq!(share(&[], 60), 60);
    }
}
