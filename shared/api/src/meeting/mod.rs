//! Meetings.

mod attendee;
mod input;
mod view;

pub use attendee::{AttendeeView, ParticipationStatus};
pub use input::{AttendeeInput, LocationInput, MeetingInput, OrganizerInput};
pub use view::{
    AnnouncedView, ListedMeeting, LocationView, MeetingList, MeetingView, OrganizerView,
    SharedDetails,
};
