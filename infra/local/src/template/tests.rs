//! What is understood of a template, and what is refused.

use http::Method;

use super::*;

const SMALL: &str = r#"
Globals:
  Function: {Timeout: 9, Environment: {Variables: {TABLE_NAME: !Ref T, PUBLIC_URL: !Ref PublicUrl}}}
Resources:
  T:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{AttributeName: PK, KeyType: HASH}]
      AttributeDefinitions: [{AttributeName: PK, AttributeType: S}]
      TimeToLiveSpecification: {AttributeName: expires_at, Enabled: true}
  Texts: {Type: AWS::SNS::Topic}
  Api: {Type: AWS::Serverless::HttpApi, Properties: {Auth: {DefaultAuthorizer: Oidc}}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ../functions/landing-page/
      Environment: {Variables: {LIMIT: 7, NOTE: !Sub '${X}-y'}}
      Events:
        One: {Type: HttpApi, Properties: {Path: '/v1/meetings/{id}', Method: put}}
        Two: {Type: HttpApi, Properties: {Path: /meeting/landing, Method: GET, Auth: {Authorizer: NONE}}}
        Tick: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 minute), Input: '{"tick":{}}'}}
        Text: {Type: SNS, Properties: {Topic: !Ref Texts, RedrivePolicy: {deadLetterTargetArn: !GetAtt Lost.Arn}}}
"#;

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
    let sweep = &template.sweeps[0];
    assert_eq!((sweep.function, sweep.every.num_seconds()), (0, 60));
    assert_eq!(sweep.input, serde_json::json!({ "tick": {} }));
    let [subscription] = &template.subscriptions[..] else {
        panic!("one is expected: {:?}", template.subscriptions)
    };
    assert_eq!(
        (subscription.topic.as_str(), subscription.function),
        ("Texts", 0)
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
fn a_greedy_parameter_takes_the_rest_of_the_path() {
    let greedy = SMALL.replace("/v1/meetings/{id}", "/v1/{proxy+}");
    let template = Template::parse(&greedy).unwrap();
    let route = &template.routes[0];
    for (path, rest) in [("/v1/a", "a"), ("/v1/a/b", "a/b"), ("/v1/a/", "a/")] {
        assert_eq!(
            route.matches(&Method::PUT, path),
            Some(vec![("proxy", rest)])
        );
    }
    for path in ["/v1", "/v1/", "/x/a"] {
        assert_eq!(route.matches(&Method::PUT, path), None, "{path}");
    }
}

#[test]
fn what_cannot_be_stood_in_for_is_an_error() {
    let elsewhere = SMALL.replace("../functions/landing-page/", "../src/");
    assert!(format!("{:#}", Template::parse(&elsewhere).unwrap_err()).contains("F: its CodeUri"));
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
fn an_event_that_cannot_be_stood_in_for_is_named_with_its_function() {
    for (known, unknown, complaint) in [
        (
            "Type: ScheduleV2",
            "Type: SQS",
            "the type SQS is not stood in for",
        ),
        ("Type: ScheduleV2, ", "", "it has no Type"),
        ("rate(1 minute)", "cron(0 9 * * ? *)", "cron(0 9"),
        ("rate(1 minute)", "rate(0 minutes)", "rate(0 minutes)"),
        ("rate(1 minute)", "rate(1 month)", "rate(1 month)"),
        (
            "rate(1 minute)",
            "rate(1 minute), State: DISABLED",
            "enabled",
        ),
        (", Input: '{\"tick\":{}}'", "", "Input is not written out"),
        ("'{\"tick\":{}}'", "'{'", "Input is not JSON"),
    ] {
        let error = Template::parse(&SMALL.replace(known, unknown)).unwrap_err();
        let error = format!("{error:#}");
        assert!(
            error.starts_with("F: the event Tick: ") && error.contains(complaint),
            "{error}"
        );
    }
}

#[test]
fn a_topic_is_declared_loses_nothing_and_filters_nothing() {
    let redrive = ", RedrivePolicy: {deadLetterTargetArn: !GetAtt Lost.Arn}";
    for (known, unknown, complaint) in [
        (redrive, "", "the event Text: it lacks RedrivePolicy"),
        (redrive, ", RedrivePolicy: {}", "it lacks RedrivePolicy"),
        ("Topic: !Ref Texts, ", "", "it lacks Topic"),
        ("!Ref Texts", "arn:aws:sns:x", "its Topic is no !Ref"),
        ("!Ref Texts", "!Sub '${Texts}'", "its Topic is no !Ref"),
        ("!Ref Texts", "!Ref F", "the template declares no topic F"),
        (
            "!Ref Texts",
            "!Ref Texts, FilterPolicy: {}",
            "its FilterPolicy is not stood in for",
        ),
    ] {
        let error = Template::parse(&SMALL.replace(known, unknown)).unwrap_err();
        let error = format!("{error:#}");
        assert!(error.contains(complaint), "{error}");
    }
}

#[test]
fn the_deployed_template_is_understood() {
    let template = Template::deployed().unwrap();
    assert_eq!(template.tables.len(), 1);
    assert!(template.routes.iter().any(|route| !route.authorized));
    assert!(template.routes.iter().any(|route| route.authorized));
    let [sweep] = &template.sweeps[..] else {
        panic!("one sweep is expected: {:?}", template.sweeps)
    };
    assert_eq!(
        template.functions[sweep.function].crate_name,
        "reminder-fanout"
    );
    assert_eq!(sweep.every.num_minutes(), 5);
    assert_eq!(sweep.input, serde_json::json!({ "sweep": {} }));
    let of_texts = |subscription: &&Subscription| {
        template.functions[subscription.function].crate_name == "inbound-sms"
    };
    assert_eq!(template.subscriptions.iter().filter(of_texts).count(), 1);
}
