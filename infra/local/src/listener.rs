//! Accepts connections on loopback and serves HTTP/1.1 on them until dropped. A
//! service that answers with an error has its connection closed unanswered: that is
//! how an answer gets lost.

use std::convert::Infallible;
use std::error::Error;
use std::future::Future;
use std::net::Ipv4Addr;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::task::Task;

/// The answer was lost on purpose.
#[derive(Debug)]
pub(crate) struct AnswerLost;

impl std::fmt::Display for AnswerLost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the answer was lost")
    }
}

impl Error for AnswerLost {}

impl From<Infallible> for AnswerLost {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// Serves until dropped, then closes every connection.
#[derive(Debug)]
pub(crate) struct Serving(
    #[expect(dead_code, reason = "it serves for as long as it is held")] Task,
);

/// A listener on loopback; port 0 takes any free one.
pub(crate) async fn bind(port: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
}

/// Serves `listener` with `handler`, a clone of which takes each request.
pub(crate) fn serve<H, F>(listener: TcpListener, handler: H) -> Serving
where
    H: Fn(Request<Incoming>) -> F + Clone + Send + 'static,
    F: Future<Output = Result<Response<Full<Bytes>>, AnswerLost>> + Send + 'static,
{
    Serving(Task::spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                // Out of file descriptors, most likely; connections that close free some.
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            };
            // Small answers must not wait for the delayed ACK of the one before.
            let _ = stream.set_nodelay(true);
            let service = service_fn(handler.clone());
            connections.spawn(
                hyper::server::conn::http1::Builder::new()
                    .timer(TokioTimer::new())
                    .serve_connection(TokioIo::new(stream), service),
            );
            while connections.try_join_next().is_some() {}
        }
    }))
}
