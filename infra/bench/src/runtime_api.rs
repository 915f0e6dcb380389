//! The Lambda Runtime API, as far as a function needs it: it asks for the next event, and
//! answers it or says that it failed.
//!
//! See <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.

use std::{convert::Infallible, net::Ipv4Addr, net::SocketAddr, sync::Arc, time::Instant};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::TcpListener,
    sync::{
        Mutex,
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    },
    task::{JoinHandle, JoinSet},
};

/// What a function is to do.
#[derive(Debug)]
pub struct Invocation {
    /// Names it.
    pub request_id: String,
    /// Until when it must be done, in milliseconds since 1970.
    pub deadline_ms: i64,
    /// The function's own ARN.
    pub function_arn: String,
    /// Its event, as JSON.
    pub event: Bytes,
}

/// What a function says.
#[derive(Debug)]
pub enum Said {
    /// It asks for the next event.
    Asks,
    /// It has done what it was to do.
    Answers {
        /// What came of it, as JSON.
        answer: Bytes,
        /// When its answer was there.
        at: Instant,
    },
    /// It has failed, at an event or at its start.
    Fails(String),
}

/// The API for one function, until it is dropped.
#[derive(Debug)]
pub struct RuntimeApi {
    address: SocketAddr,
    invocations: UnboundedSender<Invocation>,
    said: UnboundedReceiver<Said>,
    serving: JoinHandle<()>,
}

/// What its connections share.
struct Line {
    invocations: Mutex<UnboundedReceiver<Invocation>>,
    said: UnboundedSender<Said>,
}

impl RuntimeApi {
    /// Serves it at any free port.
    ///
    /// # Errors
    /// There is none.
    pub async fn serve() -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (invocations, waiting) = unbounded_channel();
        let (say, said) = unbounded_channel();
        let line = Line {
            invocations: Mutex::new(waiting),
            said: say,
        };
        Ok(Self {
            address,
            invocations,
            said,
            serving: tokio::spawn(accept(listener, Arc::new(line))),
        })
    }

    /// Host and port, as `AWS_LAMBDA_RUNTIME_API` has them.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Gives the function something to do, as soon as it asks.
    pub fn invoke(&self, invocation: Invocation) {
        // Both ends of the channel live as long as this.
        let _ = self.invocations.send(invocation);
    }

    /// Waits for what the function says next.
    pub async fn hear(&mut self) -> Option<Said> {
        self.said.recv().await
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn accept(listener: TcpListener, line: Arc<Line>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        // Small answers must not wait for the delayed ACK of the one before.
        let _ = stream.set_nodelay(true);
        let line = line.clone();
        let service = service_fn(move |request| {
            let line = line.clone();
            async move { Ok::<_, Infallible>(line.answer(request).await) }
        });
        connections.spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

impl Line {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path().to_owned();
        let Some((_, last)) = path.rsplit_once('/') else {
            return plain(StatusCode::NOT_FOUND);
        };
        if last == "next" {
            return self.next().await;
        }
        let body = request.into_body().collect().await;
        let at = Instant::now();
        let body = body.map(http_body_util::Collected::to_bytes);
        let said = match (last, body) {
            ("response", Ok(answer)) => Said::Answers { answer, at },
            ("error", Ok(error)) => Said::Fails(String::from_utf8_lossy(&error).into_owned()),
            _ => return plain(StatusCode::NOT_FOUND),
        };
        let _ = self.said.send(said);
        plain(StatusCode::ACCEPTED)
    }

    async fn next(&self) -> Response<Full<Bytes>> {
        let _ = self.said.send(Said::Asks);
        let Some(invocation) = self.invocations.lock().await.recv().await else {
            return plain(StatusCode::GONE);
        };
        Response::builder()
            .header("content-type", "application/json")
            .header("lambda-runtime-aws-request-id", invocation.request_id)
            .header("lambda-runtime-deadline-ms", invocation.deadline_ms)
            .header(
                "lambda-runtime-invoked-function-arn",
                invocation.function_arn,
            )
            .body(Full::new(invocation.event))
            .unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR))
    }
}

fn plain(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
