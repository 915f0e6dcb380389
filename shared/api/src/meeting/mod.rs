//! Meetings.

mod input;
mod view;

pub use input::{AttendeeInput, LocationInput, MeetingInput, OrganizerInput};
pub use view::{
    AnnouncedView, AttendeeView, ListedMeeting, LocationView, MeetingList, MeetingView,
    OrganizerView, ParticipationStatus, SharedDetails,
};
