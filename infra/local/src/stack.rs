//! A whole running Usher: started by `cargo run`, and by every black-box test, many
//! of them in one process.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Request, Response};
use tokio::net::TcpListener;
use usher_cloud::SdkConfig;
use usher_console::SessionKey;
use usher_flows::Clock;

use crate::clock::{LocalClock, MoveError};
use crate::control::Control;
use crate::disk::Disk;
use crate::dynamo::{Capacity, Dynamo};
use crate::endpoint::Endpoint;
use crate::faults::{Faults, Service};
use crate::firing::{DeadLetter, Distance, Firing, Invocation, Moves, Sweep, Timekeeper};
use crate::functions::{self, LocalValues};
use crate::gateway::{Caller, Gateway};
use crate::listener::{self, Serving};
use crate::opt_outs::OptOuts;
use crate::options::{Options, rng};
use crate::outbox::{Message, Outbox};
use crate::scheduler::{ArmedSchedule, Scheduler};
use crate::server::Server;
use crate::ses::{Identities, Ses};
use crate::sns::Sns;
use crate::template::{self, DEPLOYED, Template};
use crate::topic::{InboundIds, Text, Topic};
use crate::wire::uuid;

/// A running stack. Dropping it stops its clock, closes its connections and lets its
/// folder go.
#[derive(Debug)]
pub struct Stack {
    url: String,
    gateway: Arc<Gateway>,
    outbox: Arc<Outbox>,
    identities: Arc<Identities>,
    opt_outs: Arc<OptOuts>,
    clock: LocalClock,
    faults: Arc<Faults>,
    dynamo: Arc<Dynamo>,
    scheduler: Arc<Scheduler>,
    firing: Arc<Firing>,
    topic: Arc<Topic>,
    moves: Moves,
    sdk: SdkConfig,
    tables: Vec<String>,
    _timekeeper: Timekeeper,
    _serving: [Serving; 2],
}

/// A stack that has just been started.
pub(crate) struct Assembled {
    pub(crate) stack: Stack,
    /// Whether nothing was kept of it.
    pub(crate) is_new: bool,
}

impl Stack {
    /// Starts everything and serves it, as it was left or empty.
    ///
    /// # Errors
    /// A port or folder that is taken, a template that cannot be stood in for, a
    /// function that does not start.
    pub(crate) async fn assemble(options: Options) -> anyhow::Result<Assembled> {
        let template = Template::parse(DEPLOYED).context("infra/template.yaml")?;
        let disk = options
            .data
            .as_deref()
            .map_or_else(|| Ok(Disk::none()), Disk::hold)?;
        let clock = LocalClock::open(disk.clone(), options.start_at).context("the kept clock")?;
        let outbox = Arc::new(Outbox::open(disk.clone()).context("the kept outbox")?);
        let opt_outs = OptOuts::open(disk.clone()).context("the kept opt-outs")?;
        let opt_outs = Arc::new(opt_outs);
        let identities = Arc::new(Identities::default());
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
                identities: identities.clone(),
            },
            sns: Sns {
                outbox: outbox.clone(),
                opt_outs: opt_outs.clone(),
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
        // Of this process: whoever signed in before it started does so again.
        let session_secret = format!("{}{}", uuid(), uuid());
        let values = LocalValues::new(&url, &session_secret, &options);
        let now = clock.clone();
        let told = Clock::new(move || now.now());
        let functions = functions::wire(&template, &values, &sdk, &told, &rng(options.seed))?;
        let firing = Firing::open(
            &disk,
            clock.clone(),
            scheduler.clone(),
            faults.clone(),
            sweeps(&template),
            functions::by_name(functions.clone()),
        );
        let firing = Arc::new(firing.context("the kept invocations")?);
        let topic = Topic::open(&template, clock.clone(), firing.clone())?;
        let topic = Arc::new(topic);
        let (timekeeper, moves) = Timekeeper::start(firing.clone());
        let gateway = Arc::new(Gateway {
            routes: template.routes,
            functions,
            clock: clock.clone(),
            session_key: SessionKey::derive(&session_secret).context("the session's secret")?,
        });
        let server = Server {
            port,
            gateway: gateway.clone(),
            control: Control {
                url: url.clone(),
                outbox: outbox.clone(),
                clock: clock.clone(),
                faults: faults.clone(),
                scheduler: scheduler.clone(),
                firing: firing.clone(),
                moves: moves.clone(),
                topic: topic.clone(),
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
            identities,
            opt_outs,
            clock,
            faults,
            dynamo,
            scheduler,
            firing,
            topic,
            moves,
            sdk,
            tables,
            _timekeeper: timekeeper,
            _serving: [aws, front],
        };
        Ok(Assembled { stack, is_new })
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

    /// A customer texts us: the text is delivered as SNS delivers it, and the function
    /// has been run on it once when this returns. What fails is tried again after one
    /// and two minutes of the clock, and is a dead letter after that.
    ///
    /// # Errors
    /// What waits could not be kept on disk. That the function failed is none.
    pub async fn text(&self, text: &Text) -> std::io::Result<InboundIds> {
        self.topic.publish(text).await
    }

    /// The event of a text, under ids of its own, which is not delivered: for
    /// [`Self::invoke_function`], as often as a test wants it.
    pub fn sms_event(&self, text: &Text) -> serde_json::Value {
        self.topic.event(text)
    }

    /// A domain that SES could send from is verified no longer, until the stack ends: its
    /// DNS records were taken down.
    pub fn take_back_identity(&self, domain: &str) {
        self.identities.take_back(domain);
    }

    /// The carrier puts a number on the account's list of those that have opted out: SNS
    /// accepts what is sent there and does not deliver it.
    ///
    /// # Errors
    /// The list could not be kept on disk.
    pub fn opt_out_at_account(&self, number: &str) -> std::io::Result<()> {
        self.opt_outs.add(number)
    }

    /// The carrier takes a number off the account's list. Unlike `OptInPhoneNumber` it may
    /// do so at any time.
    ///
    /// # Errors
    /// The list could not be kept on disk.
    pub fn opt_in_at_account(&self, number: &str) -> std::io::Result<()> {
        self.opt_outs.remove(number)
    }

    /// The numbers on the account's list, in order.
    pub fn opted_out_at_account(&self) -> Vec<String> {
        self.opt_outs.all()
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

    /// Invocations that no function has done yet: of a schedule that fired late, or
    /// failed and to be tried again; by time.
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
