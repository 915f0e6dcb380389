//! The API's own description, of this function's routes and of the others'.
//!
//! No function knows the others' code, so the document is put together from all
//! of them by the workspace's tests, which also keep the file in step with the
//! code.

use axum::{
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use usher_api::{Word, settings::SettingsBody, template as api};
use usher_domain::{
    kind::NotificationType,
    settings::Settings,
    template::{ChannelMode, IfLate, MeetingType, NotificationConfig, TemplateBody},
    text::Name,
};
use utoipa::{
    Modify,
    openapi::{OpenApi, RefOr, Schema},
};

/// Has the document say what a field is taken for that is left out. The values are
/// those that the domain takes, so that they are written down nowhere else.
pub(crate) struct Defaults;

impl Modify for Defaults {
    fn modify(&self, document: &mut OpenApi) {
        let schemas = &mut document.components.get_or_insert_default().schemas;
        for (schema, fields) in of_fields() {
            let Some(RefOr::T(Schema::Object(schema))) = schemas.get_mut(schema) else {
                continue;
            };
            for (name, property) in &mut schema.properties {
                let default = fields.get(name).filter(|default| !default.is_null());
                match (default, property) {
                    (None, _) => {}
                    (_, _) if schema.required.contains(name) => {}
                    (Some(default), RefOr::T(Schema::Object(property))) => {
                        property.default = Some(default.clone());
                    }
                    (Some(default), RefOr::T(Schema::Array(property))) => {
                        property.default = Some(default.clone());
                    }
                    // What stands elsewhere has its default there.
                    (Some(_), _) => {}
                }
            }
        }
        for (name, default) in [
            ("ChannelMode", json!(Word(ChannelMode::default()))),
            ("IfLate", json!(Word(IfLate::default()))),
            ("MeetingType", json!(Word(MeetingType::default()))),
        ] {
            if let Some(RefOr::T(Schema::Object(schema))) = schemas.get_mut(name) {
                schema.default = Some(default);
            }
        }
    }
}

/// For each schema, what its fields are taken for that are left out.
fn of_fields() -> [(&'static str, Value); 4] {
    let config = NotificationConfig::built_in(NotificationType::Confirmation);
    let template = Name::parse("New").map(TemplateBody::built_in);
    [
        (
            "ReplyCodes",
            json!(api::NotificationConfig::from(config.clone()).reply_codes),
        ),
        (
            "NotificationConfig",
            json!(api::NotificationConfig::from(config)),
        ),
        (
            "TemplateBody",
            template.map_or(Value::Null, |body| json!(api::TemplateBody::from(&body))),
        ),
        (
            "SettingsBody",
            json!(SettingsBody::from(&Settings::default())),
        ),
    ]
}

use usher_web::NoQuery;

/// Serves the OpenAPI 3.1 document.
pub(crate) async fn document(_: NoQuery) -> Response {
    (
        [(CONTENT_TYPE, "application/json")],
        include_str!("openapi.json"),
    )
        .into_response()
}
