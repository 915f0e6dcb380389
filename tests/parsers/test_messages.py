"""The email, the SMS and the calendar file, as other people's programs read them."""

from datetime import timedelta, timezone
from email import message_from_bytes, policy
from urllib.parse import parse_qs, urlsplit

import fast_mail_parser
import html5lib
import icalendar
import phonenumbers
import vobject
from conftest import ADDRESS, DESCRIPTION, EMAIL, NAME, PHONE, TITLE

XHTML = "{http://www.w3.org/1999/xhtml}"


def message(story):
    return message_from_bytes(story.email["raw"].encode(), policy=policy.default)


def page(html):
    return html5lib.HTMLParser(strict=False).parse(html)


def calendar_file(story):
    status, headers, text = story.usher.call("GET", f"/meeting/calendar.ics?token={story.token}")
    assert status == 200 and headers.get_content_type() == "text/calendar"
    return text


def test_the_email_has_no_defect_and_both_bodies(story):
    mail = message(story)
    defects = [d for part in mail.walk() for d in part.defects]
    assert defects == []
    assert [a.addr_spec for a in mail["To"].addresses] == [EMAIL]
    assert len(mail["From"].addresses) == 1
    assert mail["Subject"] and "\n" not in mail["Subject"]
    assert mail["Date"].datetime and mail["Message-ID"]
    kinds = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    assert kinds[:2] == ["text/plain", "text/html"]


def test_a_second_parser_reads_the_same_email(story):
    ours, theirs = message(story), fast_mail_parser.parse_email(story.email["raw"].encode())
    assert theirs.subject == ours["Subject"] == story.email["subject"]
    text = ours.get_body(("plain",)).get_content()
    html = ours.get_body(("html",)).get_content()
    even = lambda s: s.replace("\r\n", "\n").strip()
    assert even(theirs.text_plain[0]) == even(text)
    assert even(theirs.text_html[0]) == even(html)


def test_the_email_says_when_in_the_meetings_zone(story):
    text = message(story).get_body(("plain",)).get_content()
    assert "2:00" in text and ("EST" in text or "EDT" in text or "New York" in text)
    assert story.starts.tzname() in text or "New York" in text


def test_the_buttons_are_links_to_the_landing_page(story):
    links = [a.get("href") for a in page(message(story).get_body(("html",)).get_content()).iter(f"{XHTML}a")]
    landing = [urlsplit(h) for h in links if urlsplit(h).path == "/meeting/landing"]
    actions = {parse_qs(u.query).get("action", [None])[0] for u in landing}
    assert {"accept", "decline", "reschedule", None} <= actions
    assert all(parse_qs(u.query)["token"] for u in landing)


def test_data_is_inert_in_html(story):
    root = page(message(story).get_body(("html",)).get_content())
    for forbidden in ("script", "iframe", "object", "form", "link"):
        assert list(root.iter(f"{XHTML}{forbidden}")) == []
    attributes = {name for element in root.iter() if element.attrib for name in element.attrib}
    assert not any(str(name).startswith("on") for name in attributes)
    words = " ".join("".join(root.itertext()).split())
    assert TITLE in words and NAME.split()[0] in words  # the greeting takes the first name


def test_an_email_in_the_calendar_part_is_the_same_meeting(story):
    parts = [p for p in message(story).walk() if p.get_content_type() == "text/calendar"]
    uid = icalendar.Calendar.from_ical(calendar_file(story)).walk("VEVENT")[0]["UID"]
    for part in parts:
        (event,) = icalendar.Calendar.from_ical(part.get_content()).walk("VEVENT")
        assert event["UID"] == uid


def test_the_sms_goes_to_the_customers_number(story):
    expected = phonenumbers.parse(PHONE, "US")
    number = phonenumbers.parse(story.sms["to"], None)
    assert number == expected and phonenumbers.is_valid_number(number)
    assert story.sms["to"] == phonenumbers.format_number(
        number, phonenumbers.PhoneNumberFormat.E164)
    assert story.notification["attendee"]["phone"] == story.sms["to"]
    assert phonenumbers.is_possible_number(phonenumbers.parse(story.sms["from"], None))


def test_the_calendar_file_reads_the_same_in_icalendar(story):
    book = icalendar.Calendar.from_ical(calendar_file(story))
    assert book.errors == [] and book["VERSION"] == "2.0" and book["PRODID"]
    (event,) = book.walk("VEVENT")
    assert event.errors == []
    assert event.decoded("DTSTART") == story.starts
    ends = event.decoded("DTEND") if "DTEND" in event else event.decoded("DTSTART") + event.decoded("DURATION")
    # Elapsed time: added in UTC, as Python adds wall-clock time within a zone.
    assert ends == story.starts.astimezone(timezone.utc) + timedelta(minutes=story.minutes)
    assert str(event["SUMMARY"]) == TITLE
    assert ADDRESS in str(event["LOCATION"])
    assert DESCRIPTION.strip() in str(event["DESCRIPTION"])
    assert event["UID"] and event.decoded("DTSTAMP") and int(event.get("SEQUENCE", 0)) >= 0


def test_the_calendar_file_reads_the_same_in_vobject(story):
    text = calendar_file(story)
    book = vobject.readOne(text)
    assert len(book.vevent_list) == 1
    assert book.vevent.summary.value == TITLE
    assert book.vevent.dtstart.value.astimezone(timezone.utc) == story.starts.astimezone(timezone.utc)
    assert ADDRESS in book.vevent.location.value


def test_the_calendar_file_keeps_to_the_wire_format(story):
    # RFC 5545 §3.1: CRLF, and at most 75 octets a line.
    data = calendar_file(story).encode()
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(len(line) for line in data.split(b"\r\n")) <= 75


def test_a_hostile_name_reaches_no_header_as_markup(story):
    assert story.notification["attendee"]["name"] == NAME
    mail = message(story)
    assert mail["Bcc"] is None and mail["Cc"] is None
