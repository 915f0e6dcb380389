//! A meeting as the document that the form shows and sends.

use serde_json::{Value, json};
use usher_api::{meeting::MeetingView, template::TemplateBody};
use usher_domain::{local_time, meeting::Meeting, template::Template};
use usher_flows::console::MeetingForm;

/// What staff can edit of a meeting.
const EDITED: [&str; 10] = [
    "title",
    "starts_at",
    "timezone",
    "duration_minutes",
    "template_id",
    "location",
    "description",
    "organizer",
    "followers",
    "attendees",
];

/// Everything the form shows, empty.
pub(super) fn blank() -> Value {
    json!({
        "title": "", "starts_at": "", "timezone": "", "duration_minutes": "", "template_id": "",
        "description": "", "location": {"kind": "", "address": "", "video_url": ""},
        "organizer": {"name": "", "email": "", "phone": ""}, "followers": [],
        "attendees": [{
            "id": "", "name": "", "email": "", "phone": "", "timezone": "", "language": "",
            "preferred_confirmation_method": "",
        }],
    })
}

/// What a template says of its meetings.
pub(in crate::console) fn defaults(template: Option<&Template>) -> Value {
    let Some(template) = template else {
        return json!({});
    };
    let body = serde_json::to_value(TemplateBody::from(template)).unwrap_or_default();
    let mut v = json!({
        "template_id": template.id.as_str(),
        "title": body["name"],
        "duration_minutes": body["duration_minutes"],
    });
    if !body["location_kind"].is_null() {
        v["location"] = json!({"kind": body["location_kind"]});
    }
    v
}

/// What staff can edit of a meeting, as the form has it.
pub(in crate::console) fn as_document(meeting: &Meeting) -> Value {
    let mut v = serde_json::to_value(MeetingView::new(meeting, None)).unwrap_or_default();
    if let Some(entries) = v.as_object_mut() {
        entries.retain(|name, _| EDITED.contains(&name.as_str()));
    }
    drop_answers(&mut v);
    let starts_at = v["starts_at"].as_str().unwrap_or_default().to_owned();
    let local = starts_at.get(..16).unwrap_or_default();
    // Where clocks go back, the hour that comes twice needs its offset.
    if local_time::instant(local, meeting.details.timezone).is_ok() {
        v["starts_at"] = local.into();
    }
    v
}

/// What staff can edit of an attendee.
const EDITED_OF_ATTENDEES: [&str; 7] = [
    "id",
    "name",
    "email",
    "phone",
    "preferred_confirmation_method",
    "timezone",
    "language",
];

/// Takes out of each attendee what they said themselves, and what was said to them.
fn drop_answers(v: &mut Value) {
    for attendee in v["attendees"].as_array_mut().into_iter().flatten() {
        if let Some(entries) = attendee.as_object_mut() {
            entries.retain(|name, _| EDITED_OF_ATTENDEES.contains(&name.as_str()));
        }
    }
}

/// What a button in the form makes of what was filled in: a template fills in what it
/// says, and nothing else is lost.
pub(in crate::console) fn pressed_in(form: &MeetingForm, mut v: Value, pressed: &str) -> Value {
    if pressed == "template" {
        let template = chosen(form, &v);
        if let (Some(own), Value::Object(defaults)) = (v.as_object_mut(), defaults(template)) {
            own.extend(defaults.into_iter().filter(|(name, _)| name != "attendees"));
        }
    }
    v
}

/// The template that a document names.
pub(super) fn chosen<'a>(form: &'a MeetingForm, v: &Value) -> Option<&'a Template> {
    let chosen = v["template_id"].as_str()?;
    let mut templates = form.templates.iter();
    templates.find(|each| each.id.as_str() == chosen)
}
