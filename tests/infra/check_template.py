"""infra/template.yaml against the code that runs on it.

A deployment that lacks a variable, a route or a permission fails at run time, in
front of a customer; here it fails in seconds. Nothing is deployed and nothing is
called: only files of this repository are read.

    pytest tests/infra/check_template.py
"""

import base64
import gzip
import json
import re
from collections import Counter
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

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
    filled = {}
    for name, own in resources("AWS::Serverless::Function").items():
        of_both = [p.get("Environment", {}).get("Variables", {}) for p in (shared, own)]
        variables = {k: v for each in of_both for k, v in each.items()}
        filled[Path(own["CodeUri"]).name] = {
            **shared,
            **own,
            "Environment": {"Variables": variables},
            "LogicalId": name,
        }
    return filled


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


def actions(function):
    return {a for statement in statements(function) for a in listed(statement["Action"])}


def granting(function, *prefixes):
    """The statements that grant an action which starts so."""
    return [
        statement
        for statement in statements(function)
        if any(action.startswith(prefixes) for action in listed(statement["Action"]))
    ]


def crates_that_may(*prefixes):
    return {crate for crate, function in functions().items() if granting(function, *prefixes)}


def arn(resource):
    return {"Fn::GetAtt": f"{resource}.Arn"}


def lease():
    """Seconds that a delivery belongs to whoever sends it."""
    text = code(ROOT / "shared/domain/src/values/lease.rs")
    return int(re.search(r"LEASE: TimeDelta = TimeDelta::seconds\((\d+)\)", text)[1])


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


def own_variables(crate):
    """What a function reads besides what all do: in its `main.rs` or a `config.rs`."""
    source = ROOT / "functions" / crate / "src"
    return variables("\n".join(map(code, [source / "main.rs", *sorted(source.rglob("config.rs"))])))


EACH_FUNCTION = pytest.mark.parametrize("crate", sorted(functions()))


def test_every_function_has_a_crate_and_every_crate_a_function():
    crates = {p.parent.name for p in (ROOT / "functions").glob("*/Cargo.toml")}
    assert set(functions()) == crates
    for function in functions().values():
        assert (INFRA / function["CodeUri"] / "src/main.rs").exists()


@EACH_FUNCTION
def test_a_function_states_its_size_time_log_and_alarms(crate):
    function = functions()[crate]
    # The HTTP API answers without us after 30 s. Whatever sends must have ended
    # before the sweep may call its deliveries cut off.
    longest = 30 if any(owner == crate for owner, *_ in routes()) else lease()
    assert function["MemorySize"] and 0 < function["Timeout"] < longest
    assert function["Tracing"] == "Active"
    log = function["LoggingConfig"]["LogGroup"]["Ref"]
    assert "RetentionInDays" in resources("AWS::Logs::LogGroup")[log]
    watched = {
        alarm["MetricName"]: alarm
        for alarm in resources("AWS::CloudWatch::Alarm").values()
        if {"Name": "FunctionName", "Value": {"Ref": function["LogicalId"]}}
        in alarm.get("Dimensions", [])
    }
    assert set(watched) >= {"Errors", "Throttles", "Duration"}
    assert watched["Duration"]["ExtendedStatistic"] == "p99"
    assert watched["Duration"]["Threshold"] < 1000 * function["Timeout"], "it could never ring"


def test_every_alarm_says_what_happened_and_tells_someone():
    for name, alarm in resources("AWS::CloudWatch::Alarm").items():
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}], name
        assert alarm["AlarmDescription"], name
        of_silence = alarm["ComparisonOperator"] == "LessThanThreshold"
        assert alarm["TreatMissingData"] == ("breaching" if of_silence else "notBreaching"), name


