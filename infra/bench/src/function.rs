//! A function's release program at work: in a process of its own, under the Lambda Runtime
//! API, on the stand-ins of a stage.

use std::{
    collections::BTreeMap,
    fs,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use usher_local::{Deployed, Stack};

use crate::{
    process::Process,
    programs::{FLOOR, Programs},
    runtime_api::{Invocation, RuntimeApi, Said},
};

/// How often a program that says nothing is looked at.
const LOOK: Duration = Duration::from_millis(200);
/// How long a program may take to ask for its first event.
const START: Duration = Duration::from_secs(20);

/// Where programs run: what they are, and the real time.
#[derive(Debug)]
pub struct Machine {
    /// The programs.
    pub programs: Programs,
    /// The real clock, by which release programs go.
    pub now: fn() -> DateTime<Utc>,
}

/// A program that waits for an event.
#[derive(Debug)]
pub struct Function {
    process: Process,
    api: RuntimeApi,
    deployed: Deployed,
    now: fn() -> DateTime<Utc>,
    invoked: u64,
    cpu: Duration,
}

/// What an event took.
#[derive(Debug)]
pub struct Invoked {
    /// What the function answered.
    pub answer: Value,
    /// From handing the event over to the answer.
    pub wall: Duration,
    /// The function's own CPU time, until it waits for the next event.
    pub cpu: Duration,
}

impl Function {
    /// Starts a function of the template, or the floor, and waits until it asks for an event.
    ///
    /// # Errors
    /// It does not start.
    pub async fn start(machine: &Machine, stack: &Stack, name: &str) -> anyhow::Result<Self> {
        let deployed = deployed(stack, name)?;
        let api = RuntimeApi::serve().await?;
        let mut environment = environment(&deployed, stack, &api.address())?;
        environment.extend(deployed.environment.clone());
        let logs = machine.programs.target().join("bench");
        fs::create_dir_all(&logs)?;
        let program = machine.programs.executable(name)?;
        let log = logs.join(format!("{name}.log"));
        let process = Process::start(program, &environment, &log)?;
        let mut function = Self {
            process,
            api,
            deployed,
            now: machine.now,
            invoked: 0,
            cpu: Duration::ZERO,
        };
        let asks = tokio::time::timeout(START, function.hear_asking());
        asks.await
            .with_context(|| format!("{name} does not ask"))??;
        function.cpu = function.process.cpu().await?;
        Ok(function)
    }

    /// Its CPU time since it was started.
    pub fn cpu(&self) -> Duration {
        self.cpu
    }

    /// The most memory that it had at any time, in bytes.
    ///
    /// # Errors
    /// It has ended.
    pub fn peak_memory(&self) -> anyhow::Result<u64> {
        self.process.peak_memory()
    }

    /// Hands it an event, and waits for its answer and until it asks for the next one.
    ///
    /// # Errors
    /// It fails, ends, or takes longer than the template allows.
    pub async fn invoke(&mut self, event: &Value) -> anyhow::Result<Invoked> {
        let timeout = self.deployed.timeout;
        let invoked = tokio::time::timeout(timeout, self.invoke_once(event)).await;
        invoked.with_context(|| format!("{} was not done in {timeout:?}", self.deployed.name))?
    }

    async fn invoke_once(&mut self, event: &Value) -> anyhow::Result<Invoked> {
        self.invoked += 1;
        let deadline = (self.now)() + TimeDelta::from_std(self.deployed.timeout)?;
        let begun = Instant::now();
        self.api.invoke(Invocation {
            request_id: format!("00000000-0000-4000-8000-{:012}", self.invoked),
            deadline_ms: deadline.timestamp_millis(),
            function_arn: function_arn(&self.deployed.name),
            event: serde_json::to_vec(event)?.into(),
        });
        let Said::Answers { answer, at } = self.hear().await? else {
            bail!("{} asked without answering", self.deployed.name);
        };
        self.hear_asking().await?;
        let cpu_before = self.cpu;
        self.cpu = self.process.cpu().await?;
        Ok(Invoked {
            answer: serde_json::from_slice(&answer)?,
            wall: at - begun,
            cpu: self.cpu - cpu_before,
        })
    }

    async fn hear_asking(&mut self) -> anyhow::Result<()> {
        match self.hear().await? {
            Said::Asks => Ok(()),
            said => bail!("{} does not ask for an event: {said:?}", self.deployed.name),
        }
    }

    /// What it says next; a program that has ended says nothing any more.
    async fn hear(&mut self) -> anyhow::Result<Said> {
        loop {
            match tokio::time::timeout(LOOK, self.api.hear()).await {
                Ok(Some(Said::Fails(error))) => bail!("{} failed: {error}", self.deployed.name),
                Ok(said) => return said.context("its Runtime API has ended"),
                Err(_) => self.process.check()?,
            }
        }
    }
}

/// How a function is deployed. The floor has the memory and the time that functions have
/// unless the template says otherwise.
fn deployed(stack: &Stack, name: &str) -> anyhow::Result<Deployed> {
    if name == FLOOR {
        return Ok(Deployed {
            name: FLOOR.to_owned(),
            environment: BTreeMap::new(),
            timeout: Duration::from_secs(29),
            memory_mb: 256,
        });
    }
    let functions = stack.deployed();
    let found = functions.iter().find(|function| function.name == name);
    found
        .cloned()
        .with_context(|| format!("the template has no function {name}"))
}

/// What Lambda itself tells a function, and where AWS is.
fn environment(
    deployed: &Deployed,
    stack: &Stack,
    runtime_api: &str,
) -> anyhow::Result<BTreeMap<String, String>> {
    let sdk = stack.sdk_config();
    let endpoint = sdk.endpoint_url().context("the stack has no endpoint")?;
    let region = sdk.region().context("the stack has no region")?;
    let memory = deployed.memory_mb.to_string();
    let environment = [
        ("AWS_LAMBDA_RUNTIME_API", runtime_api),
        ("AWS_LAMBDA_FUNCTION_NAME", deployed.name.as_str()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory.as_str()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "bench"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
        ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
        ("AWS_LAMBDA_LOG_LEVEL", "INFO"),
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_REGION", region.as_ref()),
        ("AWS_ACCESS_KEY_ID", "LOCAL"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
    ];
    let owned = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Ok(owned.into())
}

fn function_arn(name: &str) -> String {
    format!("arn:aws:lambda:us-east-1:123456789012:function:{name}")
}
