//! What staff do with the API: they book, send and read.

use std::sync::atomic::Ordering;

use http::Method;
use serde_json::{Value, json};
use usher_local::Caller;

use super::Town;
use crate::Reply;

impl Town {
    /// An admin makes a JSON request.
    pub async fn call(&self, method: Method, path: &str, body: &Value) -> Reply {
        let json = [("content-type", "application/json")];
        self.request(&Caller::LocalAdmin, method, path, &json, body.to_string())
            .await
    }

    /// An admin reads.
    pub async fn get(&self, path: &str) -> Reply {
        self.request(&Caller::LocalAdmin, Method::GET, path, &[], "")
            .await
    }

    /// An admin saves.
    pub async fn put(&self, path: &str, body: &Value) -> Reply {
        self.call(Method::PUT, path, body).await
    }

    /// Staff book a meeting.
    ///
    /// # Panics
    /// When it is not accepted.
    pub async fn book(&self, id: &str, meeting: &Value) -> Value {
        self.put(&format!("/v1/meetings/{id}"), meeting).await.ok()
    }

    /// A manager writes a template with one config.
    ///
    /// # Panics
    /// When it is not accepted.
    pub async fn template(&self, id: &str, config: Value) {
        let body = json!({"name": "Visit", "configs": [config]});
        self.put(&format!("/v1/templates/{id}"), &body).await.ok();
    }

    /// Staff send, under a key of its own.
    pub async fn send(&self, meeting: &str, kind: &str) -> Reply {
        let key = format!("key-{}", self.keys.fetch_add(1, Ordering::Relaxed));
        self.send_as(&key, meeting, &json!({"type": kind})).await
    }

    /// Staff send, under this key.
    pub async fn send_as(&self, key: &str, meeting: &str, body: &Value) -> Reply {
        let path = format!("/v1/meetings/{meeting}/notifications");
        self.keyed(key, &path, body).await
    }

    /// Staff retry what failed of a notification.
    pub async fn retry(&self, key: &str, notification: &str) -> Reply {
        self.keyed(
            key,
            &format!("/v1/notifications/{notification}/retry"),
            &json!({}),
        )
        .await
    }

    async fn keyed(&self, key: &str, path: &str, body: &Value) -> Reply {
        let headers = [
            ("content-type", "application/json"),
            ("idempotency-key", key),
        ];
        let body = body.to_string();
        self.request(&Caller::LocalAdmin, Method::POST, path, &headers, body)
            .await
    }

    /// The meeting as it is.
    pub async fn meeting(&self, id: &str) -> Value {
        self.get(&format!("/v1/meetings/{id}")).await.ok()
    }

    /// A meeting's reminder plan.
    ///
    /// # Panics
    /// When it cannot be read.
    pub async fn reminders(&self, meeting: &str) -> Vec<Value> {
        let path = format!("/v1/meetings/{meeting}/reminders");
        let plan = self.get(&path).await.ok();
        plan["reminders"].as_array().unwrap().clone()
    }

    /// The log, newest first.
    ///
    /// # Panics
    /// When it cannot be read.
    pub async fn log(&self, query: &str) -> Vec<Value> {
        let page = self.get(&format!("/v1/notifications{query}")).await.ok();
        page["notifications"].as_array().unwrap().clone()
    }

    /// The sentences of a meeting's timeline, newest first.
    ///
    /// # Panics
    /// When it cannot be read.
    pub async fn timeline(&self, meeting: &str) -> Vec<String> {
        let page = self
            .get(&format!("/v1/meetings/{meeting}/timeline"))
            .await
            .ok();
        let entries = page["entries"].as_array().unwrap().clone();
        entries
            .iter()
            .map(|entry| entry["text"].as_str().unwrap().to_owned())
            .collect()
    }
}
