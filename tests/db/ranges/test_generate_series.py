"""``generate_series`` as django-generate-series documents it: each kind, alone and in subqueries."""

import datetime as dt
from decimal import Decimal
from functools import partial

import pytest
from django.contrib.postgres import fields as postgres
from django.db import models
from django.db.models import Count, Exists, OuterRef, Subquery, Sum, Value
from django.utils import timezone

from matinee.ranges import Range, generate_series
from tests.spans.models import Everything

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 3, 1)
NOON = dt.datetime(2026, 3, 1, 12, 30, 15, 4, tzinfo=dt.UTC)

# Of each kind: its class, the field that has such values, what to ask for, what there is then.
SEVERAL = {
    models.IntegerField: ("number", {"start": 0, "stop": 9}, range(10)),
    models.BigIntegerField: ("big", {"start": 0, "stop": 9}, range(10)),
    models.DecimalField: (
        "price",
        {"start": Decimal("0.00"), "stop": Decimal("9.00"), "step": Decimal("1.00")},
        [Decimal(n) for n in range(10)],
    ),
    models.DateField: (
        "day",
        {"start": DAY, "stop": DAY + dt.timedelta(days=9), "step": "1 days"},
        [DAY + dt.timedelta(days=n) for n in range(10)],
    ),
    models.DateTimeField: (
        "at",
        {"start": NOON, "stop": NOON + dt.timedelta(days=9), "step": "1 days"},
        [NOON + dt.timedelta(days=n) for n in range(10)],
    ),
    postgres.IntegerRangeField: (
        "ints",
        {"start": 0, "stop": 9},
        [Range(n, n + 1) for n in range(10)],
    ),
    postgres.BigIntegerRangeField: (
        "bigs",
        {"start": 0, "stop": 9},
        [Range(n, n + 1) for n in range(10)],
    ),
    postgres.DecimalRangeField: (
        "nums",
        {"start": Decimal(0), "stop": Decimal(9), "step": Decimal(1)},
        [Range(Decimal(n), Decimal(n + 1)) for n in range(10)],
    ),
    postgres.DateRangeField: (
        "days",
        {"start": DAY, "stop": DAY + dt.timedelta(days=10), "step": "1 days"},
        [Range(DAY + dt.timedelta(days=n), DAY + dt.timedelta(days=n + 1)) for n in range(10)],
    ),
    postgres.DateTimeRangeField: (
        "during",
        {"start": NOON, "stop": NOON + dt.timedelta(days=10), "step": "1 days"},
        [Range(NOON + dt.timedelta(days=n), NOON + dt.timedelta(days=n + 1)) for n in range(10)],
    ),
}
KINDS = [
    pytest.param(kind, *rest, id=f"{kind.__module__.rsplit('.', 1)[-1]}.{kind.__name__}")
    for kind, rest in SEVERAL.items()
]
every_kind = pytest.mark.parametrize(("kind", "name", "asked", "found"), KINDS)


@every_kind
def test_every_kind_by_itself(kind, name, asked, found):
    make = partial(generate_series, **asked, output_field=kind)
    found = list(found)

    assert [row.term for row in make()] == found
    assert make().count() == 10
    assert (make().first().term, make().last().term) == (found[0], found[-1])
    assert make().aggregate(n=Count("term")) == {"n": 10}
    assert type(make().model._meta.get_field("term")) is kind


@every_kind
def test_every_kind_with_another_step_and_numbered(kind, name, asked, found):
    step = asked.get("step", 1)
    twice = {**asked, "step": "2 days" if step == "1 days" else step * 2}
    make = partial(generate_series, **twice, output_field=kind)

    assert make().count() == 5
    assert make(include_id=True).count() == 5
    assert make(include_id=True).last().id == 5
    assert [row.id for row in make(include_id=True).order_by("term")] == [1, 2, 3, 4, 5]


@every_kind
def test_every_kind_from_a_term_to_itself(kind, name, asked, found):
    rows = generate_series(**{**asked, "stop": asked["start"]}, output_field=kind)
    # Of days and points in time ranges end at the stop, of numbers they begin there.
    none = kind in (postgres.DateRangeField, postgres.DateTimeRangeField)
    assert rows.count() == (0 if none else 1)


@every_kind
def test_every_kind_in_subqueries(kind, name, asked, found):
    """Where the package that has the name fails on Django 6.1."""
    rows, found = generate_series(**asked, output_field=kind), list(found)
    Everything.objects.bulk_create(Everything(**{name: each}) for each in found)
    everything = Everything.objects.order_by(name)

    assert everything.filter(**{f"{name}__in": rows.values("term")}).count() == 10
    assert everything.filter(**{f"{name}__in": Subquery(rows.values("term"))}).count() == 10
    same = rows.filter(term=OuterRef(name)).values("term")
    assert everything.filter(**{f"{name}__in": Subquery(same)}).count() == 10
    valued = everything.annotate(value=Subquery(same, output_field=kind()))
    assert [each.value for each in valued.filter(value__isnull=False)] == found
    marked = everything.annotate(there=Exists(rows.filter(term=OuterRef(name))))
    assert marked.filter(there=True).count() == 10
    assert marked.first().there
    assert rows.filter(term__in=Everything.objects.values(name)).count() == 10
    assert rows.filter(term__in=Subquery(Everything.objects.values(name))).count() == 10


