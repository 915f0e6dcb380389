//! One reminder to a few of whom it is new: all of it is claimed with the meeting, and on
//! record with it.

use usher_domain::{
    Failure,
    id::TimelineKey,
    remind::{LeftOut, ReminderPlan},
    send::Recipient,
};

use super::{
    call::ReminderOutcome,
    underway::{ReminderSend, outcome_of},
};
use crate::{
    MeetingContext,
    sending::{OutboundMessage, dispatch, record_rows, record_with, write_attendees_ahead},
    transact::WrittenMeeting,
};

impl ReminderSend<'_> {
    /// What all of its recipients get, of whom it is new.
    pub(super) fn messages(
        &self,
        context: &MeetingContext,
        plan: &ReminderPlan,
    ) -> Vec<OutboundMessage> {
        let send_context = self.send_context(context, plan);
        let message = |recipient: &Recipient| {
            let id = self.row_id(&context.meeting.id, &recipient.attendee.id);
            self.new_message(&send_context, recipient, id)
        };
        plan.send.recipients.iter().map(message).collect()
    }

    /// Sends messages to all of its recipients that were claimed with their `meeting`, and
    /// ends the sending with what came of them.
    pub(super) async fn send_at_once(
        self,
        context: MeetingContext,
        left_out: &[LeftOut],
        claimed: Vec<OutboundMessage>,
    ) -> Result<ReminderOutcome, Failure> {
        let Self { app, call, .. } = self;
        let MeetingContext {
            meeting, template, ..
        } = context;
        let (id, starts_at) = (meeting.id.clone(), meeting.details.starts_at);
        let place = TimelineKey {
            meeting: &id,
            version: meeting.version,
        };
        let known = WrittenMeeting::of(meeting);
        let sent = dispatch(app, claimed, call.now).await;
        let recorded = record_with(app, &sent, |rows| {
            let (id, known, template) = (&id, &known, template.as_ref());
            async move {
                let mut meeting = known.or_read(app, id).await?;
                let settled = self.settled(&rows, starts_at);
                self.end(&mut meeting, template, &rows, settled.as_ref());
                write_attendees_ahead(app, &mut meeting).await?;
                let changes = self.changes(&meeting, place, left_out, settled.as_ref());
                record_rows(app, changes, place, rows, call.now).await
            }
        });
        let settled = self.settled(&recorded.await?, starts_at);
        Ok(outcome_of(settled.as_ref()))
    }
}