def test_a_sweep_that_stops_is_told():
    alarm = template()["Resources"]["SweepStopped"]["Properties"]
    assert (alarm["MetricName"], alarm["Threshold"]) == ("Invocations", 1)
    assert alarm["Dimensions"] == [
        {"Name": "FunctionName", "Value": {"Ref": "ReminderFanoutFunction"}}]
    [rate] = re.findall(r"rate\((\d+) minutes\)", sweep()["ScheduleExpression"])
    assert alarm["Period"] >= 2 * 60 * int(rate), "one late sweep rings nothing"


@EACH_FUNCTION
def test_a_function_is_given_the_variables_it_reads_and_no_other(crate):
    given = set(functions()[crate]["Environment"]["Variables"])
    shared = code(ROOT / "shared/cloud/src/config.rs")
    required = set(re.findall(r'required\(\s*"([A-Z0-9_]+)"', shared))
    own = own_variables(crate)
    assert required, "config.rs names its required variables with required(…)"
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
    # The gateway knows no cookies: the console's session is checked by the functions,
    # and stories hold every page of it against nobody being signed in.
    console = {(m, p) for crate, m, p, _ in routes() if p.split("/")[1] == "console"}
    assert not {p for crate, _, p, _ in routes() if crate == "landing-page"} & {p for _, p in console}
    assert open_routes == customers | console | {("GET", "/v1/openapi.json")}
    assert template()["Resources"]["HttpApi"]["Properties"]["Auth"]["DefaultAuthorizer"]


def test_access_logs_are_json_without_what_identifies_a_customer():
    log = template()["Resources"]["HttpApi"]["Properties"]["AccessLogSettings"]["Format"]
    json.loads(log)
    for secret in ("query", "path", "referer", "sourceIp", "userAgent", "identity", "cookie"):
        assert secret.lower() not in log.lower()


# What may stand on "*": three actions without a resource type (Service Authorization
# Reference, Amazon SNS and Amazon SES v2), and one that AWS's own AmazonSNSFullAccess gives
# so, through SNS.
ON_ANYTHING = (
    "sns:ListPhoneNumbersOptedOut",
    "sns:OptInPhoneNumber",
    "ses:DeleteSuppressedDestination",
    "ses:ListSuppressedDestinations",
    "sms-voice:SendTextMessage",
)


@EACH_FUNCTION
def test_a_function_may_do_no_more_than_named_actions_on_named_resources(crate):
    for statement in statements(functions()[crate]):
        assert statement["Effect"] == "Allow"
        assert not any("*" in action for action in listed(statement["Action"]))
        if "*" in listed(statement.get("Resource", [])):
            assert statement["Action"] in ON_ANYTHING
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
    r"\.list_suppressed_destinations\(\)": {"ses:ListSuppressedDestinations"},
    r"\.delete_suppressed_destination\(\)": {"ses:DeleteSuppressedDestination"},
    # SNS sends SMS, and keeps who wants none, by calling AWS End User Messaging SMS in
    # its caller's name (SNS guide, sns-sms-access-management and security-iam-awsmanpol).
    r"\.publish\(\)": {"sns:Publish", "sms-voice:SendTextMessage"},
    r"\.check_if_phone_number_is_opted_out\(\)": {
        "sns:CheckIfPhoneNumberIsOptedOut",
        "sms-voice:DescribeOptedOutNumbers",
    },
    r"\.list_phone_numbers_opted_out\(\)": {
        "sns:ListPhoneNumbersOptedOut",
        "sms-voice:DescribeOptedOutNumbers",
    },
    r"\.opt_in_phone_number\(\)": {"sns:OptInPhoneNumber", "sms-voice:DeleteOptedOutNumber"},
    # A schedule is given a role to call with, which is a permission of its own.
    r"\.create_schedule\(\)": {"scheduler:CreateSchedule", "iam:PassRole"},
    r"\.update_schedule\(\)": {"scheduler:UpdateSchedule", "iam:PassRole"},
    r"\.get_schedule\(\)": {"scheduler:GetSchedule"},
    r"\.list_schedules\(\)": {"scheduler:ListSchedules"},
    r"\.delete_schedule\(\)": {"scheduler:DeleteSchedule"},
    r"\.get_schedule\(\)": {"scheduler:GetSchedule"},
}


