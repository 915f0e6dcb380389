//! What was answered, by template and channel; and how soon messages were accepted.

use std::collections::BTreeMap;

use serde::Serialize;
use usher_domain::{
    answer::{Answer, AnswerChannel},
    figures::{Figures, Lag},
    id::TemplateId,
    kind::MessageKind,
    template::Template,
};

/// What was answered to messages of a template in one way.
#[derive(Debug, Serialize)]
pub(super) struct AnswerRow {
    template: String,
    channel: &'static str,
    /// In the order of [`Answer::ALL`]: accepted, declined, another time.
    counts: [u64; Answer::ALL.len()],
    total: u64,
    /// Where each part of its bar begins and how long it is, in percent of the row with the
    /// most answers.
    bar: Vec<BarPart>,
}

/// A part of a bar.
#[derive(Debug, Serialize)]
struct BarPart {
    x: u64,
    width: u64,
    word: &'static str,
}

/// How many messages were accepted within a time.
#[derive(Debug, Serialize)]
pub(super) struct LagRow {
    label: &'static str,
    reminders: u64,
    others: u64,
    /// How much of all reminders that is, in percent, and of all others.
    reminders_share: u64,
    others_share: u64,
}

impl AnswerRow {
    /// The rows with answers, the most first. A template that is gone has its id for a name.
    pub(super) fn all(figures: &Figures, templates: &[Template]) -> Vec<Self> {
        let mut groups: BTreeMap<_, [u64; Answer::ALL.len()]> = BTreeMap::new();
        for (group, count) in &figures.answers {
            let counts = groups.entry((group.template_id.as_ref(), group.channel));
            let place = Answer::ALL.iter().position(|each| *each == group.answer);
            counts.or_default()[place.unwrap_or_default()] += count;
        }
        let totals = groups.values().map(|counts| counts.iter().sum::<u64>());
        let most = totals.max().unwrap_or(0);
        let row = |((template, channel), counts): ((Option<&TemplateId>, AnswerChannel), _)| {
            Self::new(name(template, templates), channel, counts, most)
        };
        let mut rows: Vec<_> = groups.into_iter().map(row).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.total));
        rows
    }

    fn new(
        template: String,
        channel: AnswerChannel,
        counts: [u64; Answer::ALL.len()],
        most: u64,
    ) -> Self {
        let mut before = 0;
        let mut bar = Vec::new();
        for (answer, count) in Answer::ALL.iter().zip(counts) {
            let x = percent(before, most);
            before += count;
            bar.push(BarPart {
                x,
                width: percent(before, most) - x,
                word: answer.as_str(),
            });
        }
        Self {
            template,
            channel: channel.label(),
            total: counts.iter().sum(),
            counts,
            bar,
        }
    }
}

/// What staff call a template.
fn name(id: Option<&TemplateId>, templates: &[Template]) -> String {
    let Some(id) = id else {
        return "No template".to_owned();
    };
    let known = templates.iter().find(|template| &template.id == id);
    known.map_or_else(|| id.to_string(), |it| it.body().name.to_string())
}

impl LagRow {
    /// A row for every step of time, of messages to customers.
    pub(super) fn all(figures: &Figures) -> Vec<Self> {
        let count = |lag: Option<Lag>, is_reminder: bool| {
            let groups = figures.due_to_accepted.iter();
            let own = groups.filter(|(group, _)| {
                let is_wanted = lag.is_none_or(|lag| lag == group.lag);
                let is_theirs = group.kind != MessageKind::AnswerNotice;
                is_wanted && is_theirs && is_reminder == (group.kind == MessageKind::Reminder)
            });
            own.map(|(_, count)| *count).sum::<u64>()
        };
        let (all_reminders, all_others) = (count(None, true), count(None, false));
        if all_reminders + all_others == 0 {
            return Vec::new();
        }
        let row = |lag: &Lag| {
            let reminders = count(Some(*lag), true);
            let others = count(Some(*lag), false);
            Self {
                label: lag.label(),
                reminders,
                others,
                reminders_share: percent(reminders, all_reminders),
                others_share: percent(others, all_others),
            }
        };
        Lag::ALL.iter().map(row).collect()
    }
}

/// How much of `all` a part is, in whole percent.
fn percent(part: u64, all: u64) -> u64 {
    part * 100 / all.max(1)
}

#[cfg(test)]
mod tests {
    use usher_domain::figures::{AnswerGroup, LagGroup};

    use super::*;

    fn answers(counts: &[(Option<&str>, AnswerChannel, Answer, u64)]) -> Figures {
        let mut figures = Figures::default();
        for (template, channel, answer, count) in counts {
            let group = AnswerGroup {
                template_id: template.and_then(|id| TemplateId::parse(id).ok()),
                channel: *channel,
                answer: *answer,
            };
            figures.answers.insert(group, *count);
        }
        figures
    }

    #[test]
    fn answers_stand_by_template_and_channel_the_most_first() {
        let figures = answers(&[
            (None, AnswerChannel::Staff, Answer::Decline, 1),
            (Some("visit"), AnswerChannel::SmsReply, Answer::Accept, 3),
            (
                Some("visit"),
                AnswerChannel::SmsReply,
                Answer::Reschedule,
                1,
            ),
        ]);
        let rows = AnswerRow::all(&figures, &[]);
        let told: Vec<_> = rows
            .iter()
            .map(|row| (row.template.as_str(), row.counts, row.total))
            .collect();
        assert_eq!(
            told,
            [("visit", [3, 0, 1], 4), ("No template", [0, 1, 0], 1)]
        );
        let bar = |row: &AnswerRow| {
            row.bar
                .iter()
                .map(|part| (part.x, part.width))
                .collect::<Vec<_>>()
        };
        assert_eq!(bar(&rows[0]), [(0, 75), (75, 0), (75, 25)]);
        assert_eq!(bar(&rows[1]), [(0, 0), (0, 25), (25, 0)]);
    }

    #[test]
    fn reminders_stand_apart_from_all_else_and_news_to_staff_do_not_count() {
        assert!(LagRow::all(&Figures::default()).is_empty());
        let mut figures = Figures::default();
        for (kind, lag, count) in [
            (MessageKind::Reminder, Lag::Minute, 3),
            (MessageKind::Reminder, Lag::Hour, 1),
            (MessageKind::Update, Lag::Minute, 5),
            (MessageKind::AnswerNotice, Lag::Longer, 9),
        ] {
            figures
                .due_to_accepted
                .insert(LagGroup { kind, lag }, count);
        }
        let rows = LagRow::all(&figures);
        assert_eq!(rows.len(), Lag::ALL.len());
        let counts: Vec<_> = rows.iter().map(|row| (row.reminders, row.others)).collect();
        assert_eq!(counts, [(3, 5), (0, 0), (0, 0), (1, 0), (0, 0), (0, 0)]);
        assert_eq!((rows[0].reminders_share, rows[0].others_share), (75, 100));
    }
}
