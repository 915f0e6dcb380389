"""The calendar files of emails and of the landing page, in other people's calendars.

Three parsers that share no code read every file alike, and in each of them an agenda
that follows RFC 5546 ends up with what customers were told last.
"""

import re
from datetime import datetime, timedelta, timezone
from email import message_from_bytes, policy
from types import SimpleNamespace

import fast_mail_parser
import icalendar
import pytest
import vobject
from ical.calendar_stream import CalendarStream

ANN = "ann.lee@example.com"
TITLE = "Dach \U0001fa9f, teils; \"neu\", \u0441 \u043d\u0430\u043c\u0438 \\ 100%"
ADDRESS = "Stra\u00dfe 1; Hof, 10115 Berlin"
DESCRIPTION = "Erste Zeile, mit; Zeichen\nEND:VEVENT\nBEGIN:VEVENT\n" + "Aufma\u00df \U0001f44d " * 40


def utc(moment):
    return moment.astimezone(timezone.utc)


def in_icalendar(text):
    book = icalendar.Calendar.from_ical(text)
    (event,) = book.walk("VEVENT")
    assert event.errors == [] and book.errors == []
    attendee = event.get("ATTENDEE")
    return SimpleNamespace(
        method=str(book["METHOD"]), uid=str(event["UID"]), sequence=int(event["SEQUENCE"]),
        stamp=utc(event.decoded("DTSTAMP")), start=utc(event.decoded("DTSTART")),
        end=utc(event.decoded("DTEND")), status=str(event["STATUS"]),
        title=str(event["SUMMARY"]), location=str(event["LOCATION"]),
        description=str(event["DESCRIPTION"]),
        organizer=str(event.get("ORGANIZER", "")), attendee=str(attendee or ""),
        partstat=attendee.params["PARTSTAT"] if attendee else None,
    )


def in_vobject(text):
    book = vobject.readOne(text)
    (event,) = book.vevent_list
    attendee = getattr(event, "attendee", None)
    return SimpleNamespace(
        method=book.method.value, uid=event.uid.value, sequence=int(event.sequence.value),
        stamp=utc(event.dtstamp.value), start=utc(event.dtstart.value),
        end=utc(event.dtend.value), status=event.status.value,
        title=event.summary.value, location=event.location.value,
        description=event.description.value,
        organizer=event.organizer.value if hasattr(event, "organizer") else "",
        attendee=attendee.value if attendee else "",
        partstat=attendee.params["PARTSTAT"][0] if attendee else None,
    )


def in_ical(text):
    (book,) = CalendarStream.from_ics(text).calendars
    (event,) = book.events
    (attendee,) = event.attendees or [None]
    return SimpleNamespace(
        method=book.method, uid=event.uid, sequence=event.sequence,
        stamp=utc(event.dtstamp), start=utc(event.dtstart), end=utc(event.dtend),
        status=event.status.value, title=event.summary, location=event.location,
        description=event.description,
        organizer=str(event.organizer.uri) if event.organizer else "",
        attendee=str(attendee.uri) if attendee else "",
        partstat=attendee.status if attendee else None,
    )


PARSERS = [in_icalendar, in_vobject, in_ical]


class Agenda:
    """What a calendar does with the files that arrive (RFC 5546 \u00a72.1.5, \u00a73.2.5)."""

    def __init__(self, parser):
        self.parser, self.known, self.entries = parser, {}, {}

    def take_in(self, text):
        file = self.parser(text)
        version = (file.sequence, file.stamp)
        if version < self.known.get(file.uid, version):
            return
        self.known[file.uid] = version
        if file.method == "CANCEL":
            self.entries.pop(file.uid, None)
        else:
            self.entries[file.uid] = file


def put(usher, meeting, starts, **more):
    usher.json("PUT", f"/v1/meetings/{meeting}", {
        "title": TITLE, "starts_at": starts.isoformat(), "timezone": "Europe/Berlin",
        "duration_minutes": 50, "location": {"kind": "jobsite", "address": ADDRESS},
        "description": DESCRIPTION,
        "organizer": {"name": "D\u00e1na Field", "email": "dana@example.com"},
        "attendees": [{"id": "ann", "name": "\u30a2\u30f3 \"Lee\"", "email": ANN}], **more,
    })


def send(usher, meeting, kind):
    """Sends a message of this kind; gives back the one email that arrives, parsed."""
    seen = {m["id"] for m in usher.json("GET", "/_local/outbox.json")}
    usher.json("POST", f"/v1/meetings/{meeting}/notifications",
               {"type": kind, "confirm": True}, Idempotency_Key=f"{meeting}-{kind}")
    (email,) = [m for m in usher.json("GET", "/_local/outbox.json") if m["id"] not in seen]
    return email