def test_the_calls_in_the_code_and_the_permissions_agree():
    text = cloud_code()
    needed = set().union(*(a for call, a in NEEDS.items() if re.search(call, text)))
    granted = set().union(*map(actions, functions().values()))
    assert needed - granted == set(), "called, not permitted"
    assert granted - needed == set(), "permitted, never called"


def test_whoever_writes_a_meeting_may_delete_the_item_of_an_attendee_who_is_gone():
    writing = crates_that_may("dynamodb:PutItem")
    assert writing == set(functions())
    assert crates_that_may("dynamodb:DeleteItem") == writing


SEND_EMAIL = ("ses:Send",)
SEND_SMS = ("sns:Publish", "sms-voice:Send")


def test_customers_and_staff_get_email_from_five_functions():
    """track-delivery sends by the other channel what came to nothing."""
    senders = {
        "send-notification", "landing-page", "reminder-fanout", "inbound-sms", "track-delivery",
    }
    assert crates_that_may(*SEND_EMAIL) == senders
    told = {
        crate
        for crate, function in functions().items()
        if "SES_CONFIGURATION_SET" in function["Environment"]["Variables"]
    }
    assert told == senders, "whoever sends reports to the configuration set"


def test_the_public_pages_and_the_console_send_no_sms():
    for action in SEND_SMS:
        assert crates_that_may(action) == {
            "send-notification", "reminder-fanout", "inbound-sms", "track-delivery",
        }


def test_the_console_sends_nothing():
    assert granting(functions()["staff-console"], "ses:Send", "sns:", "sms-voice:") == []


@EACH_FUNCTION
def test_a_function_emails_from_the_domain_of_the_sender_only(crate):
    domain = {"Domain": {"Fn::Select": [1, {"Fn::Split": ["@", {"Ref": "SenderEmail"}]}]}}
    ours = {"StringLike": {"ses:FromAddress": {"Fn::Sub": ["*@${Domain}", domain]}}}
    for statement in granting(functions()[crate], *SEND_EMAIL):
        assert statement["Condition"] == ours


@EACH_FUNCTION
def test_a_function_texts_phones_only_and_through_sns_only(crate):
    function = functions()[crate]
    for statement in granting(function, "sns:Publish"):
        assert statement["NotResource"] == {"Fn::Sub": "arn:${AWS::Partition}:sns:*:*:*"}
    through_sns = {"StringEquals": {"aws:CalledViaLast": "sns.amazonaws.com"}}
    for statement in granting(function, "sms-voice:"):
        assert statement["Condition"] == through_sns


def test_whoever_plans_or_sends_to_customers_may_ask_whether_the_sender_is_verified():
    """Replies to texts are SMS, and what the landing page sends goes to staff."""
    asking = {"send-notification", "reminder-fanout", "staff-console", "track-delivery"}
    assert crates_that_may("ses:GetEmailIdentity") == asking


def test_nobody_may_update_a_part_of_an_item():
    """Every write is of a whole item, over the version that it was read at."""
    assert crates_that_may("dynamodb:UpdateItem") == set()


def test_one_function_reads_the_opt_outs_of_the_account_and_one_takes_a_number_off():
    assert crates_that_may("sns:List", "sns:Check", "sms-voice:Describe") == {"reminder-fanout"}
    assert crates_that_may("sns:OptIn", "sms-voice:Delete") == {"inbound-sms"}


def test_one_function_takes_addresses_off_the_list_of_the_account():
    assert crates_that_may("ses:DeleteSuppressedDestination") == {"staff-console"}


def test_one_function_reads_the_suppression_list_of_the_account():
    assert crates_that_may("ses:ListSuppressedDestinations") == {"reminder-fanout"}


def test_the_table_is_never_scanned():
    assert ".scan()" not in cloud_code()


QUEUE = "ReminderDeadLetters"
PLACE = "${AWS::Region}:${AWS::AccountId}"


