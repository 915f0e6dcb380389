//! The sample meeting: what template texts are tried on before they are saved,
//! and what tests start from.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::{
    edit::compose,
    id::MeetingId,
    meeting::{
        Announced, AttendeeDraft, Details, LocationDraft, Meeting, MeetingDraft, OrganizerDraft,
        Statement,
    },
    settings::{Settings, SettingsDraft},
    text::Address,
    values::{kind::NotificationType, location::LocationKind},
    web::HttpsUrl,
};
#[cfg(test)]
use crate::{
    id::{ConfigId, NotificationId, TriggerId},
    notification::{Addressee, Notification},
    template::{Buttons, IfLate, NotificationConfig, ReminderTrigger, TemplateBody},
    text::Name,
    values::kind::MessageKind,
};

/// When the sample is looked at: ten days before its meeting.
pub fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_767_625_200) // 2026-01-05 15:00 UTC
}

/// The sample business.
pub fn settings() -> Settings {
    let draft = SettingsDraft {
        business_name: Some("Progrid Windows & Doors".into()),
        business_email: Some("office@progrid.example.com".into()),
        business_phone: Some("+1 202 555 0100".into()),
        sender_name: Some("Progrid Notifications".into()),
        sender_email: Some("notifications@progrid.example.com".into()),
        sms_origination_number: Some("+1 202 555 0199".into()),
        timezone: Some(Tz::America__New_York.name().into()),
        ..SettingsDraft::default()
    };
    draft.parse().unwrap_or_default()
}

/// These settings, and nothing in the way.
#[cfg(test)]
pub(crate) fn deliverability(settings: &Settings) -> crate::send::Deliverability<'_> {
    static NONE: std::sync::LazyLock<crate::contact::Suppressions> =
        std::sync::LazyLock::new(Default::default);
    crate::send::Deliverability {
        settings,
        suppressions: &NONE,
    }
}

/// Has customers know these details when the sample is looked at.
pub fn tell(meeting: &mut Meeting, details: Details, revision: u32, asked: bool) {
    let number = meeting.next_statement();
    meeting.announced = Some(Announced {
        details: details.clone(),
        revision,
        at: now(),
        since: now(),
        asked,
        requested: false,
        statement: number,
    });
    meeting.suppose_told(Statement {
        number,
        kind: NotificationType::Confirmation,
        revision,
        details,
        asked,
        at: now(),
    });
}

/// The meeting, after everybody was asked whether they come.
#[cfg(test)]
pub(crate) fn asked() -> Meeting {
    let mut meeting = meeting();
    let (details, revision) = (meeting.details.clone(), meeting.revision);
    tell(&mut meeting, details, revision, true);
    meeting.status = crate::meeting::BookingStatus::Invited;
    meeting
}

/// The meeting once messages of this config have reached everybody.
#[cfg(test)]
pub(crate) fn once_sent(meeting: &Meeting, config: &NotificationConfig) -> Meeting {
    let says = crate::send::statement(meeting, config, meeting.next_statement(), now());
    crate::send::once_sent(meeting, config, says, now())
}

/// The sample meeting, moved by an hour since it was announced.
pub fn moved() -> Meeting {
    let mut meeting = meeting();
    let mut details = meeting.details.clone();
    details.starts_at -= TimeDelta::hours(1);
    tell(&mut meeting, details, 0, false);
    meeting
}

/// The sample meeting, of which everything has changed since it was announced: it was to
/// be an hour earlier, shorter, elsewhere, and on another video call.
pub fn changed() -> Meeting {
    let mut meeting = self::meeting();
    let mut details = meeting.details.clone();
    details.starts_at -= TimeDelta::hours(1);
    details.duration_minutes = 30;
    details.location.address = Address::parse("5 Elm St, Springfield").ok();
    details.location.video_url = HttpsUrl::parse("https://video.example.com/j/41").ok();
    tell(&mut meeting, details, 0, false);
    meeting
}

