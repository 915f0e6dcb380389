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
        reads: "5 = table 5",
        writes: "29 = table 22 + GSI1 1 + GSI2 2 + GSI3 4",
        because: "Meeting with settings; template with what keeps the address from being \
                  reminded. One transaction claims the meeting (4 units), the row, its \
                  content, its link's token and two entries for the recipient search (2 \
                  each); one has what came of it: row, timeline and meeting (8). The row is \
                  listed in the log (1), among what is pending until it is sent (2) and \
                  among what the sweep looks at (2), where the meeting moves to its next \
                  reminder (2).",
    },
    Figure {
        operation: "reminder_crowd_100",
        calls: "ses: SendEmail 100; dynamodb: BatchGetItem 13, GetItem 4, PutItem 99, Query 2, TransactWriteItems 20",
        reads: "458 = table 458",
        writes: "2009 = table 1507 + GSI1 100 + GSI2 200 + GSI3 202",
        because: "Nine waves of twelve, each with a read of its attendees, a transaction \
                  that claims its rows and one with what came of them; in the end an item \
                  for each attendee behind the lead, written alone. What a row costs is what \
                  it costs one attendee.",
    },
    Figure {
        operation: "confirmation_email",
        calls: "ses: SendEmail 1; scheduler: CreateSchedule 2; dynamodb: BatchGetItem 2, GetItem 1, Query 1, TransactWriteItems 3",
        reads: "7 = table 7",
        writes: "41 = table 30 + GSI1 1 + GSI2 3 + GSI3 7",
        because: "The key, meeting with settings, template with what keeps the addresses \
                  from being used; the meeting again before it is noted that its two \
                  reminders are armed. Three transactions: the claim (key, meeting, row, \
                  content, token, two entries for the recipient search), the record \
                  (meeting, key, row, timeline), and the meeting once more when its \
                  schedules stand.",
    },
    Figure {
        operation: "confirmation_both",
        calls: "ses: SendEmail 1; sns: Publish 1; scheduler: CreateSchedule 2; dynamodb: BatchGetItem 2, GetItem 1, Query 1, TransactWriteItems 3",
        reads: "7 = table 7",
        writes: "49 = table 38 + GSI1 1 + GSI2 3 + GSI3 7",
        because: "As by email alone, a longer row, and for the SMS a token, what it may be \
                  answered by and what its provider calls it.",
    },
    Figure {
        operation: "landing_get",
        calls: "dynamodb: BatchGetItem 1, GetItem 1",
        reads: "5 = table 5",
        writes: "0",
        because: "The token; meeting, settings, the attendee's own item, which the lead has \
                  none of, and the template that the meeting had when the link was sent.",
    },
    Figure {
        operation: "landing_post",
        calls: "ses: SendEmail 2; dynamodb: BatchGetItem 1, GetItem 1, TransactWriteItems 2",
        reads: "6 = table 6",
        writes: "34 = table 24 + GSI1 2 + GSI2 4 + GSI3 4",
        because: "What the page reads, with the row that is answered. One transaction takes \
                  the answer (meeting, timeline, the answered row) with a row, its content \
                  and an entry for the recipient search for the organizer and the follower \
                  each; one has what came of their two emails.",
    },
    Figure {
        operation: "sms_reply",
        calls: "ses: SendEmail 2; sns: Publish 1; dynamodb: BatchGetItem 3, GetItem 4, Query 1, TransactWriteItems 2",
        reads: "12 = table 12",
        writes: "57 = table 42 + GSI1 3 + GSI2 6 + GSI3 6",
        because: "The text's id, the number's open questions and the row of the one; \
                  meeting, settings, attendee and template twice; the row again. One \
                  transaction takes the answer as a POST does, with the text's id, what the \
                  number is in conversation about and the automatic reply's row; one has \
                  what came of two emails and a reply.",
    },
    Figure {
        operation: "answer_of_1000",
        calls: "ses: SendEmail 2; dynamodb: BatchGetItem 1, GetItem 1, TransactWriteItems 2",
        reads: "6 = table 6",
        writes: "36 = table 26 + GSI1 2 + GSI2 4 + GSI3 4",
        because: "An attendee behind the lead: as a POST, with their own small item in the \
                  place of the meeting, which is only checked to be as it was read.",
    },
    Figure {
        operation: "landing_get_of_300",
        calls: "dynamodb: BatchGetItem 1, GetItem 1",
        reads: "5 = table 5",
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