def reminder_function():
    return functions()["reminder-fanout"]


def reminder_function_arn():
    """Its ARN as it must be put together, because a function cannot refer to itself."""
    name = reminder_function()["FunctionName"]["Fn::Sub"]
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:lambda:{PLACE}:function:{name}"}


def sweep():
    [event] = reminder_function()["Events"].values()
    assert event["Type"] == "ScheduleV2"
    return event["Properties"]


@EACH_FUNCTION
def test_a_function_arms_reminders_with_what_the_template_makes_for_them(crate):
    given = functions()[crate]["Environment"]["Variables"]
    assert given["SCHEDULE_GROUP"] == {"Ref": "ReminderSchedules"}
    assert given["REMINDER_FUNCTION_ARN"] == reminder_function_arn()
    assert given["SCHEDULER_ROLE_ARN"] == arn("SchedulerRole")
    assert given["REMINDER_DLQ_ARN"] == arn(QUEUE)


@EACH_FUNCTION
def test_a_function_may_schedule_in_the_reminders_group_and_pass_one_role_to_scheduler(crate):
    group = f"arn:${{AWS::Partition}}:scheduler:{PLACE}:schedule/${{ReminderSchedules}}/*"
    about = {"scheduler": [], "iam": []}
    for statement in statements(functions()[crate]):
        services = {action.split(":")[0] for action in listed(statement["Action"])}
        for service in services & set(about):
            about[service].append(statement)
    [schedules], [passing] = about.values()
    assert schedules["Action"] == [f"scheduler:{verb}Schedule" for verb in ("Create", "Get", "Delete")]
    assert schedules["Resource"] == {"Fn::Sub": group}
    assert passing["Action"] == "iam:PassRole" and passing["Resource"] == arn("SchedulerRole")
    to_scheduler = {"iam:PassedToService": "scheduler.amazonaws.com"}
    assert passing["Condition"] == {"StringEquals": to_scheduler}


ROLES = {"SchedulerRole": "ReminderSchedules", "SweepRole": "SweepSchedules"}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_of_scheduler_serves_one_group_and_calls_one_function(role):
    properties = resources("AWS::IAM::Role")[role]
    [trust] = properties["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Action"] == "sts:AssumeRole"
    ours = {"aws:SourceAccount": {"Ref": "AWS::AccountId"}, "aws:SourceArn": arn(ROLES[role])}
    assert trust["Condition"] == {"StringEquals": ours}
    assert "ManagedPolicyArns" not in properties
    may = [
        (s["Effect"], s["Action"], s["Resource"])
        for policy in properties["Policies"]
        for s in policy["PolicyDocument"]["Statement"]
    ]
    assert may == [
        ("Allow", "lambda:InvokeFunction", reminder_function_arn()),
        ("Allow", "sqs:SendMessage", arn(QUEUE)),
    ]


def test_there_are_no_other_roles_and_groups_of_scheduler():
    assert set(resources("AWS::IAM::Role")) == {*ROLES, "SmsReceiptRole"}
    assert set(resources("AWS::Scheduler::ScheduleGroup")) == set(ROLES.values())


def test_the_sweep_runs_with_its_own_role_where_no_function_can_delete_it():
    assert sweep()["ScheduleExpression"] == "rate(5 minutes)"
    assert sweep()["GroupName"] == {"Ref": "SweepSchedules"}
    assert sweep()["RoleArn"] == arn("SweepRole")
    # One that is late is not worth more than the next one.
    assert sweep()["RetryPolicy"]["MaximumEventAgeInSeconds"] <= 300


def test_a_sweep_that_does_not_reach_its_function_is_kept():
    assert sweep()["DeadLetterConfig"] == {"Arn": arn(QUEUE)}


