//! A whole running Usher: started by `cargo run`, and by every black-box test, many
//! of them in one process.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Request, Response};
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use tokio::net::TcpListener;
use usher_cloud::SdkConfig;
use usher_flows::{Chance, Clock};

use crate::clock::{LocalClock, MoveError};
use crate::control::Control;
use crate::demo;
use crate::disk::Disk;
use crate::dynamo::{Capacity, Dynamo};
use crate::endpoint::Endpoint;
use crate::faults::{Faults, Service};
use crate::firing::{DeadLetter, Distance, Firing, Invocation, Moves, Sweep, Timekeeper};
use crate::functions::{self, LocalValues};
use crate::gateway::{Caller, Gateway};
use crate::listener::{self, Serving};
use crate::outbox::{Message, Outbox};
use crate::scheduler::{ArmedSchedule, Scheduler};
use crate::server::Server;
use crate::ses::Ses;
use crate::sns::Sns;
use crate::template::{self, DEPLOYED, Template};

/// The port of `cargo run`, unless told otherwise.
pub const DEFAULT_PORT: u16 = 7447;

/// How to start a stack. The default suits a test: any free port, in memory, no demo.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// The folder that state is kept in; `None` keeps it in memory.
    pub data: Option<PathBuf>,
    /// Whether to load demo data, if nothing was kept before.
    pub demo: bool,
    /// Where the clock stands, frozen; `None` lets it run in real time.
    pub start_at: Option<DateTime<Utc>>,
    /// How long a function waits for SES or SNS.
    pub provider_timeout: Duration,
    /// Makes tokens and ids repeatable; `None` takes the system's generator.
    pub seed: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            data: None,
            demo: false,
            start_at: None,
            provider_timeout: Duration::from_secs(10),
            seed: None,
        }
    }
}

/// A running stack. Dropping it stops its clock, closes its connections and lets its
/// folder go.
#[derive(Debug)]
pub struct Stack {
    url: String,
    gateway: Arc<Gateway>,
    outbox: Arc<Outbox>,
    clock: LocalClock,
    faults: Arc<Faults>,
    dynamo: Arc<Dynamo>,
    scheduler: Arc<Scheduler>,
    firing: Arc<Firing>,
    moves: Moves,
    sdk: SdkConfig,
    tables: Vec<String>,
    _timekeeper: Timekeeper,
    _serving: [Serving; 2],
}

impl Stack {
    /// Starts everything and serves it.
    ///
    /// # Errors
    /// A port or folder that is taken, a template that cannot be stood in for, a
    /// function that does not start, demo data that is refused.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        let template = Template::parse(DEPLOYED).context("infra/template.yaml")?;
        let disk = options
            .data
            .as_deref()
            .map_or_else(|| Ok(Disk::none()), Disk::hold)?;
        let clock = LocalClock::open(disk.clone(), options.start_at).context("the kept clock")?;
        let outbox = Arc::new(Outbox::open(disk.clone()).context("the kept outbox")?);
        let scheduler =
            Arc::new(Scheduler::open(disk.clone(), clock.clone()).context("the kept schedules")?);
        let faults = Arc::new(Faults::default());
        // Before the database is made: it is what tells a folder that was used before.
        let is_new = disk.is_fresh();
        let dynamo = Arc::new(Dynamo::start(&disk, &template.tables).await?);

        let aws = listener::bind(0).await?;
        let sdk = sdk_config(&format!("http://{}", aws.local_addr()?));
        let endpoint = Endpoint {
            faults: faults.clone(),
            dynamo: dynamo.clone(),
            ses: Ses {
                outbox: outbox.clone(),
                clock: clock.clone(),
            },
            sns: Sns {
                outbox: outbox.clone(),
                clock: clock.clone(),
            },
            scheduler: scheduler.clone(),
        };
        let aws = serve_aws(aws, endpoint);

        let front = listener::bind(options.port)
            .await
            .with_context(|| format!("port {} is taken", options.port))?;
        let port = front.local_addr()?.port();
        let url = format!("http://127.0.0.1:{port}");
        let values = LocalValues::new(&url, options.provider_timeout);
        let now = clock.clone();
        let told = Clock::new(move || now.now());
        let functions = functions::wire(&template, &values, &sdk, &told, &chance(options.seed))?;
        let firing = Firing::open(
            &disk,
            clock.clone(),
            scheduler.clone(),
            faults.clone(),
            sweeps(&template),
            functions::by_name(functions.clone()),
        );
        let firing = Arc::new(firing.context("the kept invocations")?);
        let (timekeeper, moves) = Timekeeper::start(firing.clone());
        let gateway = Arc::new(Gateway {
            routes: template.routes,
            functions,
            clock: clock.clone(),
        });
        let server = Server {
            port,
            gateway: gateway.clone(),
            control: Control {
                outbox: outbox.clone(),
                clock: clock.clone(),
                faults: faults.clone(),
                scheduler: scheduler.clone(),
                firing: firing.clone(),
                moves: moves.clone(),
            },
        };
        let front = serve_front(front, server);

