//! How each function is wired, and whether it speaks as what calls it does.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail, ensure};
use staff_console::SignInConfig;
use usher_cloud::{Config, SdkConfig};
use usher_flows::{App, Clock, Rng};

use super::environment::{LocalValues, REMINDERS};
use super::{Function, Handler};
use crate::template::{self, Template};

/// Wires every function of the template.
pub(crate) fn wire(
    template: &Template,
    values: &LocalValues,
    sdk: &SdkConfig,
    clock: &Clock,
    rng: &Rng,
) -> anyhow::Result<Vec<Function>> {
    let wire_one = |function: &template::Function| {
        let environment = values.environment(function)?;
        let config = Config::read(|name| environment.get(name).cloned())?;
        let app = App::connect(sdk, config, clock.clone(), rng.clone());
        anyhow::Ok(Function {
            name: function.crate_name.clone(),
            handler: handler(&function.crate_name, app, &environment)?,
            timeout: function.timeout,
        })
    };
    let wired = template.functions.iter().map(|function| {
        wire_one(function).with_context(|| format!("function {}", function.crate_name))
    });
    let functions: Vec<_> = wired.collect::<anyhow::Result<_>>()?;
    check_events(template, &functions)?;
    Ok(functions)
}

/// A function behind a route speaks HTTP; one that is swept with, or that a topic calls,
/// does not.
fn check_events(template: &Template, functions: &[Function]) -> anyhow::Result<()> {
    let name = |index: usize| &functions[index].name;
    let speaks_http = |index: usize| matches!(functions[index].handler, Handler::Http(_));
    for route in &template.routes {
        ensure!(
            speaks_http(route.function),
            "{} leads to {}, which is no HTTP function",
            route.key(),
            name(route.function)
        );
    }
    let sweeps = template.sweeps.iter();
    let sweeps = sweeps.map(|sweep| ("a schedule".to_owned(), sweep.function));
    let topics = template.subscriptions.iter();
    let topics = topics.map(|each| (format!("the topic {}", each.topic), each.function));
    let receipts = template.receipts.iter();
    let receipts = receipts.map(|function| ("a log group".to_owned(), *function));
    for (caller, function) in sweeps.chain(topics).chain(receipts) {
        ensure!(
            !speaks_http(function),
            "{caller} leads to {}, which is an HTTP function",
            name(function)
        );
    }
    Ok(())
}

fn handler(
    crate_name: &str,
    app: App,
    environment: &BTreeMap<String, String>,
) -> anyhow::Result<Handler> {
    Ok(match crate_name {
        "send-notification" => Handler::Http(send_notification::router(app)),
        "landing-page" => Handler::Http(landing_page::router(app)),
        "staff-console" => {
            let sign_in = SignInConfig::read(|name| environment.get(name).cloned())?;
            Handler::Http(staff_console::router(app, sign_in))
        }
        REMINDERS => Handler::event(app, |app, event| async move {
            reminder_fanout::handle(&app, event).await
        }),
        "inbound-sms" => Handler::event(app, |app, event| async move {
            inbound_sms::handle(&app, event).await
        }),
        "track-delivery" => Handler::event(app, |app, event| async move {
            track_delivery::handle(&app, event).await
        }),
        unknown => {
            bail!("the template names functions/{unknown}, which the local stack does not host")
        }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use axum::Router;

    use super::*;

    #[test]
    fn a_function_is_not_hosted_for_what_it_cannot_take() {
        let template = |events: &str| {
            let yaml = format!(
                "Resources: {{T: {{Type: 'AWS::SNS::Topic'}}, F: {{Type: \
                 'AWS::Serverless::Function', Properties: \
                 {{CodeUri: ../functions/f/, Events: {{E: {events}}}}}}}}}"
            );
            Template::parse(&yaml).unwrap()
        };
        let route = template("{Type: HttpApi, Properties: {Path: /p, Method: GET}}");
        let sweep = template(
            "{Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 hour), Input: '{}'}}",
        );
        let topic = template(
            "{Type: SNS, Properties: {Topic: !Ref T, RedrivePolicy: {deadLetterTargetArn: a}}}",
        );
        let http = Handler::Http(Router::new());
        let event = Handler::Event(Arc::new(|event| Box::pin(async move { Ok(event) })));
        let check = |template: &Template, handler: &Handler| {
            let function = Function {
                name: "f".into(),
                handler: handler.clone(),
                timeout: Duration::from_secs(1),
            };
            check_events(template, &[function]).map_err(|error| error.to_string())
        };
        assert_eq!(check(&route, &http), Ok(()));
        assert_eq!(check(&sweep, &event), Ok(()));
        assert_eq!(check(&topic, &event), Ok(()));
        assert!(check(&route, &event).unwrap_err().contains("GET /p"));
        assert!(check(&sweep, &http).unwrap_err().contains("a schedule"));
        assert!(check(&topic, &http).unwrap_err().contains("the topic T"));
    }
}