TEXTS = "InboundSmsTopic"
LOST_TEXTS = "InboundSmsDeadLetters"
REPORTS = "EmailEventsTopic"
LOST_REPORTS = "DeliveryDeadLetters"
# What is called asynchronously: where it goes when it is given up, and after how long.
GIVEN_UP = {
    "reminder-fanout": (QUEUE, 15 * 60),
    "inbound-sms": (LOST_TEXTS, 60 * 60),
    # As long as Lambda keeps an event: what is reported stays true.
    "track-delivery": (LOST_REPORTS, 6 * 60 * 60),
}


def test_whatever_no_http_request_waits_for_has_a_queue():
    assert set(GIVEN_UP) == set(functions()) - {crate for crate, *_ in routes()}
    assert set(resources("AWS::SQS::Queue")) == {queue for queue, _ in GIVEN_UP.values()}


@pytest.mark.parametrize("crate", GIVEN_UP)
def test_what_a_function_gives_up_is_kept(crate):
    queue, age = GIVEN_UP[crate]
    invocation = functions()[crate]["EventInvokeConfig"]
    assert invocation["MaximumEventAgeInSeconds"] == age
    assert invocation["MaximumRetryAttempts"] == 2
    failed = {"Type": "SQS", "Destination": arn(queue)}
    assert invocation["DestinationConfig"]["OnFailure"] == failed


@pytest.mark.parametrize("queue", [queue for queue, _ in GIVEN_UP.values()])
def test_a_queue_keeps_what_was_given_up_and_someone_is_told(queue):
    properties = resources("AWS::SQS::Queue")[queue]
    assert properties["SqsManagedSseEnabled"] is True
    assert properties["MessageRetentionPeriod"] == 14 * 24 * 60 * 60
    assert "FifoQueue" not in properties, "Scheduler, SNS and Lambda take a standard queue only"
    dimensions = [{"Name": "QueueName", "Value": {"Fn::GetAtt": f"{queue}.QueueName"}}]
    alarms = resources("AWS::CloudWatch::Alarm").values()
    [depth] = [alarm for alarm in alarms if alarm.get("Dimensions") == dimensions]
    assert depth["Namespace"] == "AWS/SQS"
    assert depth["MetricName"] == "ApproximateNumberOfMessagesVisible"
    rings = depth["ComparisonOperator"], depth["Threshold"]
    assert rings == ("GreaterThanOrEqualToThreshold", 1)


# How AWS tells that the SMS service acts for a number of this account.
FOR_OUR_NUMBERS = {
    "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
    "ArnLike": {"aws:SourceArn": {"Fn::Sub": f"arn:${{AWS::Partition}}:sms-voice:{PLACE}:*"}},
}
SMS_SERVICE = {"Service": "sms-voice.amazonaws.com"}


