"""Phone numbers, as Usher reads them, beside Google's own library.

A customer's text must never go to somebody else: whatever is written into a meeting is
the number that Google's library reads, or is refused.
"""

import json
import random
import re
import subprocess

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from conftest import ROOT

DEFAULT_REGIONS = ["US", "DE", "GB", "FR", "IT", "BR", "AR", "MX", "IN", "JP", "RU", "HU"]
FORMATS = [PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.RFC3966]
MEETING = {"title": "Numbers", "starts_at": "2031-01-15T14:00:00", "timezone": "UTC"}
AT_ONCE = 1000  # attendees of one meeting


def examples():
    """Every region's example numbers, mobile and fixed, with that region."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE):
            number = phonenumbers.example_number_for_type(region, kind)
            if number is not None:
                yield region, number


def written(number, form):
    return phonenumbers.format_number(number, form)


def google(text, region):
    """The number in E.164, or None where it is none or not a possible one."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.is_possible_number(number)
    return written(number, PhoneNumberFormat.E164) if possible else None


def usher_reads(usher, texts):
    """Each text's number in E.164, or None where it is refused, as one meeting's attendees."""
    read = {}
    for start in range(0, len(texts), AT_ONCE):
        batch = texts[start:start + AT_ONCE]
        attendees = [{"id": f"n{i}", "name": "N", "phone": text} for i, text in enumerate(batch)]
        put = {**MEETING, "attendees": attendees}
        status, _, answer = usher.call("PUT", "/v1/meetings/numbers", put)
        if status == 422:
            errors = json.loads(answer)["errors"]
            pointers = [re.fullmatch(r"/attendees/(\d+)/phone", e["pointer"]) for e in errors]
            refused = {int(pointer[1]) for pointer in pointers}
            put["attendees"] = [a for i, a in enumerate(attendees) if i not in refused]
            read.update({batch[i]: None for i in refused})
            if not put["attendees"]:
                continue
            status, _, answer = usher.call("PUT", "/v1/meetings/numbers", put)
        assert status in (200, 201), answer
        taken = {a["id"]: a["phone"] for a in json.loads(answer)["attendees"]}
        read.update({batch[int(id[1:])]: phone for id, phone in taken.items()})
    assert len(read) == len(set(texts))
    return read


@pytest.fixture
def default_region(usher):
    before = usher.json("GET", "/v1/settings")

    def become(region):
        usher.json("PUT", "/v1/settings", {**before, "default_region": region})

    yield become
    usher.json("PUT", "/v1/settings", before)


def test_both_read_with_the_same_numbering_plans():
    metadata = json.loads(subprocess.check_output(
        ["cargo", "metadata", "--format-version", "1", "--locked"], cwd=ROOT))
    (port,) = (p for p in metadata["packages"] if p["name"] == "rlibphonenumber")
    readme = (ROOT.__class__(port["manifest_path"]).parent / port["readme"]).read_text()
    version = re.search(r"metadata version:\*\* `v([0-9.]+)`", readme)
    assert version and version[1] == phonenumbers.__version__


@pytest.mark.parametrize("region", DEFAULT_REGIONS)
def test_every_region_s_numbers_come_out_as_they_went_in(usher, default_region, region):
    default_region(region)
    numbers = [number for _, number in examples()]
    texts = {written(number, form): written(number, PhoneNumberFormat.E164)
             for number in numbers for form in FORMATS}
    assert len(texts) > 900
    read = usher_reads(usher, sorted(texts))
    assert {text: e164 for text, e164 in read.items() if e164 != texts[text]} == {}


@pytest.mark.parametrize("region", DEFAULT_REGIONS)
def test_without_a_country_code_it_is_google_s_number_or_none(usher, default_region, region):
    """Numbers as each region writes them, read in another: never another number."""
    default_region(region)
    own, others = set(), set()
    for home, number in examples():
        (own if home == region else others).add(written(number, PhoneNumberFormat.NATIONAL))
        digits = written(number, PhoneNumberFormat.E164)[1:]
        others.add(digits)
    read = usher_reads(usher, sorted(own | others))
    expected = {text: google(text, region) for text in read}
    assert {t: (n, expected[t]) for t, n in read.items() if n not in (None, expected[t])} == {}
    assert [text for text in own if read[text] != expected[text] or read[text] is None] == []


def test_what_google_calls_impossible_is_refused(usher, default_region):
    """Two digits more or fewer than a number has, with and without its country code."""
    default_region("US")
    chance = random.Random(13)
    texts = set()
    for _, number in examples():
        for form in FORMATS:
            whole = written(number, form)
            texts |= {whole + f"{chance.randrange(100):02}", whole + " 00", whole[:-2]}
    texts |= {t[1:] for t in texts if t.startswith("+")}
    read = usher_reads(usher, sorted(texts))
    impossible = [text for text in read if google(text, "US") is None]
    assert len(impossible) > 1000
    assert [text for text in impossible if read[text] is not None] == []
    other = {t: n for t, n in read.items() if n is not None and n != google(t, "US")}
    assert other == {}


@pytest.mark.parametrize("text, cause", [
    ("+1 202 555 01234", "too many digits"),
    ("(202)555-0123 (cell)", "words beside the number"),
    ("202-555-0123/0124", "more than one number"),
    ("442079460958", "without its +"),
    ("2025550123.0", "spreadsheet"),
    ("202-555-0123 x5", "extension"),
])
def test_a_refusal_names_its_cause(usher, default_region, text, cause):
    default_region("US")
    put = {**MEETING, "attendees": [{"name": "N", "phone": text}]}
    status, _, answer = usher.call("PUT", "/v1/meetings/numbers", put)
    (error,) = json.loads(answer)["errors"]
    assert status == 422 and error["pointer"] == "/attendees/0/phone"
    assert cause in error["detail"]
