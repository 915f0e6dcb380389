//! Routes: the `HttpApi` events of a template, and which requests are theirs.

use anyhow::{bail, ensure};
use http::Method;
use serde_yaml_ng::Value;

/// An `HttpApi` event.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    /// `None` is `ANY`.
    pub method: Option<Method>,
    /// The path with its `{parameters}`.
    pub path: String,
    /// Index of the function.
    pub function: usize,
    /// Whether an authorizer stands before it.
    pub authorized: bool,
}

impl Route {
    /// `PUT /v1/meetings/{id}`, as API Gateway calls it.
    pub(crate) fn key(&self) -> String {
        format!(
            "{} {}",
            self.method.as_ref().map_or("ANY", Method::as_str),
            self.path
        )
    }

    /// The parameters' raw values if `path` is this route's.
    pub(crate) fn matches<'a>(
        &'a self,
        method: &Method,
        path: &'a str,
    ) -> Option<Vec<(&'a str, &'a str)>> {
        if self.method.as_ref().is_some_and(|own| own != method) {
            return None;
        }
        let mut parameters = Vec::new();
        let mut asked = path.split('/');
        for own in self.path.split('/') {
            match parameter(own) {
                Some(name) if name.ends_with('+') => {
                    parameters.push((name.trim_end_matches('+'), greedy(&self.path, path)?));
                    return Some(parameters);
                }
                Some(name) => {
                    parameters.push((name, asked.next().filter(|value| !value.is_empty())?));
                }
                None if asked.next() == Some(own) => {}
                None => return None,
            }
        }
        asked.next().is_none().then_some(parameters)
    }

    /// Literal segments: of two routes that match, the one with more of them wins.
    pub(crate) fn literals(&self) -> usize {
        self.path
            .split('/')
            .filter(|segment| !segment.starts_with('{'))
            .count()
    }
}

/// The name of the parameter that a segment is, if it is one.
fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// What the greedy parameter of the route `own` takes: the rest of the path, of one
/// segment at least.
fn greedy<'a>(own: &str, path: &'a str) -> Option<&'a str> {
    let slash_before = own.matches('/').count().checked_sub(1)?;
    let (slash, _) = path.match_indices('/').nth(slash_before)?;
    path.get(slash + 1..).filter(|rest| !rest.is_empty())
}

/// Reads the route of an `HttpApi` event.
pub(super) fn read_route(
    properties: &Value,
    function: usize,
    authorizer_by_default: bool,
) -> anyhow::Result<Route> {
    let (Some(method), Some(path)) = (properties["Method"].as_str(), properties["Path"].as_str())
    else {
        bail!("it lacks Method or Path");
    };
    ensure!(
        path.starts_with('/') && !path.trim_end_matches("+}").contains("+}"),
        "the path {path} is of a kind that is not stood in for"
    );
    let authorized = match properties["Auth"]["Authorizer"].as_str() {
        Some(authorizer) => authorizer != "NONE",
        None => authorizer_by_default,
    };
    Ok(Route {
        method: read_method(method)?,
        path: path.to_owned(),
        function,
        authorized,
    })
}

/// `None` is any method.
fn read_method(name: &str) -> anyhow::Result<Option<Method>> {
    Ok(match name.to_ascii_uppercase().as_str() {
        "ANY" | "X-AMAZON-APIGATEWAY-ANY-METHOD" => None,
        method => Some(Method::from_bytes(method.as_bytes())?),
    })
}