def policies_of(kind, field, resource):
    """The statements of all resource policies that are attached to a resource."""
    return [
        statement
        for policy in resources(kind).values()
        if {"Ref": resource} in policy[field]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def grant(statement):
    """What a statement says, without its name."""
    return {field: value for field, value in statement.items() if field != "Sid"}


# How AWS tells that SES acts for our configuration set.
FOR_OUR_EMAILS = {
    "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
    "ArnEquals": {
        "aws:SourceArn": {
            "Fn::Sub": f"arn:${{AWS::Partition}}:ses:{PLACE}:configuration-set/${{ConfigurationSet}}"
        }
    },
}
# Who publishes to each topic that a function is sent, and in what circumstances.
PUBLISHERS = {
    TEXTS: (SMS_SERVICE, FOR_OUR_NUMBERS, "InboundSmsKey"),
    REPORTS: ({"Service": "ses.amazonaws.com"}, FOR_OUR_EMAILS, "EmailEventsKey"),
}


@pytest.mark.parametrize("topic", PUBLISHERS)
def test_only_its_service_for_this_account_may_publish_to_a_topic(topic):
    service, condition, _ = PUBLISHERS[topic]
    statements = policies_of("AWS::SNS::TopicPolicy", "Topics", topic)
    assert [grant(s) for s in statements] == [
        {
            "Effect": "Allow",
            "Principal": service,
            "Action": "sns:Publish",
            "Resource": {"Ref": topic},
            "Condition": condition,
        }
    ]


@pytest.mark.parametrize("topic", PUBLISHERS)
def test_a_topic_is_encrypted_with_a_key_that_only_its_service_is_given(topic):
    service, condition, own_key = PUBLISHERS[topic]
    properties = resources("AWS::SNS::Topic")[topic]
    assert properties == {"KmsMasterKeyId": {"Ref": own_key}}, "two-way SMS takes no FIFO topic"
    key = resources("AWS::KMS::Key")[own_key]
    assert key["EnableKeyRotation"] is True
    [administrators, given] = map(grant, key["KeyPolicy"]["Statement"])
    account = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
    assert administrators["Principal"] == {"AWS": account}
    assert given == {
        "Effect": "Allow",
        "Principal": service,
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": condition,
    }


# Which function each topic is sent to, and where that goes which does not reach it.
SUBSCRIBED = {TEXTS: ("inbound-sms", LOST_TEXTS), REPORTS: ("track-delivery", LOST_REPORTS)}


def test_one_function_and_nobody_else_is_sent_a_topic_and_nothing_is_lost_on_the_way():
    subscribed = {
        event["Properties"]["Topic"]["Ref"]: (crate, event["Properties"]["RedrivePolicy"])
        for crate, function in functions().items()
        for event in function["Events"].values()
        if event["Type"] == "SNS"
    }
    assert subscribed == {
        topic: (crate, {"deadLetterTargetArn": arn(queue)})
        for topic, (crate, queue) in SUBSCRIBED.items()
    }
    others = resources("AWS::SNS::Subscription").values()
    assert not {topic["TopicArn"]["Ref"] for topic in others} & set(SUBSCRIBED)


@pytest.mark.parametrize("topic", SUBSCRIBED)
def test_only_sns_for_its_topic_may_add_to_a_queue(topic):
    _, queue = SUBSCRIBED[topic]
    statements = policies_of("AWS::SQS::QueuePolicy", "Queues", queue)
    assert [grant(s) for s in statements] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn(queue),
            "Condition": {"ArnEquals": {"aws:SourceArn": {"Ref": topic}}},
        }
    ]


def test_ses_reports_all_that_becomes_of_an_email_and_nothing_of_its_reader():
    [destination] = resources("AWS::SES::ConfigurationSetEventDestination").values()
    assert destination["ConfigurationSetName"] == {"Ref": "ConfigurationSet"}
    events = destination["EventDestination"]
    assert events["Enabled"] is True
    assert events["SnsDestination"] == {"TopicARN": {"Ref": REPORTS}}
    reported = "send delivery bounce complaint reject deliveryDelay renderingFailure subscription"
    assert set(events["MatchingEventTypes"]) == set(reported.split()), "no open, no click"


RECEIPTS = "sns/${AWS::Region}/${AWS::AccountId}/DirectPublishToPhoneNumber"


def test_receipts_hold_whole_numbers_and_are_forgotten_soon():
    groups = [
        group
        for group in resources("AWS::Logs::LogGroup").values()
        if group["LogGroupName"]["Fn::Sub"].startswith("sns/")
    ]
    assert {group["LogGroupName"]["Fn::Sub"] for group in groups} == {RECEIPTS, f"{RECEIPTS}/Failure"}
    assert all(group["RetentionInDays"] <= 3 for group in groups)


def test_every_receipt_goes_to_one_function():
    filters = resources("AWS::Logs::SubscriptionFilter").values()
    assert {each["LogGroupName"]["Ref"] for each in filters} == {"SmsReceipts", "SmsFailureReceipts"}
    for each in filters:
        assert each["FilterPattern"] == ""
        assert each["DestinationArn"] == arn("TrackDeliveryFunction")
    [permission] = resources("AWS::Lambda::Permission").values()
    assert permission["Principal"] == "logs.amazonaws.com"
    assert permission["SourceAccount"] == {"Ref": "AWS::AccountId"}
    assert permission["SourceArn"]["Fn::Sub"].endswith(f":log-group:{RECEIPTS}*")