/// The sample meeting: every field filled in, with two attendees.
///
/// # Panics
/// Never: the sample is constant, and a test reads it.
#[expect(
    clippy::expect_used,
    reason = "the sample is constant, and every test that uses it proves it"
)]
pub fn meeting() -> Meeting {
    let text = |text: &str| Some(text.to_owned());
    let attendee = |id: &str, name: &str, phone: &str| AttendeeDraft {
        id: text(id),
        name: name.to_owned(),
        email: Some(format!("{id}@example.com")),
        phone: text(phone),
        ..AttendeeDraft::default()
    };
    let draft = MeetingDraft {
        title: "Window measuring".to_owned(),
        starts_at: "2026-01-15T14:00:00".to_owned(),
        timezone: "America/New_York".to_owned(),
        duration_minutes: Some(45),
        location: LocationDraft {
            kind: Some(LocationKind::ClientHouse),
            address: text("123 Main St, Springfield"),
            video_url: text("https://video.example.com/j/42"),
        },
        description: text("We measure all windows.\nPlease make sure they can be reached."),
        organizer: Some(OrganizerDraft {
            name: "Sam Rivera".to_owned(),
            email: text("sam@progrid.example.com"),
            phone: text("+1 202 555 0101"),
        }),
        followers: vec!["office@progrid.example.com".to_owned()],
        attendees: vec![
            attendee("ann", "Ann Lee", "+1 202 555 0123"),
            AttendeeDraft {
                preference: text("sms"),
                ..attendee("bob", "Bob Lee", "+1 202 555 0124")
            },
        ],
        ..MeetingDraft::default()
    };
    let id = MeetingId::parse("sample").expect("the sample id is an id");
    compose(id, &draft, None, &settings(), None, now()).expect("the sample meeting is valid")
}

/// A notification to the first attendee of the sample meeting, with no delivery yet.
#[cfg(test)]
pub(crate) fn notification(kind: MessageKind) -> Notification {
    let meeting = meeting();
    let attendee = &meeting.attendees[0];
    Notification {
        id: NotificationId::new(&meeting.id, &attendee.id, "key", now()),
        version: 1,
        kind,
        config_id: NotificationType::Update.config_id(),
        recipient: Addressee::of(attendee),
        staff: None,
        revision: meeting.revision,
        removal: false,
        buttons: Buttons::default(),
        created_at: now(),
        actor: None,
        deliveries: Vec::new(),
        answers: Vec::new(),
        dealt_with: None,
        after: 1,
        has_entries: false,
        links: Vec::new(),
        wakes_for_others: false,
        failover: None,
        unread: crate::unread::Unread::default(),
        details: meeting.details,
    }
}

/// Has one attendee, by their place, certainly know what a statement of this kind says of a
/// revision; the others know what they knew.
#[cfg(test)]
pub(crate) fn tell_one(meeting: &mut Meeting, who: usize, kind: NotificationType, revision: u32) {
    let before = meeting.attendees.clone();
    meeting.suppose_told(Statement {
        number: meeting.next_statement(),
        kind,
        revision,
        details: meeting.details.clone(),
        asked: false,
        at: now(),
    });
    for (place, known) in before.into_iter().enumerate() {
        if place != who {
            meeting.attendees[place] = known;
        }
    }
}

/// A config that says nothing, of this id.
#[cfg(test)]
pub(crate) fn config(id: &str, kind: NotificationType) -> NotificationConfig {
    NotificationConfig {
        id: ConfigId::parse(id).unwrap(),
        ..NotificationConfig::built_in(kind)
    }
}

/// A trigger of a reminder config.
#[cfg(test)]
pub(crate) fn trigger(
    id: &str,
    config_id: &str,
    minutes_before: u32,
    if_late: IfLate,
) -> ReminderTrigger {
    ReminderTrigger {
        id: TriggerId::parse(id).unwrap(),
        config_id: ConfigId::parse(config_id).unwrap(),
        minutes_before,
        if_late,
    }
}

/// A template that says nothing but its name.
#[cfg(test)]
pub(crate) fn template_body(name: &str) -> TemplateBody {
    TemplateBody::built_in(Name::parse(name).unwrap())
}
