"""infra/template.yaml against the code that runs on it.

A deployment that lacks a variable, a route or a permission fails at run time, in
front of a customer; here it fails in seconds. Nothing is deployed and nothing is
called: only files of this repository are read.

    pytest tests/infra/check_template.py
"""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
INFRA = ROOT / "infra"


class CloudFormationLoader(yaml.SafeLoader):
    """YAML with the short forms of CloudFormation's functions (`!Ref x` → `{"Ref": "x"}`)."""


def _function(loader, suffix, node):
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


CloudFormationLoader.add_multi_constructor("!", _function)


@cache
def template():
    return yaml.load((INFRA / "template.yaml").read_text(), CloudFormationLoader)


def resources(kind):
    return {
        name: body["Properties"]
        for name, body in template()["Resources"].items()
        if body["Type"] == kind
    }


def functions():
    """Each function's properties by the name of its crate, Globals filled in."""
    shared = template()["Globals"]["Function"]
    return {
        Path(own["CodeUri"]).name: {**shared, **own, "LogicalId": name}
        for name, own in resources("AWS::Serverless::Function").items()
    }


def routes():
    """`(crate, method, path, open)` for every declared route."""
    return [
        (
            crate,
            event["Properties"]["Method"],
            event["Properties"]["Path"],
            event["Properties"].get("Auth", {}).get("Authorizer") == "NONE",
        )
        for crate, function in functions().items()
        for event in function["Events"].values()
        if event["Type"] == "HttpApi"
    ]


def statements(function):
    return [s for policy in function["Policies"] for s in policy["Statement"]]


def listed(value):
    return value if isinstance(value, list) else [value]


def code(path):
    """A Rust file without its comments."""
    return re.sub(r"//[^\n]*", "", path.read_text())


def crate_code(crate):
    return "\n".join(code(p) for p in sorted((ROOT / "functions" / crate / "src").rglob("*.rs")))


def cloud_code():
    return "\n".join(code(p) for p in sorted((ROOT / "shared/cloud/src").rglob("*.rs")))


def variables(text):
    """Names in quotes that look like environment variables of ours."""
    found = set(re.findall(r'"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"', text))
    return {name for name in found if not name.startswith(("AWS_", "RUST_"))}


EACH_FUNCTION = pytest.mark.parametrize("crate", sorted(functions()))


def test_every_function_has_a_crate_and_every_crate_a_function():
    crates = {p.parent.name for p in (ROOT / "functions").glob("*/Cargo.toml")}
    assert set(functions()) == crates
    for function in functions().values():
        assert (INFRA / function["CodeUri"] / "src/main.rs").exists()


@EACH_FUNCTION
def test_a_function_states_its_size_time_log_and_alarms(crate):
    function = functions()[crate]
    assert function["MemorySize"] and 0 < function["Timeout"] < 30
    assert function["Tracing"] == "Active"
    log = function["LoggingConfig"]["LogGroup"]["Ref"]
    assert "RetentionInDays" in resources("AWS::Logs::LogGroup")[log]
    watched = {
        alarm["MetricName"]
        for alarm in resources("AWS::CloudWatch::Alarm").values()
        if {"Name": "FunctionName", "Value": {"Ref": function["LogicalId"]}}
        in alarm.get("Dimensions", [])
    }
    assert watched == {"Errors", "Throttles", "Duration"}


def test_every_alarm_tells_someone():
    for name, alarm in resources("AWS::CloudWatch::Alarm").items():
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}], name


@EACH_FUNCTION
def test_a_function_is_given_the_variables_it_reads_and_no_other(crate):
    given = set(functions()[crate]["Environment"]["Variables"])
    shared = code(ROOT / "shared/cloud/src/config.rs")
    required = set(re.findall(r'require\(\s*"([A-Z0-9_]+)"', shared))
    own = variables(code(ROOT / "functions" / crate / "src/main.rs"))
    assert required, "config.rs names its required variables with require(…)"
    assert required | own <= given, "read but not declared"
    assert given <= variables(shared) | own, "declared but never read"


def test_every_optional_variable_is_declared_for_some_function():
    given = set().union(*(f["Environment"]["Variables"] for f in functions().values()))
    assert variables(code(ROOT / "shared/cloud/src/config.rs")) <= given


