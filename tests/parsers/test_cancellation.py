"""The cancellation's email, as other people's calendars read it."""

import re
from datetime import datetime, timedelta, timezone
from email import message_from_bytes, policy

import icalendar
import pytest
import vobject

ANN = "ann.lee@example.com"


def to_ann(usher, meeting, kind):
    """Sends a message of this kind; gives back the one email that arrives."""
    seen = {m["id"] for m in usher.json("GET", "/_local/outbox.json")}
    usher.json("POST", f"/v1/meetings/{meeting}/notifications",
               {"type": kind, "confirm": True}, Idempotency_Key=f"{meeting}-{kind}")
    (email,) = [m for m in usher.json("GET", "/_local/outbox.json") if m["id"] not in seen]
    return email


@pytest.fixture(scope="module")
def files(usher):
    """The file a customer took from the landing page, and the one the cancellation brings."""
    starts = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=9)
    usher.json("PUT", "/v1/meetings/called-off", {
        "title": "Roof", "starts_at": starts.isoformat(), "timezone": "Europe/Berlin",
        "organizer": {"name": "Dana Field", "email": "dana@example.com"},
        "attendees": [{"name": "Ann Lee", "email": ANN}],
    })
    asked = to_ann(usher, "called-off", "confirmation_request")
    token = re.search(r"landing\?token=([A-Za-z0-9._~-]+)", asked["text"])[1]
    _, _, added = usher.call("GET", f"/meeting/calendar.ics?token={token}")
    called_off = to_ann(usher, "called-off", "cancellation")
    mail = message_from_bytes(called_off["raw"].encode(), policy=policy.default)
    assert mail.defects == []
    (part,) = [p for p in mail.walk() if p.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "CANCEL" and part.get_param("charset") == "utf-8"
    # Among the alternatives, where mail programs act on it (RFC 6047).
    assert part in list(mail.iter_parts()) and mail.get_content_type() == "multipart/alternative"
    return added, part.get_content()


def test_icalendar_reads_a_cancellation_of_the_entry_it_has(files):
    before, after = (icalendar.Calendar.from_ical(text) for text in files)
    assert (before["METHOD"], after["METHOD"]) == ("REQUEST", "CANCEL")
    (had,), (taken,) = before.walk("VEVENT"), after.walk("VEVENT")
    assert taken.errors == [] and had["UID"] == taken["UID"]
    assert taken["SEQUENCE"] > had["SEQUENCE"] and taken["STATUS"] == "CANCELLED"
    assert str(taken["ORGANIZER"]) == "mailto:dana@example.com"
    assert str(taken["ATTENDEE"]) == f"mailto:{ANN}"


def test_vobject_reads_the_same(files):
    before, after = (vobject.readOne(text) for text in files)
    assert after.method.value == "CANCEL" and after.vevent.status.value == "CANCELLED"
    assert before.vevent.uid.value == after.vevent.uid.value
    assert int(after.vevent.sequence.value) > int(before.vevent.sequence.value)
