//! Scheduler's API: what each operation does, and how it answers.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::StatusCode;
use http::request::Parts;
use serde_json::{Value, json};

use super::definition::{Stored, describe, read, summary};
use super::request::{Operation, check_group, invalid, not_found, read_query};
use super::{FILE, Scheduler, arn};
use crate::wire::AwsError;

const MAX_PAGE: usize = 100;

impl Scheduler {
    /// Does `operation`; answers with its JSON.
    pub(crate) fn perform(
        &self,
        operation: &Operation,
        parts: &Parts,
        body: &Bytes,
    ) -> Result<Value, AwsError> {
        let query = parts.uri.query().unwrap_or_default();
        match operation {
            Operation::Create(name) => self.create(name, read(name, body, self.clock.now())?),
            Operation::Update(name) => self.update(name, read(name, body, self.clock.now())?),
            Operation::Get(name) => {
                let query = read_query(query, &["groupName"])?;
                check_group(query.get("groupName").map(String::as_str))?;
                self.lock()
                    .get(name)
                    .map(|stored| describe(name, stored))
                    .ok_or_else(|| not_found(name))
            }
            Operation::Delete(name) => {
                let query = read_query(query, &["groupName", "clientToken"])?;
                check_group(query.get("groupName").map(String::as_str))?;
                let mut schedules = self.lock();
                schedules.remove(name).ok_or_else(|| not_found(name))?;
                self.keep(&schedules)?;
                Ok(json!({}))
            }
            Operation::List => self.list(query),
        }
    }

    fn create(&self, name: &str, stored: Stored) -> Result<Value, AwsError> {
        let mut schedules = self.lock();
        if let Some(present) = schedules.get(name) {
            // A repeat of the very same call is answered as the first was.
            let token = &stored.definition.client_token;
            if token.is_none() || present.definition.client_token != *token {
                return Err(AwsError::with_status(
                    StatusCode::CONFLICT,
                    "ConflictException",
                    format!("Schedule {name} already exists."),
                ));
            }
        } else {
            schedules.insert(name.to_owned(), stored);
            self.keep(&schedules)?;
        }
        Ok(json!({ "ScheduleArn": arn(name) }))
    }

    fn update(&self, name: &str, mut stored: Stored) -> Result<Value, AwsError> {
        let mut schedules = self.lock();
        let present = schedules.get(name).ok_or_else(|| not_found(name))?;
        stored.created = present.created;
        schedules.insert(name.to_owned(), stored);
        self.keep(&schedules)?;
        Ok(json!({ "ScheduleArn": arn(name) }))
    }

    /// A page in the order of names; the token is the last name of the page before.
    /// Here alone no group means all of them, as in AWS.
    fn list(&self, query: &str) -> Result<Value, AwsError> {
        let query = read_query(
            query,
            &["ScheduleGroup", "NamePrefix", "NextToken", "MaxResults"],
        )?;
        if let Some(group) = query.get("ScheduleGroup") {
            check_group(Some(group))?;
        }
        let limit = page_size(query.get("MaxResults"))?;
        let prefix = query.get("NamePrefix").map_or("", String::as_str);
        let after = query.get("NextToken").map_or("", String::as_str);
        let schedules = self.lock();
        let mut names = schedules
            .iter()
            .filter(|(name, _)| name.starts_with(prefix) && name.as_str() > after);
        let page: Vec<_> = names.by_ref().take(limit).collect();
        let next = names.next().and(page.last()).map(|(name, _)| name);
        let summaries = page.iter().map(|(name, stored)| summary(name, stored));
        let summaries: Vec<_> = summaries.collect();
        Ok(json!({ "Schedules": summaries, "NextToken": next }))
    }

    fn keep(&self, schedules: &BTreeMap<String, Stored>) -> Result<(), AwsError> {
        self.disk.write(FILE, schedules).map_err(|error| {
            AwsError::with_status(
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalServerException",
                error.to_string(),
            )
        })
    }
}

fn page_size(asked: Option<&String>) -> Result<usize, AwsError> {
    match asked.map(|text| text.parse()) {
        None => Ok(MAX_PAGE),
        Some(Ok(size)) if (1..=MAX_PAGE).contains(&size) => Ok(size),
        Some(_) => Err(invalid("MaxResults must be from 1 to 100")),
    }
}
