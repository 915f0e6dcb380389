//! What each operation costs, exactly, and what for. A story counts it anew with every test
//! run (`tests/stories/figures.rs`) and fails if anything differs: what changes a figure
//! changes its line here, with the reason, in the same commit. Fewer is a reason, too.
//!
//! Writes are counted as DynamoDB charges them: a unit a kilobyte of the whole item, twice
//! that in a transaction, and one for each kilobyte of each index entry that changes, two
//! where its key does. The figures of a crowd are those of all of it.

/// What an operation costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// The operation's name.
    pub operation: &'static str,
    /// How often each service is called, and for what.
    pub calls: &'static str,
    /// Read units, and where.
    pub reads: &'static str,
    /// Write units, and where.
    pub writes: &'static str,
    /// What for.
    pub because: &'static str,
}

/// A figure for every operation, in their order.
pub const FIGURES: [Figure; 10] = [
    Figure {
        operation: "reminder_email",
        calls: "ses: SendEmail 1; dynamodb: BatchGetItem 2, TransactWriteItems 2",
        reads: "6 = table 6",
        writes: "12 = table 8 + GSI1 1 + GSI3 2 + GSI5 1",
        because: "Meeting with settings; template with what keeps the address from being \
                  reminded: that it wants none, and that emails came back from it. One \
                  transaction claims the meeting and the row, which has what it says and the \
                  hash of its link's token; one has what came of it: row and meeting (2 each \
                  time), and the timeline has it from the row. The row is listed in the log \
                  and by the address it goes to (2); the meeting moves to its next reminder in \
                  what the sweep looks at (2).",
    },
    Figure {
        operation: "reminder_crowd_100",
        calls: "ses: SendEmail 100; dynamodb: BatchGetItem 14, PutItem 1, Query 2, TransactWriteItems 11",
        reads: "632 = table 632",
        writes: "605 = table 403 + GSI1 100 + GSI3 2 + GSI5 100",
        because: "Five waves of twenty-four, each with a read of its attendees, a transaction \
                  that claims its rows and one with what came of them: 6 for each attendee. \
                  Who knows of the meeting is told nothing by a reminder, so that nothing is \
                  written of an attendee behind the lead. What keeps an address is three \
                  reads, for all before the first wave and for each of the later ones anew.",
    },
    Figure {
        operation: "confirmation_email",
        calls: "ses: SendEmail 1; scheduler: CreateSchedule 2; dynamodb: BatchGetItem 2, PutItem 1, TransactWriteItems 2",
        reads: "7 = table 7",
        writes: "20 = table 13 + GSI1 1 + GSI2 1 + GSI3 3 + GSI5 1 + GSI6 1",
        because: "Key, meeting and settings; template with what keeps the addresses from being \
                  used. Two transactions, the claim and the record, have key, meeting and row \
                  (6 each); the meeting is written once more, alone, when its two schedules \
                  stand. The sweep finds the send by the meeting, which stands where it stands \
                  until it has its schedules (1), and then moves to its first reminder (2). \
                  The first message to somebody is listed by both of their addresses.",
    },
    Figure {
        operation: "confirmation_both",
        calls: "ses: SendEmail 1; sns: Publish 1; scheduler: CreateSchedule 2; dynamodb: BatchGetItem 2, PutItem 1, TransactWriteItems 2",
        reads: "7 = table 7",
        writes: "22 = table 15 + GSI1 1 + GSI2 1 + GSI3 3 + GSI5 1 + GSI6 1",
        because: "As by email alone, with a token for the SMS: it has no room to name its row.",
    },
    Figure {
        operation: "landing_get",
        calls: "dynamodb: BatchGetItem 1, GetItem 1",
        reads: "2.5 = table 2.5",
        writes: "0",
        because: "The row that the token names; meeting, settings, the attendee's own item, \
                  which the lead has none of, and the template that the meeting had when the \
                  link was sent: all of it as it was a moment ago, at half the price.",
    },
    Figure {
        operation: "landing_post",
        calls: "ses: SendEmail 2; dynamodb: BatchGetItem 1, GetItem 1, TransactWriteItems 2",
        reads: "5 = table 5",
        writes: "20 = table 14 + GSI1 2 + GSI3 2 + GSI5 2",
        because: "What the page reads, as it is. One transaction takes \
                  the answer (meeting, timeline, the answered row) with a row for the \
                  organizer and the follower each; one has what came of their two emails. No \
                  meeting is held for them: the sweep finds them by the first (2).",
    },
    Figure {
        operation: "sms_reply",
        calls: "ses: SendEmail 2; sns: Publish 1; dynamodb: BatchGetItem 2, GetItem 1, Query 1, TransactWriteItems 2",
        reads: "7 = table 7",
        writes: "30 = table 22 + GSI1 3 + GSI3 2 + GSI5 2 + GSI6 1",
        because: "The text's id, the number's open questions and the row of the one; meeting, \
                  settings, attendee and the template that it had when it was asked. One \
                  transaction takes the answer as a POST does, with the text's id, what the \
                  number is in conversation about and the automatic reply's row; one has what \
                  came of two emails and a reply, all of which the sweep finds by the first.",
    },
    Figure {
        operation: "answer_of_1000",
        calls: "ses: SendEmail 2; dynamodb: BatchGetItem 1, GetItem 1, TransactWriteItems 2",
        reads: "5 = table 5",
        writes: "22 = table 16 + GSI1 2 + GSI3 2 + GSI5 2",
        because: "An attendee behind the lead: as a POST, with their own small item in the \
                  place of the meeting, which is only checked to be as it was read.",
    },
    Figure {
        operation: "landing_get_of_300",
        calls: "dynamodb: BatchGetItem 1, GetItem 1",
        reads: "2.5 = table 2.5",
        writes: "0",
        because: "As for one: the others' items are not read.",
    },
    Figure {
        operation: "quiet_sweep",
        calls: "dynamodb: GetItem 1, Query 1",
        reads: "1.5 = table 1 + GSI3 0.5",
        writes: "0",
        because: "When the account's opt-outs were read last, and an empty list of what is to be \
                  looked at.",
    },
];
