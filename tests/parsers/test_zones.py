"""What zones are called, held against another reader of CLDR.

The list is kept by the domain's tests: every zone that has letters of its own, by
language and region, in January and in July. Babel says which letters those are; where
it has none, we write an offset, and nowhere the letters of another region. (It also has
letters that CLDR marks as drafts, in French; we write offsets there.)
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from babel.core import get_global
from babel.dates import get_timezone_name

from conftest import ROOT

KEPT = (ROOT / "shared/domain/src/render/tests/snapshots/"
        "usher_domain__render__tests__zones__"
        "letters_stand_only_where_cldr_has_them_for_the_region.snap")
SEASONS = [datetime(2026, 1, 15, 12), datetime(2026, 7, 15, 12)]
OFFSET = re.compile(r"(GMT|UTC)?([+\-−][\d:]+)?$")


def kept():
    """`{locale: {zone: (winter, summer)}}`, of the zones that have letters."""
    locales = {}
    for line in KEPT.read_text().split("---\n", 2)[2].splitlines():
        names, zones = line.split(": ")
        tag, winter, summer = names.split(" ")
        names = locales.setdefault(tag, {})
        names.update({zone: (winter, summer) for zone in zones.split()})
    return locales


def letters(locale, zone, at):
    """What Babel calls a zone, if it is letters and no long name."""
    name = get_timezone_name(at.replace(tzinfo=ZoneInfo(zone)), "short", locale=locale)
    return None if OFFSET.match(name) or " " in name else name


def known(zone):
    """Whether Babel knows the zone: some it looks up under a name that CLDR has not."""
    return get_global("zone_aliases").get(zone, zone) in get_global("meta_zones")


OURS = kept()
# Ireland's standard time is that of summer; Babel takes it for winter's. And it does not
# know that these islands go by British clocks.
BABEL_ERRS = {"Europe/Dublin", "Eire", "Europe/Guernsey", "Europe/Isle_of_Man", "Europe/Jersey"}


# Babel mixes drafts of France's letters into Canada's.
@pytest.mark.parametrize("tag", sorted(OURS.keys() - {"fr-CA"}))
def test_a_zone_has_no_letters_but_those_that_cldr_has_for_the_region(tag):
    locale = Locale.parse(tag, sep="-")
    held, differ = 0, {}
    for zone, names in OURS[tag].items():
        if not known(zone) or zone in BABEL_ERRS:
            continue
        ours = [None if OFFSET.match(name) else name for name in names]
        babels = [letters(locale, zone, at) for at in SEASONS]
        held += 1
        if any(our and our != babel for our, babel in zip(ours, babels)):
            differ[zone] = (ours, babels)
    assert differ == {}
    assert held or tag == "en-IE"


@pytest.mark.parametrize("tag", ["en", "en-GB", "en-AU", "de", "es"])
def test_letters_that_cldr_has_are_used(tag):
    locale = Locale.parse(tag, sep="-")
    unused = {}
    for zone in {zone for names in OURS.values() for zone in names} - BABEL_ERRS:
        babels = [letters(locale, zone, at) for at in SEASONS]
        if any(babels) and zone not in OURS[tag]:
            unused[zone] = babels
    assert unused == {}
