"""Ranges in words."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation
from psycopg.types.range import Range as PsycopgRange

from matinee.exceptions import RangeTypeError
from matinee.ranges import (
    DATERANGE,
    INFINITY,
    INT4RANGE,
    MINUS_INFINITY,
    NUMRANGE,
    TSTZRANGE,
    MultiRange,
    Range,
    in_words,
)

DAY = dt.date(2026, 1, 2)
TEN = dt.datetime(2026, 1, 2, 10, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"), timezone.override(dt.UTC):
        yield


WORDS = [
    (Range(1, 5, range_type=INT4RANGE), "from 1 to 4"),
    (Range(1, 5), "from 1 to 5"),
    (Range(1, 5, "[]", range_type=NUMRANGE), "from 1 to 5 included"),
    (Range(Decimal("0.5"), 5, "()", range_type=NUMRANGE), "after 0.5 to 5"),
    (Range(DAY, dt.date(2026, 1, 4), range_type=DATERANGE), "from Jan. 2, 2026 to Jan. 3, 2026"),
    (Range(DAY, None, range_type=DATERANGE), "from Jan. 2, 2026 on"),
    (Range(Decimal(1), None, "()", range_type=NUMRANGE), "after 1"),
    (Range(None, DAY, range_type=DATERANGE), "until Jan. 1, 2026"),
    (Range(DAY, INFINITY, range_type=DATERANGE), "from Jan. 2, 2026 to infinity"),
    (Range(MINUS_INFINITY, DAY, range_type=DATERANGE), "from minus infinity to Jan. 1, 2026"),
    (Range(TEN, TEN + 2 * HOUR, range_type=TSTZRANGE), "from Jan. 2, 2026, 10 a.m. to noon"),
    (
        Range(TEN, TEN + 15 * HOUR, range_type=TSTZRANGE),
        "from Jan. 2, 2026, 10 a.m. to Jan. 3, 2026, 1 a.m.",
    ),
    (Range(empty=True), "empty"),
    (Range(), "unbounded"),
    (PsycopgRange(1, 5), "from 1 to 5"),
    (MultiRange([Range(1, 3), Range(5, 6)], range_type=INT4RANGE), "from 1 to 2; from 5 to 5"),
    (MultiRange([]), "empty"),
]


@pytest.mark.parametrize(("value", "words"), WORDS, ids=range(len(WORDS)))
def test_a_range_in_words(value, words):
    assert in_words(value) == words


def test_words_are_in_the_active_time_zone_and_language():
    found = Range(TEN, TEN + 2 * HOUR, range_type=TSTZRANGE)
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        assert in_words(found) == "from Jan. 2, 2026, 7 p.m. to 9 p.m."
    with translation.override("de"):
        assert "2. Januar 2026 10:00" in in_words(found)


def test_the_hour_that_comes_twice_is_told_apart():
    vienna = ZoneInfo("Europe/Vienna")
    first = dt.datetime(2026, 10, 25, 2, 30, tzinfo=vienna)
    found = Range(first, first.replace(fold=1), range_type=TSTZRANGE)
    with timezone.override(vienna):
        assert in_words(found) == "from Oct. 25, 2026, 2:30 a.m. CEST to 2:30 a.m. CET"


def test_the_first_and_the_last_of_python_are_said_wherever_one_is():
    ends = dt.datetime(1, 1, 1, tzinfo=dt.UTC), dt.datetime(9999, 12, 31, 23, tzinfo=dt.UTC)
    for zone in ("America/New_York", "Asia/Tokyo"):
        with timezone.override(zone):
            assert "9999" in in_words(Range(*ends, range_type=TSTZRANGE))


@pytest.mark.parametrize("value", [5, "[1,5)", None, [Range(1, 5)]])
def test_what_is_no_range_has_no_words(value):
    with pytest.raises(RangeTypeError, match="must be a Range, got"):
        in_words(value)


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("UTC", "from Jan. 2, 2026, 10 a.m. to noon"),
        ("Europe/Vienna", "from Jan. 2, 2026, 11 a.m. to 1 p.m."),
        ("Pacific/Auckland", "from Jan. 2, 2026, 11 p.m. to Jan. 3, 2026, 1 a.m."),
    ],
)
def test_a_template_says_a_range_in_words(zone, words):
    template = Template("{% load matinee_ranges %}{{ during|in_words }}")
    during = Range(TEN, TEN + 2 * HOUR, range_type=TSTZRANGE)
    with timezone.override(ZoneInfo(zone)):
        assert template.render(Context({"during": during})) == words


def test_a_template_says_nothing_of_no_range():
    template = Template("{% load matinee_ranges %}{{ during|in_words|default:'any time' }}")
    assert template.render(Context({"during": None})) == "any time"
    assert template.render(Context()) == "any time"
    assert template.render(Context({"during": MultiRange([])})) == "empty"