@pytest.mark.parametrize(
    ("start", "span", "kind"),
    [
        (1, None, models.IntegerField),
        (Decimal(1), None, models.DecimalField),
        (DAY, None, models.DateField),
        (NOON, None, models.DateTimeField),
        (1, 1, postgres.IntegerRangeField),
        (Decimal(1), Decimal(1), postgres.DecimalRangeField),
        (DAY, "1 day", postgres.DateRangeField),
        (NOON, "1 day", postgres.DateTimeRangeField),
    ],
)
def test_the_field_is_seen_from_the_start_where_it_is_not_said(start, span, kind):
    step = "1 day" if isinstance(start, dt.date) else 1
    rows = generate_series(start=start, stop=start, step=step, span=span)
    assert isinstance(rows.model._meta.get_field("term"), kind)


def test_the_span_of_numbers_is_said_or_is_the_step():
    make = partial(generate_series, start=0, stop=9, output_field=postgres.IntegerRangeField)
    assert [str(row.term) for row in make(step=5)] == ["[0, 5)", "[5, 10)"]
    assert [str(row.term) for row in make(step=5, span=2)] == ["[0, 2)", "[5, 7)"]
    assert make().get(term__overlap=(0, 1)) == make().first()
    assert make().filter(term__contains=Range(1, 2)).count() == 1


def test_ranges_of_days_end_at_the_stop():
    rows = generate_series(
        start=DAY,
        stop=DAY + dt.timedelta(days=17),
        step="1 week",
        output_field=postgres.DateRangeField,
    )
    assert [str(row.term) for row in rows] == [
        "[2026-03-01, 2026-03-08)",
        "[2026-03-08, 2026-03-15)",
    ]


def test_the_options_of_the_field_are_said():
    numbers = generate_series(
        start=Decimal(1),
        stop=Decimal(2),
        output_field=models.DecimalField,
        max_digits=5,
        decimal_places=2,
    )
    term = numbers.model._meta.get_field("term")
    assert (term.max_digits, term.decimal_places) == (5, 2)
    ranges = generate_series(
        start=Decimal(1),
        stop=Decimal(2),
        output_field=postgres.DecimalRangeField,
        default_bounds="[]",
    )
    assert ranges.model._meta.get_field("term").default_bounds == "[]"
    # The fields of integers' ranges have none.
    assert generate_series(1, 2, span=1, default_bounds="[)").count() == 2


def test_it_is_called_by_a_partial_of_it():
    """As the package's own page says."""
    numbered = partial(generate_series, include_id=True, output_field=models.BigIntegerField)
    assert list(numbered(1, 3).values_list("id", "term")) == [(1, 1), (2, 2), (3, 3)]


def test_all_terms_are_combined_with_the_keys_of_a_queryset():
    for n in range(3):
        Everything.objects.create(number=n)
    some = Everything.objects.filter(number__gt=0).order_by("number")
    make = partial(generate_series, start=1, stop=2, queryset=some)
    keys = list(some.values_list("pk", flat=True))
    assert sorted(make().values_list("term", "value")) == [
        (term, key) for term in (1, 2) for key in keys
    ]
    assert sorted(make(include_id=True).values_list("id", flat=True)) == [1, 2, 3, 4]
    assert make().filter(value=keys[0]).count() == 2
    assert Everything.objects.filter(pk__in=make().values("value")).count() == 2
    mine = make().filter(value=OuterRef("pk")).values(one=Value(1)).annotate(n=Sum("term"))
    summed = Everything.objects.annotate(n=Subquery(mine.values("n"))).order_by("number")
    assert [each.n for each in summed] == [None, 3, 3]


@pytest.mark.parametrize(
    "values",
    [
        [3, 1],
        ["b", "a'; --"],
        ("b", "a"),
        {1, 2},
        "ba",
        [True, False],
        [1.5, 2.5],
        [Decimal("1.5"), Decimal("2.5")],
        [DAY, DAY + dt.timedelta(days=1)],
        [NOON, NOON + dt.timedelta(days=1)],
        [2**40, 2**41],
    ],
    ids=range(11),
)
def test_all_terms_are_combined_with_values(values):
    rows = generate_series(start=1, stop=2, iterable=values)
    assert rows.count() == 4
    assert sorted(rows.values_list("term", "value")) == sorted(
        (term, value) for term in (1, 2) for value in values
    )
    (one, *_) = values
    assert rows.filter(value=one).count() == 2


def test_bytes_are_values_too():
    rows = generate_series(start=1, stop=1, iterable=[b"\x00a"])
    assert bytes(rows.get().value) == b"\x00a"


def test_no_values_are_combined_with_nothing():
    assert list(generate_series(start=1, stop=2, iterable=[]).values()) == [
        {"term": 1},
        {"term": 2},
    ]


def test_a_negative_step_leads_back():
    assert [row.term for row in generate_series(start=3, stop=1, step=-1)] == [3, 2, 1]
    back = generate_series(start=DAY, stop=DAY - dt.timedelta(days=1), step="-1 day")
    assert [row.term.day for row in back] == [1, 28]


def test_days_are_those_of_the_connection():
    """Which is not of Django's current zone, as there."""
    spring = dt.datetime(2026, 3, 28, 20, tzinfo=dt.UTC)
    with timezone.override("Europe/Vienna"):
        rows = generate_series(start=spring, stop=spring + dt.timedelta(days=2), step="1 day")
        assert [row.term.hour for row in rows] == [20, 20, 20]
