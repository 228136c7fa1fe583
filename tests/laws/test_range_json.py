"""The law of ranges in JSON from one statement: what PostgreSQL writes is what Django REST framework
does, of every type, in every time zone.
"""

import datetime as dt
import json
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers as s
from rest_framework.renderers import JSONRenderer

from matinee.exceptions import RangesError
from matinee.ranges import INFINITY, MINUS_INFINITY, MultiRange, Range
from matinee.reads.drf._json import answering
from tests._range_strategies import ranges_of
from tests.spans.everything import Everything

ZONES = [
    *("UTC", "America/New_York", "Asia/Kolkata", "Europe/Paris", "Africa/Monrovia"),
    *("Pacific/Kiritimati", "Etc/GMT+12"),
]
zones = st.sampled_from(ZONES).map(ZoneInfo)
FIRST_DAY, LAST_DAY = dt.date.min, dt.date.max
FIRST = dt.datetime.min.replace(tzinfo=dt.UTC)
LAST = dt.datetime.max.replace(tzinfo=dt.UTC)
INFINITIES = st.sampled_from([INFINITY, MINUS_INFINITY])
NEAR = st.timedeltas(dt.timedelta(0), dt.timedelta(days=3))
MOMENTS = st.datetimes(timezones=st.just(dt.UTC))
# As large as a float can be, which is what they are written as where they are no text.
LARGE = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**300), max_value=10**300)
ELEMENTS = {
    "ints": st.integers(-(2**31), 2**31 - 2),
    "bigs": st.integers(-(2**63), 2**63 - 2),
    "nums": LARGE
    | st.decimals(allow_nan=False, min_value=-9, max_value=9, places=40)
    | st.sampled_from(
        [Decimal(each) for each in ("Infinity", "-Infinity", "NaN", "1e-400", "0.0")]
    ),
    "days": st.dates() | INFINITIES | st.sampled_from([FIRST_DAY, LAST_DAY]),
    "times": MOMENTS | INFINITIES | NEAR.map(lambda d: FIRST + d) | NEAR.map(lambda d: LAST - d),
}
ONES = {"ints": "ints", "bigs": "bigs", "nums": "nums", "days": "days", "during": "times"}
FIELDS = [*ONES, *(f"many_{each}" for each in ELEMENTS), "several"]


def ranges(kind):
    range_type = Everything._meta.get_field("during" if kind == "times" else kind).type
    return ranges_of(range_type, ELEMENTS[kind])


def multiranges(kind):
    return st.lists(ranges(kind), max_size=4).map(MultiRange)


ROWS = st.fixed_dictionaries(
    {},
    optional={
        **{name: ranges(kind) for name, kind in ONES.items()},
        **{f"many_{kind}": multiranges(kind) for kind in ELEMENTS},
        "several": st.lists(ranges("ints"), max_size=3),
    },
)


def of(*names, **declared):
    meta = type("Meta", (), {"model": Everything, "fields": ("id", *names)})
    return type("EverythingS", (s.ModelSerializer,), {"Meta": meta, **declared})


def same(serializer_class):
    """Answer both ways, of which the one must be a statement; return the answer."""
    rows = Everything.objects.order_by("pk")
    plain = json.loads(JSONRenderer().render(serializer_class(rows.all(), many=True).data))
    found = answering(serializer_class(), rows)

    assert not found.statement.carried  # a control: no code is left to run
    answer = json.loads(found.json(rows))
    assert pairs(answer) == pairs(plain)
    return answer


def pairs(value):
    """Return *value* with objects as pairs: their keys have an order; 1.0 may be written 1."""
    if isinstance(value, dict):
        return [(key, pairs(each)) for key, each in value.items()]
    return [pairs(each) for each in value] if isinstance(value, list) else value


def written(as_text):
    """Return the settings for numbers that are text, or are not."""
    names = ("COERCE_DECIMAL_TO_STRING", "COERCE_BIGINT_TO_STRING")
    return override_settings(REST_FRAMEWORK=dict.fromkeys(names, as_text))


@given(rows=st.lists(ROWS, min_size=1, max_size=3), zone=zones, as_text=st.booleans())
def test_one_statement_writes_ranges_as_plain_drf_does(db, rows, zone, as_text):
    with transaction.atomic(), timezone.override(zone), written(as_text):
        Everything.objects.bulk_create(Everything(**row) for row in rows)
        same(of(*FIELDS))
        transaction.set_rollback(True)


# What chance may pass by.

DAY = dt.timedelta(days=1)
EDGES = {
    "ints": [(1, 5), (None, None), (None, 5), (5, None), (-(2**31), 2**31 - 1)],
    "bigs": [(-(2**63), 2**63 - 1), (None, 0)],
    "nums": [
        *[(Decimal("-Infinity"), Decimal("Infinity")), (Decimal(0), Decimal("NaN"))],
        *[(Decimal("-0.00"), Decimal("1e-400")), (Decimal("2.4e-324"), Decimal("3e-324"))],
        *[(Decimal("-1e300"), Decimal("1.50")), (None, Decimal("NaN"))],
    ],
    "days": [
        *[(FIRST_DAY, LAST_DAY), (LAST_DAY, None), (LAST_DAY, INFINITY), (None, LAST_DAY)],
        *[(MINUS_INFINITY, INFINITY), (MINUS_INFINITY, None), (LAST_DAY - DAY, LAST_DAY)],
    ],
    "times": [
        *[(FIRST, LAST), (MINUS_INFINITY, INFINITY), (None, LAST), (FIRST, None)],
        *[(FIRST + DAY / 2, LAST - DAY / 2), (FIRST + DAY, LAST - DAY), (None, None)],
        (
            dt.datetime(1900, 1, 1, tzinfo=dt.UTC),
            dt.datetime(2026, 7, 1, 12, 0, 0, 120_000, dt.UTC),
        ),
    ],
}


def edges(kind):
    range_type = Everything._meta.get_field("during" if kind == "times" else kind).type
    yield Range(empty=True, range_type=range_type)
    for lower, upper in EDGES[kind]:
        for bounds in ("[)", "[]", "()", "(]"):
            try:
                yield Range(lower, upper, bounds, range_type=range_type)
            except RangesError:  # no integer comes after the last one
                continue


@pytest.mark.parametrize("as_text", [True, False])
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("name", ONES)
def test_what_is_at_the_edges_is_written_as_plain_drf_does(db, name, zone, as_text):
    kind = ONES[name]
    for each in edges(kind):
        Everything.objects.create(**{name: each, f"many_{kind}": MultiRange([each])})
    Everything.objects.create(**{f"many_{kind}": MultiRange([])})
    Everything.objects.create()
    with timezone.override(ZoneInfo(zone)), written(as_text):
        answer = same(of(name, f"many_{kind}"))
    assert answer[0] == {"id": answer[0]["id"], name: {"empty": True}, f"many_{kind}": []}
    assert list(answer[-1].values())[1:] == [None, None]
    assert len({json.dumps(row[name]) for row in answer}) > len(EDGES[kind])
