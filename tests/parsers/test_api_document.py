"""/v1/openapi.json: valid OpenAPI 3.1, and true of the answers and the routes."""

import json
import re

import pytest
import yaml
from conftest import ROOT
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator


@pytest.fixture(scope="session")
def document(usher):
    return usher.json("GET", "/v1/openapi.json")


def test_the_document_is_valid_openapi_3_1(document):
    assert document["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(document).validate()


def test_the_document_names_every_route_of_the_template_and_no_other(document):
    text = (ROOT / "infra/template.yaml").read_text()
    yaml.SafeLoader.add_multi_constructor("!", lambda *_: None)
    resources = yaml.safe_load(text)["Resources"].values()
    declared = {
        (event["Properties"]["Method"], event["Properties"]["Path"])
        for resource in resources
        for event in resource["Properties"].get("Events", {}).values()
        if event["Type"] == "HttpApi" and event["Properties"]["Path"].startswith("/v1/")
    } - {("GET", "/v1/openapi.json")}
    described = {
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method in item
        if method in {"get", "put", "post", "delete", "patch"} and path.startswith("/v1/")
    } - {("GET", "/v1/openapi.json")}
    assert described == declared


def answer_schema(document, method, path, status):
    """The schema the document promises for an answer to a request for `path`."""
    for template, item in document["paths"].items():
        pattern = re.sub(r"\{\w+\}", "[^/]+", template)
        if re.fullmatch(pattern, path) and method in item:
            answers = item[method]["responses"]
            content = (answers.get(str(status)) or answers["default"])["content"]
            kind = "application/json" if status < 400 else "application/problem+json"
            return {**content[kind]["schema"], "components": document["components"]}
    raise AssertionError(f"{method} {path} is not described")


def check(document, usher, path, status=200):
    got, headers, text = usher.call("GET", path)
    assert got == status, text
    kind = "application/json" if status < 400 else "application/problem+json"
    assert headers.get_content_type() == kind
    schema = answer_schema(document, "get", path.split("?")[0], status)
    errors = [e.message for e in OAS31Validator(schema).iter_errors(json.loads(text))]
    assert errors == []


@pytest.mark.parametrize("path", [
    "/v1/templates",
    "/v1/templates/{template}",
    "/v1/template-variables?language=es",
    "/v1/meetings?from={day}&to={day}",
    "/v1/meetings/{meeting}",
    "/v1/meetings/{meeting}/timeline",
    "/v1/meetings/{meeting}/reminders",
    "/v1/notifications",
    "/v1/notifications/{notification}",
    "/v1/settings",
])
def test_an_answer_is_what_the_document_says(document, story, path):
    path = path.format(template=story.template_id, meeting=story.meeting_id,
                       notification=story.notification["id"], day=story.starts.date())
    check(document, story.usher, path)


def test_a_refusal_is_what_the_document_says(document, usher):
    check(document, usher, "/v1/meetings/no-such-meeting", 404)
