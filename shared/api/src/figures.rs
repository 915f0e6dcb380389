//! Figures: what the log comes to, day by day.

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};
use usher_domain::{
    Failure,
    figures::{AnswerGroup, DailyFigures, Figures, LagGroup, MessageGroup, ReachAhead, RollUp},
    local_time::rfc3339,
};
use utoipa::{IntoParams, ToSchema};

use crate::word;

/// The most days that are asked for at once.
const MOST_DAYS: i64 = 92;
/// How many days there are where it is not said.
const DAYS: i64 = 14;

/// Which days.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Days {
    /// The first day: a date in the settings' zone. 14 days until `to` when left out.
    #[param(value_type = Option<String>, format = Date)]
    pub from: Option<String>,
    /// The last day, a date as well; 92 days in all at most. Today when left out.
    #[param(value_type = Option<String>, format = Date)]
    pub to: Option<String>,
}

impl Days {
    /// The first and the last day, where today is `today`.
    ///
    /// # Errors
    /// [`Failure::BadRequest`] for what is no date, for a first day behind the last, and for
    /// more days than are read at once.
    pub fn range(&self, today: NaiveDate) -> Result<(NaiveDate, NaiveDate), Failure> {
        let to = date("to", self.to.as_deref())?.unwrap_or(today);
        let first = |last: NaiveDate| last.checked_sub_signed(TimeDelta::days(DAYS - 1));
        let from = date("from", self.from.as_deref())?;
        let from = from.or_else(|| first(to)).unwrap_or(to);
        if from > to {
            return Err(bad("from must not be after to.".to_owned()));
        }
        if (to - from).num_days() >= MOST_DAYS {
            let detail = format!("from and to must be {MOST_DAYS} days at most, both included.");
            return Err(bad(detail));
        }
        Ok((from, to))
    }
}

fn date(name: &str, text: Option<&str>) -> Result<Option<NaiveDate>, Failure> {
    let Some(text) = text else { return Ok(None) };
    let read = text
        .parse()
        .ok()
        .filter(|date: &NaiveDate| text == date.to_string());
    let read = read.ok_or_else(|| bad(format!("{name} must be a date like 2026-01-15.")));
    read.map(Some)
}

fn bad(detail: String) -> Failure {
    Failure::BadRequest { detail }
}

/// The figures of some days.
#[derive(Debug, Serialize, ToSchema)]
pub struct FiguresView {
    /// The zone that days begin and end in.
    pub timezone: String,
    /// The days that have been counted, oldest first.
    pub days: Vec<DayView>,
    /// The days of the range until today that have not been counted: nothing is known of them,
    /// which does not say that nothing was sent.
    #[schema(value_type = Vec<String>)]
    pub missing: Vec<NaiveDate>,
    /// How many of those are stored but cannot be read: 0 as a rule.
    pub unreadable: usize,
}

/// What one day's messages came to. Everything counts on the day of the message that it belongs
/// to: a bounce and an answer, too, whenever they came.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DayView {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub date: NaiveDate,
    /// The zone it was a day of when it was counted.
    pub timezone: String,
    /// When it was counted (RFC 3339, UTC): what happened later may be missing.
    pub as_of: String,
    /// Whether it is not counted any more: 14 days after its end. Until then it is counted
    /// anew, and may change.
    #[serde(rename = "final")]
    pub is_final: bool,
    /// How many messages of the log could not be read, and are in no count: 0 as a rule.
    pub unreadable: u64,
    /// What became of its messages. One that went by two channels counts on each.
    pub messages: Vec<MessageCount>,
    /// What was answered to them, where it still applied when it came.
    pub answers: Vec<AnswerCount>,
    /// How long it took from when a message was due until its provider had accepted it: a
    /// reminder is due at its trigger's moment, all else when it is asked for. Of what was
    /// never accepted, and of reminders of which nobody knows any more when they were due,
    /// there is none.
    pub due_to_accepted: Vec<LagCount>,
    /// Who could not be reached ahead of it; null where nobody has looked.
    pub reach_ahead: Option<ReachAheadView>,
}

/// How many attendees of the meetings of the next 14 days no message reached, by what was known
/// when the day was last counted while it was on. `GET /v1/reach` says who they are now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReachAheadView {
    /// When that was (RFC 3339, UTC).
    pub as_of: String,
    /// How many.
    pub unreachable: u64,
    /// Whether not everybody was looked at: there may be more.
    pub partial: bool,
}

impl From<&ReachAhead> for ReachAheadView {
    fn from(ahead: &ReachAhead) -> Self {
        Self {
            as_of: rfc3339(ahead.at),
            unreachable: ahead.unreachable,
            partial: ahead.partial,
        }
    }
}

