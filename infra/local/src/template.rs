//! Reads `infra/template.yaml`, the only source of tables, routes and environment.
//! Nothing of these is written down a second time here: what the template does not
//! declare does not exist on this machine either.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use http::Method;
use serde_json::{Map, Value as Json};
use serde_yaml_ng::Value;

/// The deployed template.
pub(crate) const DEPLOYED: &str = include_str!("../../template.yaml");

/// What the local stack needs of a SAM template.
#[derive(Debug)]
pub(crate) struct Template {
    pub tables: Vec<Table>,
    pub functions: Vec<Function>,
    pub routes: Vec<Route>,
}

/// An `AWS::DynamoDB::Table`.
#[derive(Debug)]
pub(crate) struct Table {
    /// Its name, or its logical id where CloudFormation would make a name up.
    pub name: String,
    /// A `CreateTable` request.
    pub definition: Json,
    /// The `TimeToLiveSpecification`.
    pub time_to_live: Option<Json>,
}

/// An `AWS::Serverless::Function`.
#[derive(Debug)]
pub(crate) struct Function {
    /// The crate its `CodeUri` names.
    pub crate_name: String,
    /// Its `Timeout`; 3 s when unset, as in Lambda.
    pub timeout: Duration,
    /// Its variables.
    pub environment: BTreeMap<String, Setting>,
}

/// The value of a variable, as far as the template tells it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Setting {
    /// Written out, or a reference to a table.
    Known(String),
    /// Known only to a deployment: a parameter, another resource.
    Deployed,
}

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
            match own.strip_prefix('{').and_then(|own| own.strip_suffix('}')) {
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

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// What the local stack cannot stand in for, named by its resource.
    pub(crate) fn parse(yaml: &str) -> anyhow::Result<Self> {
        let document: Value = serde_yaml_ng::from_str(yaml).context("the template is not YAML")?;
        let resources = document["Resources"]
            .as_mapping()
            .context("the template has no Resources")?;
        let resources: Vec<_> = resources
            .iter()
            .filter_map(|(id, resource)| {
                Some((
                    id.as_str()?,
                    resource["Type"].as_str()?,
                    &resource["Properties"],
                ))
            })
            .collect();
        let globals = &document["Globals"];
        let authorizer_by_default = resources
            .iter()
            .filter(|(_, kind, _)| *kind == "AWS::Serverless::HttpApi")
            .map(|(_, _, properties)| &properties["Auth"])
            .chain([&globals["HttpApi"]["Auth"]])
            .any(|auth| !auth["DefaultAuthorizer"].is_null());
        let mut template = Self {
            tables: Vec::new(),
            functions: Vec::new(),
            routes: Vec::new(),
        };
        let mut names = BTreeMap::new();
        for (id, kind, properties) in &resources {
            if *kind == "AWS::DynamoDB::Table" {
                let table = read_table(id, properties)?;
                names.insert(*id, table.name.clone());
                template.tables.push(table);
            }
        }
        for (id, kind, properties) in &resources {
            if *kind == "AWS::Serverless::Function" {
                let function = read_function(properties, &globals["Function"], &names)
                    .with_context(|| (*id).to_owned())?;
                template.functions.push(function);
                let index = template.functions.len() - 1;
                let routes = read_routes(&properties["Events"], index, authorizer_by_default);
                template
                    .routes
                    .extend(routes.with_context(|| (*id).to_owned())?);
            }
        }
        let mut keys = BTreeSet::new();
        if let Some(twice) = template
            .routes
            .iter()
            .find(|route| !keys.insert(route.key()))
        {
            bail!("the route {} is declared twice", twice.key());
        }
        Ok(template)
    }
}

fn read_table(id: &str, properties: &Value) -> anyhow::Result<Table> {
    let name = properties["TableName"].as_str().unwrap_or(id).to_owned();
    let mut definition = Map::from_iter([("TableName".to_owned(), Json::from(name.clone()))]);
    for field in [
        "AttributeDefinitions",
        "KeySchema",
        "GlobalSecondaryIndexes",
        "LocalSecondaryIndexes",
        "BillingMode",
    ] {
        let value = &properties[field];
        if !value.is_null() {
            definition.insert(field.to_owned(), serde_json::to_value(value)?);
        }
    }
    ensure!(
        definition.contains_key("KeySchema"),
        "the table {id} has no KeySchema"
    );
    let ttl = &properties["TimeToLiveSpecification"];
    let time_to_live = if ttl.is_null() {
        None
    } else {
        Some(serde_json::to_value(ttl)?)
    };
    Ok(Table {
        name,
        definition: definition.into(),
        time_to_live,
    })
}

fn read_function(
    properties: &Value,
    globals: &Value,
    tables: &BTreeMap<&str, String>,
) -> anyhow::Result<Function> {
    let code = properties["CodeUri"].as_str().context("no CodeUri")?;
    let crate_name = code
        .trim_end_matches('/')
        .strip_prefix("../functions/")
        .with_context(|| format!("its CodeUri {code} is not in ../functions/"))?;
    let timeout = properties["Timeout"]
        .as_u64()
        .or_else(|| globals["Timeout"].as_u64())
        .unwrap_or(3);
    let mut environment = BTreeMap::new();
    for source in [globals, properties] {
        for (name, value) in source["Environment"]["Variables"]
            .as_mapping()
            .into_iter()
            .flatten()
        {
            let name = name
                .as_str()
                .context("the name of a variable is not a string")?;
            environment.insert(name.to_owned(), read_setting(value, tables));
        }
    }
    Ok(Function {
        crate_name: crate_name.to_owned(),
        timeout: Duration::from_secs(timeout),
        environment,
    })
}

