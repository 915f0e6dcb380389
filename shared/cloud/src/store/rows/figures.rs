//! The row of a day's figures.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use usher_domain::{
    answer::{Answer, AnswerChannel},
    channel::Channel,
    figures::{
        AnswerGroup, DailyFigures, Figures, Lag, LagGroup, MessageGroup, ReachAhead, RollUp,
        RollUpInProgress,
    },
    id::TemplateId,
    kind::MessageKind,
    notification::DeliveryStatus,
    unread::Unread,
};

use super::{Kind, Stored, row};
use crate::store::item::Item;

row! {
    DailyFiguresRow of DailyFigures {
        date: NaiveDate,
        timezone: Tz,
        #[serde(default)]
        version: u64,
        #[serde(default)]
        complete: Option<RollUp>,
        #[serde(default)]
        in_progress: Option<RollUpInProgress>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reach_ahead: Option<ReachAhead>,
    } besides { unread }
}

impl Kind for DailyFigures {
    const CARRIES: bool = true;

    /// What this release does not understand of the counts themselves is not carried: a
    /// roll-up counts anew, and an old count beside a new one would be wrong.
    fn carry(
        &mut self,
        stored: Option<Item>,
        _beside: Option<aws_sdk_dynamodb::types::AttributeValue>,
    ) {
        self.unread = stored.map_or_else(Unread::default, |mut item| {
            item.remove("complete");
            item.remove("in_progress");
            Unread::new(item)
        });
    }

    fn stored(&self) -> Option<&Item> {
        self.unread.stored()
    }
}

row! {
    ReachAheadRow of ReachAhead {
        at: DateTime<Utc>,
        unreachable: u64,
        #[serde(default)]
        partial: bool,
    }
}

row! {
    RollUpRow of RollUp {
        at: DateTime<Utc>,
        is_final: bool,
        figures: Figures,
    }
}

row! {
    RollUpInProgressRow of RollUpInProgress {
        at: DateTime<Utc>,
        #[serde(default)]
        position: Option<String>,
        figures: Figures,
    }
}

/// Counts, each with the group that it is of.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FiguresRow {
    rows: u64,
    #[serde(default)]
    unreadable: u64,
    #[serde(default)]
    messages: Vec<Count<MessageGroupRow>>,
    #[serde(default)]
    answers: Vec<Count<AnswerGroupRow>>,
    #[serde(default)]
    due_to_accepted: Vec<Count<LagGroupRow>>,
}

/// How many there are of a group.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Count<G> {
    #[serde(flatten)]
    group: G,
    count: u64,
}

row! {
    MessageGroupRow of MessageGroup {
        #[serde(rename = "type")]
        kind: MessageKind,
        channel: Channel,
        status: DeliveryStatus,
    }
}

row! {
    AnswerGroupRow of AnswerGroup {
        #[serde(default)]
        template_id: Option<TemplateId>,
        channel: AnswerChannel,
        answer: Answer,
    }
}

row! {
    LagGroupRow of LagGroup {
        #[serde(rename = "type")]
        kind: MessageKind,
        lag: Lag,
    }
}

impl Stored for Figures {
    type Row = FiguresRow;

    fn to_row(&self) -> FiguresRow {
        FiguresRow {
            rows: self.rows,
            unreadable: self.unreadable,
            messages: counts(&self.messages),
            answers: counts(&self.answers),
            due_to_accepted: counts(&self.due_to_accepted),
        }
    }

    /// A group with a word that this release does not know is left out, or counted with what
    /// the word is read as.
    fn from_row(row: FiguresRow) -> Option<Self> {
        Some(Self {
            rows: row.rows,
            unreadable: row.unreadable,
            messages: groups(row.messages),
            answers: groups(row.answers),
            due_to_accepted: groups(row.due_to_accepted),
        })
    }
}

fn counts<G: Stored>(groups: &BTreeMap<G, u64>) -> Vec<Count<G::Row>> {
    let count = |(group, count): (&G, &u64)| Count {
        group: group.to_row(),
        count: *count,
    };
    groups.iter().map(count).collect()
}

fn groups<G: Stored + Ord>(counts: Vec<Count<G::Row>>) -> BTreeMap<G, u64> {
    let mut groups = BTreeMap::new();
    for Count { group, count } in counts {
        if let Some(group) = G::from_row(group) {
            *groups.entry(group).or_default() += count;
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;

    use super::*;
    use crate::store::{
        codec::{from_item, to_item},
        item::Key,
    };

    fn counted(status: &str, count: u64) -> AttributeValue {
        serde_dynamo::to_attribute_value(serde_json::json!({
            "type": "update", "channel": "email", "status": status, "count": count,
        }))
        .unwrap()
    }

    /// A day with these counts of messages, as it is stored.
    fn stored(messages: Vec<AttributeValue>) -> Item {
        let day = DailyFigures::new("2026-01-05".parse().unwrap(), Tz::UTC);
        let mut begun = day.clone();
        let in_progress = begun.take_up(DateTime::UNIX_EPOCH);
        begun.finish(in_progress);
        let mut item = to_item(&Key::daily_figures(day.date), &begun).unwrap();
        let complete = item
            .get_mut("complete")
            .and_then(|it| it.as_m().ok().cloned());
        let mut complete = complete.unwrap();
        let mut figures = complete["figures"].as_m().unwrap().clone();
        figures.insert("messages".to_owned(), AttributeValue::L(messages));
        complete.insert("figures".to_owned(), AttributeValue::M(figures));
        item.insert("complete".to_owned(), AttributeValue::M(complete));
        item
    }

    #[test]
    fn counts_of_words_that_nobody_knows_are_in_doubt_and_not_kept_once_they_are_counted_anew() {
        let mut item = stored(vec![counted("unknown", 1), counted("teleported", 2)]);
        let later = AttributeValue::S("later".to_owned());
        item.insert("of_a_later_release".to_owned(), later.clone());
        let mut day: DailyFigures = from_item(item).unwrap();
        let messages = &day.complete.as_ref().unwrap().figures.messages;
        let group = MessageGroup {
            kind: MessageKind::Update,
            channel: Channel::Email,
            status: DeliveryStatus::Unknown,
        };
        assert_eq!(*messages, BTreeMap::from([(group, 3)]));
        let anew = day.take_up(DateTime::UNIX_EPOCH);
        day.finish(anew);
        let written = to_item(&Key::daily_figures(day.date), &day).unwrap();
        assert_eq!(written.get("of_a_later_release"), Some(&later));
        let day: DailyFigures = from_item(written).unwrap();
        assert_eq!(day.complete.unwrap().figures, Figures::default());
    }
}
