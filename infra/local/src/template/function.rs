//! The functions of a template.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Context as _;
use serde_yaml_ng::Value;

/// An `AWS::Serverless::Function`.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    /// The crate its `CodeUri` names.
    pub crate_name: String,
    /// Its `Timeout`; 3 s when unset, as in Lambda.
    pub timeout: Duration,
    /// Its `MemorySize`, in MB; 128 when unset, as in Lambda.
    pub memory_mb: u64,
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

/// Reads a function; `tables` has the names of the tables by their logical ids.
pub(super) fn read_function(
    properties: &Value,
    globals: &Value,
    tables: &BTreeMap<&str, String>,
) -> anyhow::Result<Function> {
    let code = properties["CodeUri"].as_str().context("no CodeUri")?;
    let crate_name = code
        .trim_end_matches('/')
        .strip_prefix("../functions/")
        .with_context(|| format!("its CodeUri {code} is not in ../functions/"))?;
    let number = |name: &str| {
        let own = properties[name].as_u64();
        own.or_else(|| globals[name].as_u64())
    };
    Ok(Function {
        crate_name: crate_name.to_owned(),
        timeout: Duration::from_secs(number("Timeout").unwrap_or(3)),
        memory_mb: number("MemorySize").unwrap_or(128),
        environment: read_environment([globals, properties], tables)?,
    })
}

/// The variables of a function: its own stand over those of all functions.
fn read_environment(
    sources: [&Value; 2],
    tables: &BTreeMap<&str, String>,
) -> anyhow::Result<BTreeMap<String, Setting>> {
    let mut environment = BTreeMap::new();
    for source in sources {
        let variables = source["Environment"]["Variables"].as_mapping();
        for (name, value) in variables.into_iter().flatten() {
            let name = name.as_str();
            let name = name.context("the name of a variable is not a string")?;
            environment.insert(name.to_owned(), read_setting(value, tables));
        }
    }
    Ok(environment)
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