fn read_setting(value: &Value, tables: &BTreeMap<&str, String>) -> Setting {
    match value {
        Value::String(text) => Setting::Known(text.clone()),
        Value::Number(number) => Setting::Known(number.to_string()),
        Value::Bool(flag) => Setting::Known(flag.to_string()),
        Value::Tagged(tagged) if tagged.tag == "Ref" => tagged
            .value
            .as_str()
            .and_then(|id| tables.get(id))
            .map_or(Setting::Deployed, |name| Setting::Known(name.clone())),
        Value::Tagged(_) | Value::Null | Value::Sequence(_) | Value::Mapping(_) => {
            Setting::Deployed
        }
    }
}

fn read_routes(
    events: &Value,
    function: usize,
    authorizer_by_default: bool,
) -> anyhow::Result<Vec<Route>> {
    let mut routes = Vec::new();
    for (name, event) in events.as_mapping().into_iter().flatten() {
        if event["Type"].as_str() != Some("HttpApi") {
            continue;
        }
        let properties = &event["Properties"];
        let (Some(method), Some(path)) =
            (properties["Method"].as_str(), properties["Path"].as_str())
        else {
            bail!("the event {name:?} lacks Method or Path");
        };
        ensure!(
            path.starts_with('/') && !path.contains("+}"),
            "the path {path} is of a kind that is not stood in for"
        );
        let method = match method.to_ascii_uppercase().as_str() {
            "ANY" | "X-AMAZON-APIGATEWAY-ANY-METHOD" => None,
            method => Some(Method::from_bytes(method.as_bytes())?),
        };
        let authorized = match properties["Auth"]["Authorizer"].as_str() {
            Some(authorizer) => authorizer != "NONE",
            None => authorizer_by_default,
        };
        routes.push(Route {
            method,
            path: path.to_owned(),
            function,
            authorized,
        });
    }
    Ok(routes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r"
Globals:
  Function: {Timeout: 9, Environment: {Variables: {TABLE_NAME: !Ref T, PUBLIC_URL: !Ref PublicUrl}}}
Resources:
  T:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{AttributeName: PK, KeyType: HASH}]
      AttributeDefinitions: [{AttributeName: PK, AttributeType: S}]
      TimeToLiveSpecification: {AttributeName: expires_at, Enabled: true}
  Api: {Type: AWS::Serverless::HttpApi, Properties: {Auth: {DefaultAuthorizer: Oidc}}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ../functions/landing-page/
      Environment: {Variables: {LIMIT: 7, NOTE: !Sub '${X}-y'}}
      Events:
        One: {Type: HttpApi, Properties: {Path: '/v1/meetings/{id}', Method: put}}
        Two: {Type: HttpApi, Properties: {Path: /meeting/landing, Method: GET, Auth: {Authorizer: NONE}}}
        Tick: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 minute)}}
";

    #[test]
    fn tables_functions_routes_and_settings_are_read() {
        let template = Template::parse(SMALL).unwrap();
        assert_eq!(template.tables[0].name, "T");
        assert_eq!(
            template.tables[0].definition["KeySchema"][0]["AttributeName"],
            "PK"
        );
        assert_eq!(
            template.tables[0].time_to_live.as_ref().unwrap()["AttributeName"],
            "expires_at"
        );
        let function = &template.functions[0];
        assert_eq!(
            (function.crate_name.as_str(), function.timeout.as_secs()),
            ("landing-page", 9)
        );
        assert_eq!(
            function.environment["TABLE_NAME"],
            Setting::Known("T".into())
        );
        assert_eq!(function.environment["LIMIT"], Setting::Known("7".into()));
        assert_eq!(function.environment["PUBLIC_URL"], Setting::Deployed);
        assert_eq!(function.environment["NOTE"], Setting::Deployed);
        let routes: Vec<_> = template
            .routes
            .iter()
            .map(|route| (route.key(), route.authorized))
            .collect();
        assert_eq!(
            routes,
            [
                ("PUT /v1/meetings/{id}".into(), true),
                ("GET /meeting/landing".into(), false)
            ]
        );
    }

    #[test]
    fn a_route_matches_whole_paths_and_one_segment_per_parameter() {
        let template = Template::parse(SMALL).unwrap();
        let route = &template.routes[0];
        assert_eq!(
            route.matches(&Method::PUT, "/v1/meetings/a%2Fb"),
            Some(vec![("id", "a%2Fb")])
        );
        for path in [
            "/v1/meetings",
            "/v1/meetings/",
            "/v1/meetings/a/b",
            "/v1/meetings/a/",
            "/x/meetings/a",
        ] {
            assert_eq!(route.matches(&Method::PUT, path), None, "{path}");
        }
        assert_eq!(route.matches(&Method::GET, "/v1/meetings/a"), None);
    }

    #[test]
    fn what_cannot_be_stood_in_for_is_an_error() {
        let elsewhere = SMALL.replace("../functions/landing-page/", "../src/");
        assert!(
            format!("{:#}", Template::parse(&elsewhere).unwrap_err()).contains("F: its CodeUri")
        );
        let twice = SMALL.replace(
            "/meeting/landing, Method: GET",
            "'/v1/meetings/{id}', Method: PUT",
        );
        assert!(
            Template::parse(&twice)
                .unwrap_err()
                .to_string()
                .contains("declared twice")
        );
        assert!(Template::parse(": :").is_err());
    }

    #[test]
    fn the_deployed_template_is_understood() {
        let template = Template::parse(DEPLOYED).unwrap();
        assert_eq!(template.tables.len(), 1);
        assert!(template.routes.iter().any(|route| !route.authorized));
        assert!(template.routes.iter().any(|route| route.authorized));
    }
}