/// How many messages there are of a type, on a channel, that stand so.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MessageCount {
    /// What they are for.
    #[serde(rename = "type")]
    pub kind: word::MessageKind,
    /// The channel.
    pub channel: word::Channel,
    /// How they stand.
    pub status: word::DeliveryStatus,
    /// How many.
    pub count: u64,
}

/// How many answers there are to messages of a template, by how they came.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnswerCount {
    /// The template that their meetings had when they were counted; null of meetings without
    /// one, and of meetings that cannot be read.
    pub template_id: Option<String>,
    /// How they came.
    pub channel: word::AnswerChannel,
    /// What was answered.
    pub answer: word::Answer,
    /// How many.
    pub count: u64,
}

/// How many messages were accepted within a time, and not within the next shorter one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LagCount {
    /// What they are for.
    #[serde(rename = "type")]
    pub kind: word::MessageKind,
    /// Within so many seconds: 60, 300, 900, 3,600 or 21,600; null for all that took longer.
    pub within_seconds: Option<i64>,
    /// How many.
    pub count: u64,
}

impl FiguresView {
    /// The figures of these days, where dates are of `timezone` (IANA).
    pub fn new(
        timezone: String,
        days: &[DailyFigures],
        missing: Vec<NaiveDate>,
        unreadable: usize,
    ) -> Self {
        Self {
            timezone,
            days: days.iter().filter_map(DayView::of).collect(),
            missing,
            unreadable,
        }
    }
}

impl DayView {
    /// A day; none that was never counted to its end.
    fn of(day: &DailyFigures) -> Option<Self> {
        let RollUp {
            at,
            is_final,
            figures,
        } = day.complete.as_ref()?;
        Some(Self {
            date: day.date,
            timezone: day.timezone.to_string(),
            as_of: rfc3339(*at),
            is_final: *is_final,
            unreadable: figures.unreadable,
            messages: messages(figures),
            answers: answers(figures),
            due_to_accepted: lags(figures),
            reach_ahead: day.reach_ahead.as_ref().map(ReachAheadView::from),
        })
    }
}

fn messages(figures: &Figures) -> Vec<MessageCount> {
    let view = |(group, count): (&MessageGroup, &u64)| MessageCount {
        kind: group.kind.into(),
        channel: group.channel.into(),
        status: group.status.into(),
        count: *count,
    };
    figures.messages.iter().map(view).collect()
}

fn answers(figures: &Figures) -> Vec<AnswerCount> {
    let view = |(group, count): (&AnswerGroup, &u64)| AnswerCount {
        template_id: group.template_id.as_ref().map(ToString::to_string),
        channel: group.channel.into(),
        answer: group.answer.into(),
        count: *count,
    };
    figures.answers.iter().map(view).collect()
}

fn lags(figures: &Figures) -> Vec<LagCount> {
    let view = |(group, count): (&LagGroup, &u64)| LagCount {
        kind: group.kind.into(),
        within_seconds: group.lag.at_most().map(|at_most| at_most.num_seconds()),
        count: *count,
    };
    figures.due_to_accepted.iter().map(view).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn range(from: &str, to: &str) -> Result<(String, String), String> {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let days = Days {
            from: given(from),
            to: given(to),
        };
        match days.range("2026-03-31".parse().unwrap()) {
            Ok((from, to)) => Ok((from.to_string(), to.to_string())),
            Err(Failure::BadRequest { detail }) => Err(detail),
            Err(other) => panic!("{other}"),
        }
    }

    #[rstest]
    #[case::two_weeks_until_today("", "", "2026-03-18", "2026-03-31")]
    #[case::two_weeks("", "2026-01-20", "2026-01-07", "2026-01-20")]
    #[case::until_today("2026-03-01", "", "2026-03-01", "2026-03-31")]
    #[case::one_day("2026-03-01", "2026-03-01", "2026-03-01", "2026-03-01")]
    #[case::the_most("2026-01-01", "2026-04-02", "2026-01-01", "2026-04-02")]
    fn both_ends_are_included(
        #[case] from: &str,
        #[case] to: &str,
        #[case] first: &str,
        #[case] last: &str,
    ) {
        assert_eq!(range(from, to), Ok((first.to_owned(), last.to_owned())));
    }

    #[rstest]
    #[case::too_many("2026-01-01", "2026-04-03", "92 days")]
    #[case::backwards("2026-01-02", "2026-01-01", "not be after")]
    #[case::no_date("yesterday", "", "from must be a date")]
    #[case::an_instant("", "2026-01-01T00:00:00Z", "to must be a date")]
    #[case::in_few_digits("2026-1-1", "2026-01-02", "from must be a date")]
    fn what_is_no_range_is_refused_in_words(
        #[case] from: &str,
        #[case] to: &str,
        #[case] said: &str,
    ) {
        let detail = range(from, to).unwrap_err();
        assert!(detail.contains(said), "{detail}");
    }
}