def test_no_route_is_declared_twice():
    count = Counter((method, path) for _, method, path, _ in routes())
    assert [route for route, times in count.items() if times > 1] == []


@EACH_FUNCTION
def test_a_function_serves_the_paths_that_lead_to_it(crate):
    text = crate_code(crate)
    declared = {path for owner, _, path, _ in routes() if owner == crate}
    assert {p for p in declared if f'"{p}"' not in text} == set(), "declared, not served"
    served = set(re.findall(r'\.route\(\s*"([^"]+)"', text))
    assert served - declared == set(), "served, not declared"


def test_only_what_customers_need_is_open():
    open_routes = {(m, p) for _, m, p, is_open in routes() if is_open}
    customers = {(m, p) for crate, m, p, _ in routes() if crate == "landing-page"}
    assert open_routes == customers | {("GET", "/v1/openapi.json")}
    assert template()["Resources"]["HttpApi"]["Properties"]["Auth"]["DefaultAuthorizer"]


def test_access_logs_are_json_without_what_identifies_a_customer():
    log = template()["Resources"]["HttpApi"]["Properties"]["AccessLogSettings"]["Format"]
    json.loads(log)
    for secret in ("query", "referer", "sourceIp", "userAgent", "identity", "cookie"):
        assert secret.lower() not in log.lower()


@EACH_FUNCTION
def test_a_function_may_do_no_more_than_named_actions_on_named_resources(crate):
    for statement in statements(functions()[crate]):
        assert statement["Effect"] == "Allow"
        assert not any("*" in action for action in listed(statement["Action"]))
        assert "*" not in listed(statement.get("Resource", []))
        if "NotResource" in statement:
            assert statement["Action"] == "sns:Publish"


# What a call of the SDK needs of IAM. A transaction is authorised through the
# actions of its items.
NEEDS = {
    r"\.get_item\(\)|\.transact_get_items\(\)": {"dynamodb:GetItem"},
    r"\.batch_get_item\(\)": {"dynamodb:BatchGetItem"},
    r"\.query\(\)": {"dynamodb:Query"},
    r"\.put_item\(\)|\bPut::builder\(\)": {"dynamodb:PutItem"},
    r"\.update_item\(\)|\bUpdate::builder\(\)": {"dynamodb:UpdateItem"},
    r"\.delete_item\(\)|\bDelete::builder\(\)": {"dynamodb:DeleteItem"},
    r"\.batch_write_item\(\)": {"dynamodb:BatchWriteItem"},
    r"\bConditionCheck::builder\(\)": {"dynamodb:ConditionCheckItem"},
    # Version 2's SendEmail with raw content asks for either, by content.
    r"\.send_email\(\)": {"ses:SendEmail", "ses:SendRawEmail"},
    r"\.get_email_identity\(\)": {"ses:GetEmailIdentity"},
    r"\.get_account\(\)": {"ses:GetAccount"},
    r"\.publish\(\)": {"sns:Publish"},
    r"\.check_if_phone_number_is_opted_out\(\)": {"sns:CheckIfPhoneNumberIsOptedOut"},
}


def test_the_calls_in_the_code_and_the_permissions_agree():
    text = cloud_code()
    needed = set().union(*(a for call, a in NEEDS.items() if re.search(call, text)))
    granted = {
        action
        for function in functions().values()
        for statement in statements(function)
        for action in listed(statement["Action"])
    }
    assert needed - granted == set(), "called, not permitted"
    assert granted - needed == set(), "permitted, never called"


def test_the_table_is_never_scanned():
    assert ".scan()" not in cloud_code()


EVENTS = sorted((ROOT / "events").glob("*.json"))


@pytest.mark.parametrize("file", EVENTS, ids=lambda f: f.stem)
def test_an_example_event_is_for_a_declared_route(file):
    event = json.loads(file.read_text())
    if event.get("version") != "2.0":
        pytest.skip("not an HTTP event")
    http = event["requestContext"]["http"]
    declared = {f"{m} {p}": (p, is_open) for _, m, p, is_open in routes()}
    assert event["routeKey"] == event["requestContext"]["routeKey"]
    path, is_open = declared[event["routeKey"]]
    assert re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), event["rawPath"])
    assert http["path"] == event["rawPath"] and event["routeKey"].startswith(http["method"])
    assert is_open == ("authorizer" not in event["requestContext"])


def test_there_are_example_events():
    assert EVENTS