def test_sns_writes_receipts_and_nothing_else():
    role = resources("AWS::IAM::Role")["SmsReceiptRole"]
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "sns.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    [policy] = role["Policies"]
    [write] = policy["PolicyDocument"]["Statement"]
    assert all(action.startswith("logs:") for action in write["Action"])
    assert write["Resource"]["Fn::Sub"].endswith(f":log-group:{RECEIPTS}*")


@pytest.mark.parametrize("rate", [("Reputation.BounceRate", 0.05), ("Reputation.ComplaintRate", 0.001)])
def test_someone_is_told_before_mail_providers_act(rate):
    metric, threshold = rate
    alarms = resources("AWS::CloudWatch::Alarm").values()
    [alarm] = [alarm for alarm in alarms if alarm.get("MetricName") == metric]
    assert (alarm["Namespace"], alarm["Threshold"]) == ("AWS/SES", threshold)


def test_someone_is_told_of_a_doubt_that_nothing_settles():
    [found] = resources("AWS::Logs::MetricFilter").values()
    assert found["LogGroupName"] == {"Ref": "ReminderFanoutLogs"}, "the sweep's"
    said = re.search(r'\$\.fields\.message = "([^"]+)"', found["FilterPattern"])[1]
    sweep = (ROOT / "shared/flows/src/sweep.rs").read_text()
    assert re.search(rf'tracing::error!\([^;]*"{said}"', sweep), "at a level that is always on"
    [metric] = found["MetricTransformations"]
    alarm = resources("AWS::CloudWatch::Alarm")["OldDoubts"]
    assert alarm["MetricName"] == metric["MetricName"]
    assert alarm["Namespace"] == metric["MetricNamespace"]
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Sum", 1)


def test_who_deploys_is_told_the_topic_for_the_number_and_all_queues():
    told = {name: output["Value"] for name, output in template()["Outputs"].items()}
    assert told["InboundSmsTopicArn"] == {"Ref": TEXTS}
    assert told["InboundSmsDeadLettersUrl"] == {"Ref": LOST_TEXTS}
    assert told["ReminderDeadLettersUrl"] == {"Ref": QUEUE}
    assert told["DeliveryDeadLettersUrl"] == {"Ref": LOST_REPORTS}
    assert told["SmsReceiptRoleArn"] == arn("SmsReceiptRole")


EVENTS = {file.name: json.loads(file.read_text()) for file in (ROOT / "events").glob("*.json")}
HTTP_EVENTS = sorted(name for name, event in EVENTS.items() if "version" in event)
SNS_EVENTS = sorted(name for name, event in EVENTS.items() if "Records" in event)
LOG_EVENTS = sorted(name for name, event in EVENTS.items() if "awslogs" in event)
OTHER_EVENTS = sorted(set(EVENTS) - set(HTTP_EVENTS) - set(SNS_EVENTS) - set(LOG_EVENTS))


@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_an_example_of_a_request_is_for_a_declared_route(name):
    event = EVENTS[name]
    assert event["version"] == "2.0"
    http = event["requestContext"]["http"]
    declared = {f"{m} {p}": (p, is_open) for _, m, p, is_open in routes()}
    assert event["routeKey"] == event["requestContext"]["routeKey"]
    path, is_open = declared[event["routeKey"]]
    assert re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), event["rawPath"])
    assert http["path"] == event["rawPath"] and event["routeKey"].startswith(http["method"])
    assert is_open == ("authorizer" not in event["requestContext"])


