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
        writes: "15 = table 10 + GSI1 1 + GSI3 2 + GSI5 1 + GSI6 1",
        because: "Meeting with settings; template with what keeps the address from being \
                  reminded: that it wants none, and that emails came back from it. One transaction claims the meeting, the row with what it says, and \
                  its link's token (2 units each); one has what came of it: row and meeting \
                  (4), and the timeline has it from the row. The row is listed in the log and \
                  by its recipient's address and number (3); the meeting moves to its next \
                  reminder in what the sweep looks at (2).",
    },
    Figure {
        operation: "reminder_crowd_100",
        calls: "ses: SendEmail 100; dynamodb: BatchGetItem 14, GetItem 4, PutItem 99, Query 2, TransactWriteItems 20",
        reads: "632 = table 632",
        writes: "1005 = table 703 + GSI1 100 + GSI3 2 + GSI5 100 + GSI6 100",
        because: "Nine waves of twelve, each with a read of its attendees, a transaction \
                  that claims its rows and one with what came of them; in the end an item \
                  for each attendee behind the lead, written alone. What a row costs is what \
                  it costs one attendee. What keeps an address is three reads, for all before \
                  the first wave and for each of the later ones anew.",
    },
    Figure {
        operation: "confirmation_email",
        calls: "ses: SendEmail 1; scheduler: CreateSchedule 2; dynamodb: BatchGetItem 2, TransactWriteItems 3",
        reads: "7 = table 7",
        writes: "25 = table 16 + GSI1 1 + GSI2 1 + GSI3 5 + GSI5 1 + GSI6 1",
        because: "Key, meeting and settings; template with what keeps the addresses from being \
                  used. Three transactions: the claim (key, meeting, row, token), the record \
                  (meeting, key, row), and the meeting once more when its two \
                  schedules stand. Sends that are cut off are found by their key (2 of GSI3), \
                  schedules that are not as they should be by their meeting (3).",
    },
    Figure {
        operation: "confirmation_both",
        calls: "ses: SendEmail 1; sns: Publish 1; scheduler: CreateSchedule 2; dynamodb: BatchGetItem 2, TransactWriteItems 3",
        reads: "7 = table 7",
        writes: "29 = table 20 + GSI1 1 + GSI2 1 + GSI3 5 + GSI5 1 + GSI6 1",
        because: "As by email alone, with a token for the SMS and what its provider calls it (2 \
                  each).",
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
        writes: "22 = table 14 + GSI1 2 + GSI3 4 + GSI5 2",
        because: "What the page reads, with the row that is answered. One transaction takes \
                  the answer (meeting, timeline, the answered row) with a row for the \
                  organizer and the follower each; one has what came of their two emails. No \
                  meeting is held for them, so that the sweep finds them by themselves (4).",
    },
    Figure {
        operation: "sms_reply",
        calls: "ses: SendEmail 2; sns: Publish 1; dynamodb: BatchGetItem 2, GetItem 1, Query 1, TransactWriteItems 2",
        reads: "7 = table 7",
        writes: "37 = table 24 + GSI1 3 + GSI3 6 + GSI5 3 + GSI6 1",
        because: "The text's id, the number's open questions and the row of the one; meeting, \
                  settings, attendee and the template that it had when it was asked. One \
                  transaction takes the answer as a POST does, with the text's id, what the \
                  number is in conversation about and the automatic reply's row; one has what \
                  came of two emails and a reply.",
    },
    Figure {
        operation: "answer_of_1000",
        calls: "ses: SendEmail 2; dynamodb: BatchGetItem 1, GetItem 1, TransactWriteItems 2",
        reads: "6 = table 6",
        writes: "24 = table 16 + GSI1 2 + GSI3 4 + GSI5 2",
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
