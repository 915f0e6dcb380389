//! The demo's business: its settings and its templates.

use serde_json::{Value, json};

use crate::options::OUR_NUMBER;

/// Where the business is.
pub(super) const ZONE: &str = "America/New_York";

pub(super) fn settings() -> Value {
    json!({
        "business_name": "Progrid Windows & Doors",
        "business_email": "hello@progrid.example",
        "business_phone": OUR_NUMBER,
        "business_address": "48 Mill Lane, Albany, NY 12207",
        "timezone": ZONE,
        "sender_name": "Progrid",
        "sender_email": "appointments@progrid.example",
        "sms_origination_number": OUR_NUMBER,
        "default_region": "US",
        "button_color": "#1f6f4a",
        "calendar_color": "#e8f3ee",
    })
}

pub(super) fn templates() -> [(&'static str, Value); 2] {
    [
        ("home-measurement", home_measurement()),
        ("showroom-visit", showroom_visit()),
    ]
}

fn home_measurement() -> Value {
    json!({
        "name": "Home measurement",
        "duration_minutes": 60,
        "buffer_before_minutes": 30,
        "meeting_type": "in_person",
        "location_kind": "client_house",
        "require_address": true,
        "configs": [
            { "id": "ask", "type": "confirmation_request", "channel_mode": "both",
              "ask_decline_reason": true, "reply_codes": { "enabled": true } },
            { "id": "booked", "type": "confirmation" },
            { "id": "tomorrow", "type": "reminder", "keep_answer": true },
            { "id": "soon", "type": "reminder", "channel_mode": "sms" },
        ],
        "reminder_triggers": [
            { "id": "day-before", "config_id": "tomorrow", "minutes_before": 1440 },
            { "id": "hour-before", "config_id": "soon", "minutes_before": 60 },
        ],
    })
}

fn showroom_visit() -> Value {
    json!({
        "name": "Showroom visit",
        "duration_minutes": 45,
        "meeting_type": "in_person",
        "location_kind": "office",
        "configs": [{ "id": "tomorrow", "type": "reminder" }],
        "reminder_triggers": [
            { "id": "day-before", "config_id": "tomorrow", "minutes_before": 1440 },
        ],
    })
}
