//! What Scheduler is asked to do: the operation, its query, and the words of a
//! refusal.

use std::collections::BTreeMap;

use http::request::Parts;
use http::{Method, StatusCode};
use percent_encoding::percent_decode_str;

use super::GROUP;
use crate::wire::AwsError;

/// What Scheduler is asked to do, with the schedule's name.
#[derive(Debug)]
pub(crate) enum Operation {
    Create(String),
    Get(String),
    Update(String),
    Delete(String),
    List,
}

impl Operation {
    /// The operation a request names, if the stand-in has it.
    pub(crate) fn of(parts: &Parts) -> Option<Self> {
        let path = parts.uri.path();
        if path == "/schedules" {
            return (parts.method == Method::GET).then_some(Self::List);
        }
        let name = path.strip_prefix("/schedules/")?;
        let name = percent_decode_str(name).decode_utf8_lossy().into_owned();
        match parts.method {
            Method::POST => Some(Self::Create(name)),
            Method::GET => Some(Self::Get(name)),
            Method::PUT => Some(Self::Update(name)),
            Method::DELETE => Some(Self::Delete(name)),
            _ => None,
        }
    }

    /// Its name in the service's model.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Create(_) => "CreateSchedule",
            Self::Get(_) => "GetSchedule",
            Self::Update(_) => "UpdateSchedule",
            Self::Delete(_) => "DeleteSchedule",
            Self::List => "ListSchedules",
        }
    }
}

/// Reads a query of which these fields are known.
pub(super) fn read_query(
    query: &str,
    known: &[&str],
) -> Result<BTreeMap<String, String>, AwsError> {
    let query: BTreeMap<_, _> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    match query.keys().find(|name| !known.contains(&name.as_str())) {
        Some(unknown) => Err(invalid(format!("{unknown} is not known here"))),
        None => Ok(query),
    }
}

/// Refuses every group but the one that functions are told. A call that names none
/// means `default`, which a deployed function's role may not touch.
pub(super) fn check_group(named: Option<&str>) -> Result<(), AwsError> {
    match named.unwrap_or("default") {
        GROUP => Ok(()),
        other => Err(AwsError::with_status(
            StatusCode::NOT_FOUND,
            "ResourceNotFoundException",
            format!("Schedule group {other} does not exist."),
        )),
    }
}

/// There is no schedule of this name.
pub(super) fn not_found(name: &str) -> AwsError {
    AwsError::with_status(
        StatusCode::NOT_FOUND,
        "ResourceNotFoundException",
        format!("Schedule {name} does not exist."),
    )
}

/// The request is not one that Scheduler takes.
pub(super) fn invalid(message: impl ToString) -> AwsError {
    AwsError::client("ValidationException", message.to_string())
}
