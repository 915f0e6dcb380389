//! `cargo run`: the whole of Usher on 127.0.0.1, without an AWS account.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool speaks to its terminal"
)]

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use lexopt::prelude::*;
use tracing_subscriber::EnvFilter;
use usher_local::{DEFAULT_PORT, Options, Stack};

const HELP: &str = "\
Runs all of Usher on this machine, on stand-ins for AWS.

Usage: cargo run -- [options]

  --port PORT   listen on 127.0.0.1:PORT (default 7447; 0 takes any free port)
  --data DIR    keep state in DIR (default: in memory, gone at the end)
  --no-demo     start empty
  --no-reports  SES and SNS report of no message by themselves
  --help        show this

Set RUST_LOG for more of the log, for instance RUST_LOG=info.
";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("usher-local: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    let Some(options) = parse(lexopt::Parser::from_env())? else {
        print!("{HELP}");
        return Ok(());
    };
    let quiet = || EnvFilter::new("warn,dynoxide=error");
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| quiet()))
        .with_writer(std::io::stderr)
        .init();
    let kept = options.data.is_some();
    let stack = Stack::start(options).await?;
    announce(&stack, kept);
    tokio::signal::ctrl_c()
        .await
        .context("cannot wait for Ctrl-C")
}

/// The options, or `None` if help was asked for.
fn parse(mut arguments: lexopt::Parser) -> anyhow::Result<Option<Options>> {
    let mut options = Options {
        port: DEFAULT_PORT,
        demo: true,
        reports: true,
        ..Options::default()
    };
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("port") => {
                let port = arguments.value()?;
                options.port = port.parse().context("--port is a number from 0 to 65535")?;
            }
            Long("data") => options.data = Some(PathBuf::from(arguments.value()?)),
            Long("no-demo") => options.demo = false,
            Long("no-reports") => options.reports = false,
            Long("help") | Short('h') => return Ok(None),
            Long(_) | Short(_) | Value(_) => bail!("{}; see --help", argument.unexpected()),
        }
    }
    Ok(Some(options))
}

fn announce(stack: &Stack, kept: bool) {
    let url = stack.url();
    println!("Usher is running; Ctrl-C stops it.\n");
    println!("  console     {url}/console");
    println!("  start page  {url}/");
    println!("  outbox      {url}/_local/outbox");
    println!("  API         {url}/v1/meetings");
    println!("  described   {url}/v1/openapi.json");
    for (to, link) in stack.landing_links().iter().take(3) {
        println!("  as {to:<24} {link}");
    }
    println!(
        "\n{}",
        if kept {
            "State is kept."
        } else {
            "State is in memory and ends with this process."
        }
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> anyhow::Result<Option<Options>> {
        parse(lexopt::Parser::from_args(arguments.iter().copied()))
    }

    #[test]
    fn flags_are_read_and_wrong_ones_named() {
        let options = parsed(&["--port", "0", "--data=here", "--no-demo"])
            .unwrap()
            .unwrap();
        assert_eq!((options.port, options.demo), (0, false));
        assert!(options.reports);
        let silent = parsed(&["--no-reports"]).unwrap().unwrap();
        assert!(silent.demo && !silent.reports);
        assert_eq!(options.data, Some(PathBuf::from("here")));
        assert!(parsed(&["--help"]).unwrap().is_none());
        for (arguments, named) in [
            (&["--prot"][..], "--prot"),
            (&["--port", "x"], "--port"),
            (&["--data"], "--data"),
            (&["x"], "x"),
        ] {
            assert!(format!("{:#}", parsed(arguments).unwrap_err()).contains(named));
        }
    }
}
