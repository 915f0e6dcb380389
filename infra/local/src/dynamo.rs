//! The embedded DynamoDB: tables from the template, requests forwarded byte for
//! byte, and the capacity they consumed noted for those who measure.
//!
//! One thing is changed in a request: it always asks for `ConsumedCapacity` by table and
//! index, so that capacity can be measured whatever the deployed code asks for.

use std::sync::Arc;

use anyhow::Context;
use bytes::Bytes;
use dynoxide::Database;
use http::{Request, Response, header, request};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::oneshot;

use crate::disk::Disk;
use crate::listener::{self, AnswerLost};
use crate::meter::{Consumed, Meter};
use crate::template::Table;

/// The part of `X-Amz-Target` before the operation.
pub(crate) const TARGET: &str = "DynamoDB_20120810.";
const READS: [&str; 5] = [
    "GetItem",
    "BatchGetItem",
    "Query",
    "Scan",
    "TransactGetItems",
];
const WRITES: [&str; 5] = [
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "TransactWriteItems",
];

/// The database and the way to it.
#[derive(Debug)]
pub(crate) struct Dynamo {
    client: Client<HttpConnector, Full<Bytes>>,
    address: String,
    meter: Arc<Meter>,
    /// Dropping it stops the server.
    _stop: oneshot::Sender<()>,
}

impl Dynamo {
    /// Opens the database, makes the tables it lacks and serves it.
    pub(crate) async fn start(
        disk: &Disk,
        tables: &[Table],
        meter: Arc<Meter>,
    ) -> anyhow::Result<Self> {
        let database = open(disk)?;
        for table in tables {
            make_table(&database, table).with_context(|| format!("table {}", table.name))?;
        }
        let listener = listener::bind(0).await?;
        let address = format!("http://{}/", listener.local_addr()?);
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(dynoxide::server::serve_with_shutdown(
            listener,
            database,
            async {
                // An error means the sender was dropped, which is the signal.
                let _ = stopped.await;
            },
        ));
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self {
            client,
            address,
            meter,
            _stop: stop,
        })
    }

    /// Hands a request to the database and its answer back.
    pub(crate) async fn forward(
        &self,
        operation: &str,
        parts: &request::Parts,
        body: Bytes,
    ) -> Result<Response<Full<Bytes>>, AnswerLost> {
        let mut request = Request::post(&self.address)
            .body(Full::new(ask_for_capacity(operation, body)))
            .map_err(|_| AnswerLost)?;
        *request.headers_mut() = parts.headers.clone();
        for hop in [
            header::HOST,
            header::CONTENT_LENGTH,
            header::TRANSFER_ENCODING,
            header::CONNECTION,
        ] {
            request.headers_mut().remove(hop);
        }
        let response = self.client.request(request).await.map_err(|_| AnswerLost)?;
        let (mut parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|_| AnswerLost)?.to_bytes();
        parts.headers.remove(header::TRANSFER_ENCODING);
        self.measure(operation, &body);
        Ok(Response::from_parts(parts, Full::new(body)))
    }

    fn measure(&self, operation: &str, body: &Bytes) {
        let Ok(answer) = serde_json::from_slice::<Answer>(body) else {
            return;
        };
        let tables = match answer.consumed_capacity {
            Some(OneOrMore::More(tables)) => tables,
            Some(OneOrMore::One(table)) => vec![table],
            None => return,
        };
        let reads = READS.contains(&operation);
        for table in tables {
            self.meter.consumed(table, reads);
        }
    }
}

/// The part of an answer that is measured; the rest, which may be large, is passed over.
#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "ConsumedCapacity")]
    consumed_capacity: Option<OneOrMore>,
}

/// Calls that may concern several tables answer with a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    More(Vec<Consumed>),
    One(Consumed),
}

/// The database of the folder, or one in memory.
fn open(disk: &Disk) -> anyhow::Result<Database> {
    let Some(path) = disk.database() else {
        return Database::memory().context("the database cannot be made");
    };
    let name = path.to_str();
    let name = name.context("the data folder's name must be UTF-8")?;
    Database::new(name).with_context(|| {
        format!(
            "{name} cannot be opened; put a copy of it back, or move the folder away to start anew"
        )
    })
}

/// Puts the parameter in front of the first one, or in the place of the function's own; the
/// rest of the bytes stay as they are. Inside of a JSON string its quotes would be escaped.
fn ask_for_capacity(operation: &str, body: Bytes) -> Bytes {
    const ASKED: &str = "\"ReturnConsumedCapacity\":\"TOTAL\"";
    const ASKING: &str = "\"ReturnConsumedCapacity\":\"INDEXES\"";
    let measured = READS.contains(&operation) || WRITES.contains(&operation);
    let Ok(text) = std::str::from_utf8(&body) else {
        return body;
    };
    if !measured || !text.starts_with("{\"") {
        return body;
    }
    if text.contains(ASKED) {
        return text.replacen(ASKED, ASKING, 1).into();
    }
    if text.contains("\"ReturnConsumedCapacity\":") {
        return body;
    }
    format!("{{{ASKING},{}", &text[1..]).into()
}

/// Makes a table with its time to live, unless it is there already.
fn make_table(database: &Database, table: &Table) -> anyhow::Result<()> {
    let present = database.list_tables(serde_json::from_value(json!({}))?)?;
    let present = serde_json::to_value(present)?;
    if present["TableNames"]
        .as_array()
        .is_some_and(|names| names.iter().any(|name| *name == table.name))
    {
        return Ok(());
    }
    database.create_table(serde_json::from_value(table.definition.clone())?)?;
    if let Some(ttl) = &table.time_to_live {
        database.update_time_to_live(serde_json::from_value(json!({
            "TableName": table.name, "TimeToLiveSpecification": ttl,
        }))?)?;
    }
    Ok(())
}
