"""Which crates each function links, as the lock file has it.

What a function links it starts with, on every cold start, and answers for in every
audit. A line added to a shared crate's Cargo.toml reaches all functions at once; here
that fails.

    pytest tests/infra/check_dependencies.py
"""

import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = {path.parent.name for path in (ROOT / "functions").glob("*/Cargo.toml")}

# Who may link a crate, and must: a row that no longer holds is taken out.
LINKED_BY = {
    # Staff sign in at one place (design §1).
    "openidconnect": {"staff-console"},
    # Customers' pages have nothing of the console.
    "usher-console": {"send-notification", "staff-console"},
}


# What a layer must not know (design: functions over web over api over domain, and
# functions over flows over cloud over domain).
UNKNOWN_TO = {
    "usher-domain": {"utoipa", "tokio", "axum", "lambda_http", "aws-config", "aws_lambda_events"},
    "usher-cloud": {"usher-api", "utoipa", "axum"},
    "usher-flows": {"usher-api", "utoipa", "axum"},
    "usher-api": {"usher-cloud", "usher-flows", "axum", "tokio"},
    "usher-web": {"usher-cloud", "usher-flows"},
}


@cache
def linked(package):
    """The names of all crates that `package` links, tests and build scripts aside."""
    tree = ["cargo", "tree", "--locked", "--edges", "normal", "--prefix", "none"]
    tree = [*tree, "--format", "{p}", "--package", package]
    lines = subprocess.run(tree, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return {line.split()[0] for line in lines.splitlines() if line}


@pytest.mark.parametrize("crate", sorted(LINKED_BY))
def test_a_crate_is_linked_where_it_is_needed_and_nowhere_else(crate):
    assert {function for function in FUNCTIONS if crate in linked(function)} == LINKED_BY[crate]


@pytest.mark.parametrize("layer", sorted(UNKNOWN_TO))
def test_a_layer_knows_nothing_of_those_above_it(layer):
    assert UNKNOWN_TO[layer] & linked(layer) == set()
