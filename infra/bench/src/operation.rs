//! What is measured: pieces of a function's work, each begun by one event.

use anyhow::{Context as _, ensure};
use serde_json::Value;
use usher_local::Text;

use crate::{
    events,
    stage::{MeetingId, OUR_NUMBER, Preference, Stage, token},
};

/// A piece of work that has a name in `target/bench.json`.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// Its name.
    pub name: &'static str,
    /// What is done.
    pub work: Work,
}

/// What a function is to do for one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Remind every attendee by email.
    Reminder {
        /// Of how many.
        attendees: usize,
    },
    /// Confirm a meeting to every attendee; its two reminders are armed.
    Confirmation {
        /// To how many.
        attendees: usize,
        /// How.
        preference: Preference,
    },
    /// Show the landing page to one attendee.
    LandingGet {
        /// Of how many.
        attendees: usize,
    },
    /// Take an attendee's answer from the landing page, and tell the organizer.
    LandingPost {
        /// Of how many.
        attendees: usize,
    },
    /// Take the answer that an attendee texts, reply, and tell the organizer.
    SmsReply,
    /// Sweep where there is nothing to do.
    Sweep,
}

const fn operation(name: &'static str, work: Work) -> Operation {
    Operation { name, work }
}

/// Every named operation.
pub const OPERATIONS: [Operation; 10] = [
    operation("reminder_email", Work::Reminder { attendees: 1 }),
    operation("reminder_crowd_100", Work::Reminder { attendees: 100 }),
    operation(
        "confirmation_email",
        Work::Confirmation {
            attendees: 1,
            preference: Preference::None,
        },
    ),
    operation(
        "confirmation_both",
        Work::Confirmation {
            attendees: 1,
            preference: Preference::Both,
        },
    ),
    operation("landing_get", Work::LandingGet { attendees: 1 }),
    operation("landing_post", Work::LandingPost { attendees: 1 }),
    operation("sms_reply", Work::SmsReply),
    operation("answer_of_1000", Work::LandingPost { attendees: 1_000 }),
    operation("landing_get_of_300", Work::LandingGet { attendees: 300 }),
    operation("quiet_sweep", Work::Sweep),
];

impl Work {
    /// The function that does it.
    pub fn function(self) -> &'static str {
        match self {
            Self::Reminder { .. } | Self::Sweep => "reminder-fanout",
            Self::Confirmation { .. } => "send-notification",
            Self::LandingGet { .. } | Self::LandingPost { .. } => "landing-page",
            Self::SmsReply => "inbound-sms",
        }
    }

    /// How many attendees are written to for one event: what a crowd costs is told by the
    /// attendee.
    pub fn written_to(self) -> usize {
        match self {
            Self::Reminder { attendees } | Self::Confirmation { attendees, .. } => attendees,
            Self::LandingGet { .. } | Self::LandingPost { .. } | Self::SmsReply | Self::Sweep => 1,
        }
    }

    /// The same for one attendee alone.
    #[must_use]
    pub fn for_one(self) -> Self {
        match self {
            Self::Reminder { .. } => Self::Reminder { attendees: 1 },
            Self::Confirmation { preference, .. } => Self::Confirmation {
                attendees: 1,
                preference,
            },
            Self::LandingGet { .. } => Self::LandingGet { attendees: 1 },
            Self::LandingPost { .. } => Self::LandingPost { attendees: 1 },
            Self::SmsReply | Self::Sweep => self,
        }
    }

    /// Sets the stage for doing it so many times, and returns the events: each does the whole
    /// of it once.
    ///
    /// # Errors
    /// The stage refuses a step.
    pub async fn prepare(self, stage: &Stage, times: usize) -> anyhow::Result<Vec<Value>> {
        match self {
            Self::Reminder { attendees } => reminders(stage, attendees, times).await,
            Self::Confirmation {
                attendees,
                preference,
            } => confirmations(stage, attendees, preference, times).await,
            Self::LandingGet { attendees } => {
                let tokens = tokens_of_one(stage, attendees, 1).await?;
                Ok(vec![events::landing_get(&tokens[0]); times])
            }
            Self::LandingPost { attendees } => {
                let mut tokens = Vec::new();
                while tokens.len() < times {
                    let missing = times - tokens.len();
                    tokens.extend(tokens_of_one(stage, attendees, missing.min(attendees)).await?);
                }
                Ok(tokens
                    .iter()
                    .map(|each| events::landing_post(each))
                    .collect())
            }
            Self::SmsReply => texts(stage, times).await,
            Self::Sweep => {
                confirmed(stage, 1, Preference::None).await?;
                Ok(vec![events::sweep(); times])
            }
        }
    }

    /// Checks that a function did the whole of it.
    ///
    /// # Errors
    /// It did not, or less than that.
    pub fn check(self, answer: &Value) -> anyhow::Result<()> {
        let done = match self {
            Self::Reminder { .. } => answer["came"] == "sent",
            Self::Sweep => answer["came"] == "swept",
            Self::SmsReply => answer["taken"] == 1,
            Self::Confirmation { .. } | Self::LandingGet { .. } | Self::LandingPost { .. } => {
                answer["statusCode"] == 200
            }
        };
        ensure!(done, "{self:?} came to nothing: {answer}");
        Ok(())
    }
}

async fn confirmed(
    stage: &Stage,
    attendees: usize,
    preference: Preference,
) -> anyhow::Result<MeetingId> {
    let meeting = stage.book(attendees, preference).await?;
    stage.send(meeting, "confirmation", None).await?;
    Ok(meeting)
}

async fn reminders(stage: &Stage, attendees: usize, times: usize) -> anyhow::Result<Vec<Value>> {
    for _ in 0..times {
        confirmed(stage, attendees, Preference::None).await?;
    }
    let due = stage.lose_due_reminders().await?;
    ensure!(due.len() == times, "{} reminders are due", due.len());
    Ok(due)
}

async fn confirmations(
    stage: &Stage,
    attendees: usize,
    preference: Preference,
    times: usize,
) -> anyhow::Result<Vec<Value>> {
    let mut events = Vec::with_capacity(times);
    for _ in 0..times {
        let meeting = stage.book(attendees, preference).await?;
        events.push(events::confirmation(&meeting));
    }
    Ok(events)
}

/// The tokens of the last attendees of one meeting, who alone were asked whether they come.
/// The lead is among them only if all are.
async fn tokens_of_one(
    stage: &Stage,
    attendees: usize,
    asked: usize,
) -> anyhow::Result<Vec<String>> {
    let meeting = stage.book(attendees, Preference::None).await?;
    let last = attendees - asked..attendees;
    let sent = stage.send(meeting, "confirmation_request", Some(last));
    let messages = sent.await?;
    ensure!(messages.len() == asked, "not all of {asked} were asked");
    messages.iter().map(token).collect()
}

/// Texts that answer the question of a meeting each.
async fn texts(stage: &Stage, times: usize) -> anyhow::Result<Vec<Value>> {
    let mut events = Vec::with_capacity(times);
    for _ in 0..times {
        let meeting = stage.book(1, Preference::Sms).await?;
        let asked = stage.send(meeting, "confirmation_request", None).await?;
        let question = asked.first().context("nobody was asked")?;
        events.push(stage.stack().sms_event(&Text {
            from: question.to.clone(),
            to: OUR_NUMBER.to_owned(),
            body: "1".to_owned(),
            previous_message_id: None,
        }));
    }
    Ok(events)
}
