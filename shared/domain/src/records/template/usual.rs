//! What a field of a template is taken for that is left out, where that is not nothing.
//! Requests and stored rows are read with these, too.

/// A template is offered for new meetings.
pub fn active() -> bool {
    true
}

/// A meeting takes half an hour; in minutes.
pub fn duration_minutes() -> u32 {
    30
}

/// Even the first confirmation waits for staff to send it (N6).
pub fn manual_confirmation_only() -> bool {
    true
}

/// What comes to nothing on the preferred channel goes out by the other one (C2).
pub fn failover() -> bool {
    true
}

/// Organizer and followers are told of answers (L7).
pub fn notify_followers() -> bool {
    true
}