def carried(email):
    """The calendar file of an email, which is in it twice."""
    raw = email["raw"].encode()
    mail = message_from_bytes(raw, policy=policy.default)
    assert [d for part in mail.walk() for d in part.defects] == []
    assert mail.get_content_type() == "multipart/mixed"
    alternatives, attachment = mail.iter_parts()
    kinds = [part.get_content_type() for part in alternatives.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    part = list(alternatives.iter_parts())[-1]
    assert part.get_param("charset") == "utf-8"
    assert attachment.get_content_type() == "application/ics"
    assert attachment.get_content_disposition() == "attachment"
    assert attachment.get_filename() == "invite.ics"
    file = part.get_payload(decode=True)
    assert attachment.get_payload(decode=True) == file
    # A second reader of MIME finds the same bytes.
    theirs = fast_mail_parser.parse_email(raw)
    assert file in [bytes(each.content) for each in theirs.attachments]
    text = file.decode()
    assert part.get_param("method") == in_icalendar(text).method
    return text


def downloaded(usher, email):
    token = re.search(r"landing\?token=([A-Za-z0-9._~-]+)", email["text"])[1]
    status, headers, text = usher.call("GET", f"/meeting/calendar.ics?token={token}")
    assert status == 200 and headers.get_content_type() == "text/calendar"
    return text


@pytest.fixture(scope="module")
def book(usher):
    """Asked, answered, moved, called off: the files of each step."""
    starts = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=9)
    moved = starts + timedelta(days=1, hours=3)
    put(usher, "calendars", starts)
    asked = send(usher, "calendars", "confirmation_request")
    invitation = carried(asked)
    assert downloaded(usher, asked) == invitation
    usher.json("POST", "/_local/clock", {"advance": "PT1M"})
    usher.json("POST", "/v1/meetings/calendars/responses", {"attendee_id": "ann", "answer": "accept"})
    answered = downloaded(usher, asked)
    put(usher, "calendars", moved)
    told = send(usher, "calendars", "update")
    update = carried(told)
    assert downloaded(usher, told) == update
    cancellation = carried(send(usher, "calendars", "cancellation"))
    return SimpleNamespace(starts=starts, moved=moved, invitation=invitation,
                           answered=answered, update=update, cancellation=cancellation)


def test_the_parsers_agree_on_every_file(book):
    for text in (book.invitation, book.answered, book.update, book.cancellation):
        first, *others = [vars(parse(text)) for parse in PARSERS]
        for other in others:
            assert other == first


@pytest.mark.parametrize("parse", PARSERS)
def test_they_read_what_was_meant(book, parse):
    invited, moved, gone = map(parse, (book.invitation, book.update, book.cancellation))
    assert (invited.start, invited.end) == (book.starts, book.starts + timedelta(minutes=50))
    assert (moved.start, moved.end) == (book.moved, book.moved + timedelta(minutes=50))
    assert [f.method for f in (invited, moved, gone)] == ["REQUEST", "REQUEST", "CANCEL"]
    assert invited.uid == moved.uid == gone.uid
    assert invited.sequence < moved.sequence < gone.sequence
    assert (invited.status, gone.status) == ("CONFIRMED", "CANCELLED")
    for file in (invited, moved, gone):
        assert (file.title, file.location) == (TITLE, ADDRESS)
        assert file.description.startswith(DESCRIPTION.strip())
        assert file.organizer == "mailto:dana@example.com"
        assert file.attendee == f"mailto:{ANN}"


@pytest.mark.parametrize("parse", PARSERS)
def test_an_answer_makes_the_later_file_and_changes_nothing_else(book, parse):
    before, after = parse(book.invitation), parse(book.answered)
    assert (before.partstat, after.partstat) == ("NEEDS-ACTION", "ACCEPTED")
    assert after.stamp > before.stamp
    assert {**vars(before), "stamp": None, "partstat": None} == {
        **vars(after), "stamp": None, "partstat": None}


@pytest.mark.parametrize("parse", PARSERS)
def test_an_update_replaces_and_a_cancellation_removes(book, parse):
    agenda = Agenda(parse)
    agenda.take_in(book.invitation)
    agenda.take_in(book.answered)
    assert [e.start for e in agenda.entries.values()] == [book.starts]
    agenda.take_in(book.update)
    assert [e.start for e in agenda.entries.values()] == [book.moved]
    agenda.take_in(book.answered)  # An old email is opened again.
    assert [e.start for e in agenda.entries.values()] == [book.moved]
    agenda.take_in(book.cancellation)
    assert agenda.entries == {}
    for old in (book.invitation, book.update):
        agenda.take_in(old)
    assert agenda.entries == {}


def test_the_files_keep_to_the_wire_format(book):
    # RFC 5545 \u00a73.1: CRLF, and at most 75 octets a line, none cut within a character.
    for text in (book.invitation, book.update, book.cancellation):
        data = text.encode()
        assert b"\n" not in data.replace(b"\r\n", b"")
        lines = data.split(b"\r\n")
        assert max(len(line) for line in lines) <= 75
        assert all(line.decode() is not None for line in lines)
        assert "BEGIN:VALARM" not in text and "BEGIN:VTIMEZONE" not in text


@pytest.mark.parametrize("parse", PARSERS)
def test_without_an_organizers_address_the_business_owns_the_entry(usher, parse):
    starts = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=9)
    meeting = f"ownerless-{parse.__name__}".replace("_", "-")
    put(usher, meeting, starts, organizer={"name": "Dana Field"})
    file = parse(carried(send(usher, meeting, "confirmation")))
    assert file.method == "REQUEST" and file.organizer.startswith("mailto:")
    assert file.organizer != "mailto:dana@example.com"