@pytest.mark.parametrize("name", OTHER_EVENTS)
def test_any_other_example_is_an_input_of_the_reminder_function(name):
    [(kind, content)] = EVENTS[name].items()
    if kind == "sweep":
        assert content == {}
        return
    assert kind == "reminder"
    assert set(content) == {"shape", "meeting_id", "trigger_id", "revision", "due_at"}
    assert all(isinstance(content[name], str) for name in ("meeting_id", "trigger_id"))
    assert type(content["revision"]) is int and content["revision"] >= 1
    datetime.strptime(content["due_at"], "%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("name", SNS_EVENTS)
def test_an_example_is_what_sns_delivers(name):
    topic = REPORTS if "ses" in name else TEXTS
    for record in EVENTS[name]["Records"]:
        assert record["EventSource"] == "aws:sns" and record["EventVersion"] == "1.0"
        sns = record["Sns"]
        # Lambda's spelling: SNS itself writes SigningCertURL and UnsubscribeURL.
        assert set(sns) == set(
            "Type MessageId TopicArn Subject Message Timestamp SignatureVersion Signature"
            " SigningCertUrl UnsubscribeUrl MessageAttributes".split()
        )
        assert sns["Type"] == "Notification" and topic in sns["TopicArn"]
        assert record["EventSubscriptionArn"].rpartition(":")[0] == sns["TopicArn"]
        UUID(sns["MessageId"])
        datetime.strptime(sns["Timestamp"], "%Y-%m-%dT%H:%M:%S.%fZ")


def texts():
    """The texts in the examples. What is not JSON is there to be refused."""
    for name in SNS_EVENTS:
        for record in EVENTS[name]["Records"]:
            if TEXTS in record["Sns"]["TopicArn"] and record["Sns"]["Message"].startswith("{"):
                yield json.loads(record["Sns"]["Message"])


def test_the_texts_in_the_examples_have_the_documented_fields_and_each_its_own_id():
    # AWS End User Messaging SMS, "Example of a two-way SMS message payload".
    numbers = {"originationNumber", "destinationNumber"}
    fields = numbers | {"messageKeyword", "messageBody", "inboundMessageId"}
    for text in texts():
        assert fields <= set(text) <= fields | {"previousPublishedMessageId"}
        assert all(re.fullmatch(r"\+[1-9]\d{6,14}", text[number]) for number in numbers)
    ids = [UUID(text["inboundMessageId"]) for text in texts()]
    assert len(set(ids)) == len(ids) > 1


def email_events():
    for name in SNS_EVENTS:
        for record in EVENTS[name]["Records"]:
            if REPORTS in record["Sns"]["TopicArn"]:
                yield json.loads(record["Sns"]["Message"])


def test_there_is_an_example_of_each_email_event_that_is_subscribed_to():
    [destination] = resources("AWS::SES::ConfigurationSetEventDestination").values()
    wanted = {kind.lower() for kind in destination["EventDestination"]["MatchingEventTypes"]}
    shown = {event["eventType"].replace(" ", "").lower() for event in email_events()}
    assert shown == wanted
    kinds = {event["bounce"]["bounceType"] for event in email_events() if "bounce" in event}
    assert kinds == {"Permanent", "Transient"}


@pytest.mark.parametrize("name", LOG_EVENTS)
def test_an_example_of_receipts_is_what_cloudwatch_logs_hands_over(name):
    data = EVENTS[name]["awslogs"]["data"]
    batch = json.loads(gzip.decompress(base64.b64decode(data, validate=True)))
    assert batch["messageType"] == "DATA_MESSAGE"
    receipts = [json.loads(line["message"]) for line in batch["logEvents"]]
    assert {receipt["status"] for receipt in receipts} <= {"SUCCESS", "FAILURE"}
    for receipt in receipts:
        datetime.strptime(receipt["notification"]["timestamp"], "%Y-%m-%d %H:%M:%S.%f")
        assert re.fullmatch(r"\+[1-9]\d{6,14}", receipt["delivery"]["destination"])


def test_the_sweep_is_called_with_its_example():
    assert json.loads(sweep()["Input"]) == EVENTS["scheduler-sweep.json"]


def test_there_are_examples_of_each_kind():
    assert HTTP_EVENTS and SNS_EVENTS and LOG_EVENTS and "scheduler-reminder.json" in OTHER_EVENTS
