"""Starts Usher on this machine and plays one story through its HTTP interface.

The outcome (email, SMS, calendar file, API document) is then read by parsers that
other people wrote: what only our own code can read is worth nothing to a customer.

    cargo build -p usher-local && pytest tests/parsers
"""

import calendar
import json
import os
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
ZONE = ZoneInfo("America/New_York")


class Usher:
    """A running Usher, spoken to over HTTP."""

    def __init__(self, url):
        self.url = url

    def call(self, method, path, body=None, headers=None):
        """`(status, headers, text)`; a refusal is an answer like any other."""
        data = None if body is None else json.dumps(body).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        request = urllib.request.Request(
            self.url + path, data=data, method=method, headers={**kind, **(headers or {})}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.headers, refusal.read().decode()

    def json(self, method, path, body=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        status, _, text = self.call(method, path, body, named)
        assert 200 <= status < 300, f"{method} {path}: {status} {text}"
        return json.loads(text)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def usher():
    port = free_port()
    log = TARGET / "parsers-usher-local.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [TARGET / "debug/usher-local", "--port", str(port), "--no-demo", "--no-reports"],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
        )
    running = Usher(f"http://127.0.0.1:{port}")
    try:
        for _ in range(300):
            assert process.poll() is None, f"usher-local ended; see {log}"
            try:
                if running.call("GET", "/v1/settings")[0] == 200:
                    break
            except OSError:
                pass
            time.sleep(0.1)
        else:
            pytest.fail(f"usher-local did not answer within 30 s; see {log}")
        yield running
    finally:
        process.terminate()
        process.wait(10)


def spring_forward(year):
    """The day New York's clocks go forward: the second Sunday of March."""
    sundays = [w[calendar.SUNDAY] for w in calendar.monthcalendar(year, 3) if w[calendar.SUNDAY]]
    return datetime(year, 3, sundays[1])


TITLE = 'Roof & gutters; "phase 2", {{7*7}}'
ADDRESS = r"123 Main St, Unit 5; back\door"
DESCRIPTION = "Bring the plans.\nEND:VEVENT\nBEGIN:VEVENT\n" + "Measure é twice. " * 30
NAME = "<script>alert(1)</script> {{7*7}}"
EMAIL = "pat.lee@example.com"
PHONE = "(202) 555-0147"


@pytest.fixture(scope="session", params=["before DST", "after DST"])
def story(request, usher):
    """One meeting, two days either side of a change of clocks, announced on both channels."""
    change = spring_forward(datetime.now().year + 1)
    day = change + timedelta(days=-2 if request.param == "before DST" else 2)
    local = day.replace(hour=14)
    key = request.param.replace(" ", "-").lower()
    template_id, meeting_id = f"site-visit-{key}", f"meeting-{key}"
    usher.json("PUT", f"/v1/templates/{template_id}", {
        "name": "Site visit",
        "duration_minutes": 90,
        "meeting_type": "in_person",
        "configs": [{
            "id": "ask",
            "type": "confirmation_request",
            "channel_mode": "both",
            "buttons": {"accept": True, "decline": True, "reschedule": True,
                        "view_details": True, "add_to_calendar": True},
        }, {"id": "soon", "type": "reminder"}],
        "reminder_triggers": [{"id": "day", "config_id": "soon", "minutes_before": 1440}],
    })
    usher.json("PUT", f"/v1/meetings/{meeting_id}", {
        "title": TITLE,
        "starts_at": local.isoformat(),
        "timezone": ZONE.key,
        "template_id": template_id,
        "location": {"kind": "jobsite", "address": ADDRESS},
        "description": DESCRIPTION,
        "organizer": {"name": "Dana Field", "email": "dana@example.com"},
        "attendees": [{"id": "lead", "name": NAME, "email": EMAIL, "phone": PHONE}],
    })
    seen = {m["id"] for m in usher.json("GET", "/_local/outbox.json")}
    sent = usher.json(
        "POST", f"/v1/meetings/{meeting_id}/notifications",
        {"type": "confirmation_request"}, Idempotency_Key=f"parsers-{key}",
    )
    (notification,) = sent["notifications"]
    assert {d["channel"]: d["status"] for d in notification["deliveries"]} == {
        "email": "sent", "sms": "sent"}
    outbox = [m for m in usher.json("GET", "/_local/outbox.json") if m["id"] not in seen]
    assert sorted(m["channel"] for m in outbox) == ["email", "sms"]
    email, sms = (next(m for m in outbox if m["channel"] == c) for c in ("email", "sms"))
    link = re.search(r"https?://\S+/meeting/landing\?token=([A-Za-z0-9._~-]+)", sms["text"])
    assert link, "the SMS carries the landing link"
    return SimpleNamespace(
        usher=usher, meeting_id=meeting_id, template_id=template_id, notification=notification,
        email=email, sms=sms, token=link[1], starts=local.replace(tzinfo=ZONE), minutes=90,
    )