        let tables = template
            .tables
            .into_iter()
            .map(|table| table.name)
            .collect();
        let stack = Self {
            url,
            gateway,
            outbox,
            clock,
            faults,
            dynamo,
            scheduler,
            firing,
            moves,
            sdk,
            tables,
            _timekeeper: timekeeper,
            _serving: [aws, front],
        };
        if options.demo && is_new {
            demo::load(&stack).await.context("demo data")?;
        }
        Ok(stack)
    }

    /// `http://127.0.0.1:<port>`, without a trailing slash.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Sends a request through the gateway without a socket, as `caller`.
    pub async fn call(&self, request: Request<Bytes>, caller: &Caller) -> Response<Bytes> {
        self.gateway.call(request, caller).await
    }

    /// Hands a function an API Gateway event, as it stands in `events/`, and gives
    /// back what the function answers.
    ///
    /// # Errors
    /// An event of no route, or one that its function cannot read.
    pub async fn invoke(&self, event: serde_json::Value) -> anyhow::Result<serde_json::Value> {
        self.gateway.invoke(event).await
    }

    /// Hands the function of this name an event that does not come through the
    /// gateway, and gives back what the function answers. It fails or succeeds once:
    /// there are no retries, and no dead letter.
    ///
    /// # Errors
    /// There is no such function, or it failed.
    pub async fn invoke_function(
        &self,
        name: &str,
        event: serde_json::Value,
    ) -> anyhow::Result<serde_json::Value> {
        self.firing.invoke(name, event).await
    }

    /// Moves the clock on by `by`. Each schedule that is due on the way fires at its
    /// own time, in order of time and then of name, while the clock stands there; so
    /// does each retry of what failed; then, at the end, the sweep runs once.
    ///
    /// # Errors
    /// [`MoveError`]. Before anything has happened if the distance is impossible.
    pub async fn advance(&self, by: TimeDelta) -> Result<DateTime<Utc>, MoveError> {
        self.moves.ask(Distance::By(by)).await
    }

    /// Moves the clock on to `instant`, as [`Self::advance`] does.
    ///
    /// # Errors
    /// [`MoveError`]. Before anything has happened if the instant is impossible.
    pub async fn advance_to(&self, instant: DateTime<Utc>) -> Result<DateTime<Utc>, MoveError> {
        self.moves.ask(Distance::To(instant)).await
    }

    /// Every email and SMS accepted so far, oldest first.
    pub fn outbox(&self) -> Vec<Message> {
        self.outbox.messages()
    }

    /// Each receiver with the landing link of the message they got last, latest first.
    pub fn landing_links(&self) -> Vec<(String, String)> {
        let mut links: Vec<(String, String)> = Vec::new();
        for message in self.outbox().iter().rev() {
            if let Some(link) = message.landing_link()
                && links.iter().all(|(to, _)| *to != message.to)
            {
                links.push((message.to.clone(), link.to_owned()));
            }
        }
        links
    }

    /// What Scheduler has armed, by time.
    pub fn schedules(&self) -> Vec<ArmedSchedule> {
        self.scheduler.armed()
    }

    /// Invocations that schedules have caused and no function has done yet: fired
    /// late, or failed and to be tried again; by time.
    pub fn pending_invocations(&self) -> Vec<Invocation> {
        self.firing.pending()
    }

    /// What was given up, oldest first: invocations that failed three times, or that
    /// no function took, and sweeps that failed.
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        self.firing.dead_letters()
    }

    /// The clock that all functions read.
    pub fn clock(&self) -> &LocalClock {
        &self.clock
    }

    /// The faults of the stand-ins.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Calls that reached `service` since the start or [`Faults::reset_calls`], by
    /// operation.
    pub fn calls(&self, service: Service) -> BTreeMap<String, u64> {
        self.faults.calls(service)
    }

    /// DynamoDB capacity consumed since the start or [`Self::reset_capacity`].
    pub fn capacity(&self) -> Capacity {
        self.dynamo.capacity()
    }

    /// Starts measuring capacity anew.
    pub fn reset_capacity(&self) {
        self.dynamo.reset_capacity();
    }

    /// The configuration the functions' AWS clients were made with, for a test that
    /// looks at what is stored.
    pub fn sdk_config(&self) -> &SdkConfig {
        &self.sdk
    }

    /// The tables that the template declares.
    pub fn tables(&self) -> &[String] {
        &self.tables
    }
}

fn serve_aws(listener: TcpListener, endpoint: Endpoint) -> Serving {
    let endpoint = Arc::new(endpoint);
    listener::serve(listener, move |request| {
        let endpoint = endpoint.clone();
        async move { endpoint.answer(request).await }
    })
}

fn serve_front(listener: TcpListener, server: Server) -> Serving {
    let server = Arc::new(server);
    listener::serve(listener, move |request| {
        let server = server.clone();
        async move { server.answer(request).await }
    })
}

/// The template's sweeps, by the names of their functions.
fn sweeps(template: &Template) -> Vec<Sweep> {
    let by_name = |sweep: &template::Sweep| Sweep {
        function: template.functions[sweep.function].crate_name.clone(),
        every: sweep.every,
        input: sweep.input.clone(),
    };
    template.sweeps.iter().map(by_name).collect()
}

fn sdk_config(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("LOCAL", "local", None, None, "usher-local");
    // Plain HTTP: reading the machine's root certificates would take longer than all
    // the rest of a start.
    let http = aws_smithy_http_client::Builder::new().build_http();
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(endpoint)
        .http_client(http)
        .build()
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is where the local stack's chance comes from"
)]
fn chance(seed: Option<u64>) -> Chance {
    match seed {
        None => Chance::new(|bytes| rand::rng().fill_bytes(bytes)),
        Some(seed) => {
            let generator = Mutex::new(StdRng::seed_from_u64(seed));
            Chance::new(move |bytes| {
                generator
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .fill_bytes(bytes);
            })
        }
    }
}
