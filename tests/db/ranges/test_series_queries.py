"""A series in every kind of query: around others, within others, both."""

import datetime as dt
import pickle
from decimal import Decimal

import pytest
from django.contrib.postgres import fields as postgres
from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Paginator
from django.db import NotSupportedError, connection, models
from django.db.models import (
    Avg,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber, TruncMonth
from django.test.utils import CaptureQueriesContext

from matinee.ranges import MultiRange, Range, fields, series
from tests.spans.models import Everything, Part

pytestmark = pytest.mark.django_db

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
BUSY = [dt.date(2026, 1, 1), dt.date(2026, 1, 1), dt.date(2026, 2, 3), dt.date(2026, 12, 31)]
DAYS = series(FIRST, LAST)


@pytest.fixture
def busy():
    return [Everything.objects.create(day=day, number=n, price=n) for n, day in enumerate(BUSY)]


@pytest.fixture
def rooms():
    """Two that have parts, one that has none; parts are of some numbers."""
    wholes = [Everything.objects.create(number=n, small=n + 2) for n in (1, 3, 8)]
    for whole, numbers in zip(wholes, [(1, 3), (4, 4, 9), ()], strict=True):
        for number in numbers:
            Part.objects.create(whole=whole, number=number)
    return wholes


def counted(**condition):
    found = Everything.objects.filter(**condition).order_by().values("day")
    return Subquery(found.annotate(n=Count("*")).values("n"))


# Around others.


def test_the_days_of_a_year_without_bookings(busy):
    that_day = Everything.objects.filter(day=OuterRef("term"))
    free = DAYS.filter(~Exists(that_day))
    assert (DAYS.count(), free.count(), DAYS.filter(Exists(that_day)).count()) == (365, 362, 3)
    assert not free.filter(term__in=BUSY).exists()
    assert free.order_by("term").first().term == dt.date(2026, 1, 2)


def test_each_day_with_how_many_there_are(busy, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = dict(
            DAYS.annotate(n=Coalesce(counted(day=OuterRef("term")), 0)).values_list("term", "n")
        )
    assert len(found) == 365
    assert {day: n for day, n in found.items() if n} == {BUSY[0]: 2, BUSY[2]: 1, BUSY[3]: 1}


def test_what_is_counted_can_be_filtered_ordered_and_summed(busy):
    rows = DAYS.annotate(n=Coalesce(counted(day=OuterRef("term")), 0))
    assert rows.filter(n__gt=1).get().term == BUSY[0]
    assert [row.n for row in rows.order_by("-n", "term")[:4]] == [2, 1, 1, 0]
    assert rows.aggregate(all=Sum("n"), most=Max("n")) == {"all": 4, "most": 2}
    assert rows.exclude(n=0).count() == 3


def test_rows_of_others_by_ranges(busy):
    months = series(FIRST, LAST, "1 month", span=True)
    within = Everything.objects.filter(day__contained_by=OuterRef("term")).order_by()
    n = Subquery(within.values(one=Value(1)).annotate(n=Count("*")).values("n"))
    found = months.annotate(n=Coalesce(n, 0)).order_by("term").values_list("n", flat=True)
    assert list(found) == [2, 1, *[0] * 9, 1]


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        (lambda rows: rows.filter(term__lt=3), [0, 1, 2]),
        (lambda rows: rows.exclude(term__lt=7), [7, 8, 9]),
        (lambda rows: rows.filter(Q(term=1) | ~Q(term__lt=9)), [1, 9]),
        (lambda rows: rows.filter(term=1) | rows.filter(term=4), [1, 4]),
        (lambda rows: rows.filter(term__gt=1) & rows.filter(term__lt=4), [2, 3]),
        (lambda rows: rows.filter(pk__in=[3, 4]), [3, 4]),
        (lambda rows: rows.annotate(odd=F("term") % 2).filter(odd=1, term__gt=4), [5, 7, 9]),
        (lambda rows: rows.order_by("-term")[:2], [8, 9]),
        (lambda rows: rows.order_by("term")[3:5], [3, 4]),
        (lambda rows: rows.order_by("term").reverse()[:1], [9]),
        (lambda rows: rows.filter(term__in=rows.filter(term__gt=7)), [8, 9]),
        (lambda rows: rows.filter(term__in=rows.order_by("-term")[:2].values("term")), [8, 9]),
        (lambda rows: rows.filter(term__lt=1).union(series(20, 21)), [0, 20, 21]),
        (lambda rows: rows.union(series(0, 9), all=True)[:0], []),
        (lambda rows: rows.intersection(series(8, 12)), [8, 9]),
        (lambda rows: rows.difference(series(2, 12)), [0, 1]),
        (lambda rows: rows.filter(term__gt=7).distinct(), [8, 9]),
        (lambda rows: rows.none(), []),
        (lambda rows: rows.only("term").filter(term=2), [2]),
        (lambda rows: pickle.loads(pickle.dumps(rows.filter(term=2))), [2]),
    ],
    ids=range(20),
)
def test_rows_are_narrowed_as_those_of_any_queryset(narrowed, found):
    rows = narrowed(series(0, 9))
    assert sorted(row.term for row in rows) == found
    assert sorted(rows.values_list("term", flat=True)) == found
    assert rows.count() == len(found)
    assert rows.exists() is bool(found)


def test_rows_are_asked_for_as_those_of_any_queryset():
    rows = series(0, 9)
    assert (rows.first().term, rows.last().term) == (0, 9)
    assert rows.get(term=4) == rows.get(pk=4)
    assert rows.in_bulk([2])[2].term == 2
    assert (rows.earliest("term").term, rows.latest("term").term) == (0, 9)
    assert rows.aggregate(Sum("term"), Avg("term")) == {"term__sum": 45, "term__avg": 4.5}
    assert sorted(row.term for row in rows.iterator(chunk_size=3)) == list(range(10))
    assert list(rows.filter(term=3).values()) == [{"term": 3}]
    assert rows.contains(rows.model(term=3))
    assert len({rows.get(term=3), rows.model(term=3)}) == 1
    assert "Function Scan" in rows.explain()
    assert [row.term for row in Paginator(rows.order_by("term"), 4).page(3)] == [8, 9]


async def test_rows_are_awaited_as_those_of_any_queryset(db):
    assert await series(0, 9).acount() == 10
    assert sorted([row.term async for row in series(0, 2)]) == [0, 1, 2]


def test_rows_are_grouped_and_windowed():
    by_month = DAYS.values(month=TruncMonth("term")).annotate(n=Count("*")).order_by("month")
    assert [row["n"] for row in by_month] == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    rows = series(5, 7).annotate(place=Window(RowNumber(), order_by="-term")).order_by("term")
    assert [row.place for row in rows] == [3, 2, 1]


def test_a_union_can_be_counted_ordered_and_sliced():
    both = series(1, 3).union(series(3, 5), all=True)
    assert both.count() == 6
    assert [row.term for row in both.order_by("-term")[:3]] == [5, 4, 3]


# Within others.


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (lambda: Q(number__in=series(1, 2)), [1, 2]),
        (lambda: Q(number__in=series(1, 2).values("term")), [1, 2]),
        (lambda: Q(number__in=Subquery(series(1, 2).values("term"))), [1, 2]),
        (lambda: Q(pk__in=Everything.objects.filter(number__in=series(1, 2))), [1, 2]),
        (lambda: ~Q(number__in=series(1, 2)), [0, 3]),
        (lambda: Q(day__in=series(dt.date(2026, 2, 1), dt.date(2026, 2, 28))), [2]),
        (lambda: Q(price__in=series(Decimal(0), 3, Decimal("1.5"))), [0, 3]),
        (lambda: Exists(series(2, 9).filter(term=OuterRef("number"))), [2, 3]),
        (lambda: ~Exists(series(2, 9).filter(term=OuterRef("number"))), [0, 1]),
        (lambda: Exists(series(2, OuterRef("number"))), [2, 3]),
        (lambda: Q(number=Subquery(series(1, 9).order_by("term").values("term")[:1])), [1]),
        (lambda: Q(number__lt=Subquery(series(2, 9).values("term").order_by("term")[:1])), [0, 1]),
    ],
    ids=range(12),
)
def test_others_are_filtered_by_a_series(busy, condition, found):
    rows = Everything.objects.filter(condition()).order_by("number")
    assert list(rows.values_list("number", flat=True)) == found
    assert Everything.objects.exclude(condition()).count() == 4 - len(found)


def test_others_are_annotated_with_a_series_of_their_own(rooms):
    mine = series(OuterRef("number"), OuterRef("small"), output_field=models.IntegerField())
    total = mine.values(one=Value(1)).annotate(all=Sum("term")).values("all")
    last = mine.order_by("-term").values("term")[:1]
    rows = Everything.objects.order_by("number").annotate(
        total=Subquery(total), last=Subquery(last)
    )
    assert list(rows.values_list("total", "last")) == [(1 + 2 + 3, 3), (3 + 4 + 5, 5), (27, 10)]


@pytest.mark.parametrize(
    ("field", "start", "stop", "step", "found"),
    [
        ("number", OuterRef("number"), 3, None, [1, 2, 3]),
        ("number", 1, OuterRef("small"), None, [1, 2, 3]),
        ("number", 3, OuterRef("number"), -1, [3, 2, 1]),
        ("number", OuterRef("number"), OuterRef("small"), OuterRef("number"), [1, 2, 3]),
        ("day", OuterRef("day"), dt.date(2026, 1, 3), None, [1, 2, 3]),
        ("at", OuterRef("at"), dt.datetime(2026, 1, 3, tzinfo=dt.UTC), "1 day", [1, 2, 3]),
        ("price", Decimal(1), OuterRef("price"), None, [1, 2, 3]),
    ],
    ids=range(7),
)
def test_every_kind_is_asked_by_what_the_outer_row_has(field, start, stop, step, found):
    january = dt.date(2026, 1, 1)
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    Everything.objects.create(number=1, small=3, price=3, day=january, at=at)
    kind = type(Everything._meta.get_field(field))
    rows = series(start, stop, step, output_field=kind())
    text = rows.values("term").order_by("term" if step != -1 else "-term")
    all_of_them = Everything.objects.annotate(
        found=ArraySubquery(text), n=Subquery(counted_all(rows))
    ).get()
    assert all_of_them.n == 3
    assert [getattr(each, "day", each) for each in all_of_them.found] == found


def counted_all(rows):
    return rows.values(one=Value(1)).annotate(n=Count("*")).values("n")


KINDS = [
    (models.IntegerField, series(0, 9), range(10)),
    (models.BigIntegerField, series(2**40, 2**40 + 9), range(2**40, 2**40 + 10)),
    (models.DecimalField, series(Decimal(0), 9), map(Decimal, range(10))),
    (models.DateField, series(FIRST, dt.date(2026, 1, 10)), [dt.date(2026, 1, n + 1) for n in range(10)]),
    (
        models.DateTimeField,
        series(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 1, 1, 9, tzinfo=dt.UTC), "1 hour"),
        [dt.datetime(2026, 1, 1, n, tzinfo=dt.UTC) for n in range(10)],
    ),
    (fields.IntegerRangeField, series(0, 9, span=True), [Range(n, n + 1) for n in range(10)]),
    (fields.BigIntegerRangeField, series(2**40, 2**40 + 9, span=1), [Range(2**40 + n, 2**40 + n + 1) for n in range(10)]),
    (fields.DecimalRangeField, series(Decimal(0), 9, span=True), [Range(Decimal(n), Decimal(n + 1)) for n in range(10)]),
    (fields.DateRangeField, series(FIRST, dt.date(2026, 1, 10), span=True), [Range(dt.date(2026, 1, n + 1), dt.date(2026, 1, n + 2)) for n in range(10)]),
    (
        fields.DateTimeRangeField,
        series(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 1, 1, 9, tzinfo=dt.UTC), "1 hour", span=True),
        [Range(dt.datetime(2026, 1, 1, n, tzinfo=dt.UTC), dt.datetime(2026, 1, 1, n + 1, tzinfo=dt.UTC)) for n in range(10)],
    ),
]  # fmt: skip
OF_KIND = {
    models.IntegerField: "number",
    models.BigIntegerField: "big",
    models.DecimalField: "price",
    models.DateField: "day",
    models.DateTimeField: "at",
    fields.IntegerRangeField: "ints",
    fields.BigIntegerRangeField: "bigs",
    fields.DecimalRangeField: "nums",
    fields.DateRangeField: "days",
    fields.DateTimeRangeField: "during",
}


@pytest.mark.parametrize(("kind", "rows", "found"), KINDS, ids=[each[0].__name__ for each in KINDS])
def test_every_kind_is_in_subqueries_and_has_some(kind, rows, found):
    name, found = OF_KIND[kind], list(found)
    Everything.objects.bulk_create(Everything(**{name: each}) for each in found)
    Everything.objects.create()

    assert [row.term for row in rows.order_by("term")] == found
    assert isinstance(rows.model._meta.get_field("term"), kind)
    for within in (rows, rows.values("term"), Subquery(rows.values("term"))):
        assert Everything.objects.filter(**{f"{name}__in": within}).count() == 10
    same = rows.filter(term=OuterRef(name))
    assert Everything.objects.filter(Exists(same)).count() == 10
    assert Everything.objects.filter(~Exists(same)).count() == 1
    assert Everything.objects.filter(**{f"{name}__in": Subquery(same.values("term"))}).count() == 10
    marked = Everything.objects.annotate(value=Subquery(same.values("term"))).order_by(name)
    assert [each.value for each in marked.filter(value__isnull=False)] == found
    assert rows.filter(term__in=Everything.objects.values(name)).count() == 10
    assert rows.filter(Exists(Everything.objects.filter(**{name: OuterRef("term")}))).count() == 10
    assert not rows.exclude(
        term__in=Everything.objects.filter(**{f"{name}__isnull": False}).values(name)
    ).exists()


def test_ranges_of_others_are_asked_about_terms():
    Everything.objects.create(days=Range(FIRST, dt.date(2026, 1, 4)))
    Everything.objects.create(days=Range(dt.date(2026, 1, 3), dt.date(2026, 1, 6)))
    Everything.objects.create(many_days=MultiRange([Range(FIRST, dt.date(2026, 1, 2))]))
    booked = Everything.objects.filter(days__contains=OuterRef("term")).order_by()
    n = Subquery(booked.values(one=Value(1)).annotate(n=Count("*")).values("n"))
    rows = series(FIRST, dt.date(2026, 1, 6)).annotate(n=Coalesce(n, 0)).order_by("term")
    assert [row.n for row in rows] == [1, 1, 2, 1, 1, 0]

    weeks = series(FIRST, dt.date(2026, 1, 8), "1 week", span=True)
    crossed = Everything.objects.filter(days__overlap=OuterRef("term"))
    assert [row.term.lower for row in weeks.filter(Exists(crossed))] == [FIRST]


# Both.


def test_a_series_within_a_series():
    less = series(1, OuterRef("term"))
    n = Subquery(counted_all(less))
    assert list(series(0, 3).annotate(n=n).order_by("term").values_list("term", "n")) == [
        (0, 0),
        (1, 1),
        (2, 2),
        (3, 3),
    ]
    factors = series(2, OuterRef("term") - 1).annotate(
        rest=ExpressionWrapper(OuterRef("term") % F("term"), models.IntegerField())
    )
    primes = series(2, 30).filter(~Exists(factors.filter(rest=0))).order_by("term")
    assert [row.term for row in primes] == [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]


def test_a_series_within_rows_within_a_series(rooms):
    """For each number: the rows in whose parts a number of their own series is that number."""
    own = series(OuterRef("number"), OuterRef("small"), output_field=models.IntegerField())
    outer = Everything.objects.filter(Exists(own.filter(term=OuterRef(OuterRef("term")))))
    n = Subquery(outer.order_by().values(one=Value(1)).annotate(n=Count("*")).values("n"))
    rows = series(1, 9).annotate(n=Coalesce(n, 0)).order_by("term")
    assert [row.n for row in rows] == [1, 1, 2, 1, 1, 0, 0, 1, 1]


def test_a_series_asked_by_the_query_around_the_one_around_it(rooms):
    """The series stands in the query of parts, and is asked by the whole."""
    far = series(
        OuterRef(OuterRef("number")), OuterRef("number"), output_field=models.IntegerField()
    )
    parts = Part.objects.filter(whole=OuterRef("pk")).annotate(n=Subquery(counted_all(far)))
    most = Subquery(parts.order_by("-n").values("n")[:1])
    rows = Everything.objects.annotate(most=most).order_by("number")
    assert [row.most for row in rows] == [3, 7, None]


def test_the_outer_name_may_lead_over_a_join(rooms):
    upto = series(1, OuterRef("whole__small"))
    parts = Part.objects.filter(Exists(upto.filter(term=OuterRef("number")))).order_by("number")
    assert [part.number for part in parts] == [1, 3, 4, 4]


def test_rows_with_a_series_each_are_filtered_over_joins(rooms):
    rows = series(F("number"), F("small"), each=Everything.objects.all())
    assert rows.filter(each__parts__number=F("term")).count() == 4
    assert rows.filter(each__parts=None).count() == 3
    assert rows.values("each").annotate(n=Count("*")).count() == 3
    per_term = rows.values("term").annotate(n=Count("each")).order_by("-n", "term")
    assert per_term[0] == {"term": 3, "n": 2}
    assert rows.annotate(n=Count("each__parts")).aggregate(Sum("n")) == {"n__sum": 2 * 3 + 3 * 3}
    without = rows.filter(
        ~Exists(Part.objects.filter(whole=OuterRef("each"), number=OuterRef("term")))
    )
    assert without.count() == 9 - 3


def test_the_row_that_has_the_series_is_at_hand(rooms, django_assert_num_queries):
    rows = series(F("number"), F("small"), each=Everything.objects.all()).order_by("id")
    assert rows[0].each == rooms[0]
    with django_assert_num_queries(2):
        assert {row.each for row in rows.prefetch_related("each")} == set(rooms)
    with django_assert_num_queries(2):
        assert [
            len(row.each.parts.all())
            for row in rows.select_related("each")[:1].prefetch_related("each__parts")
        ] == [2]


def test_what_many_belong_to_is_excluded_right_or_told(rooms):
    rows = series(F("number"), F("small"), each=Everything.objects.all())
    assert rows.exclude(each__parts__number=4).count() == 6
    assert rows.exclude(each__parts__number__gt=F("each__small")).count() == 9 - 3


def test_rows_with_a_series_each_stand_in_subqueries(rooms):
    rows = series(F("number"), F("small"), each=Everything.objects.filter(number__lt=8))
    assert Part.objects.filter(number__in=rows.values("term")).count() == 4
    mine = rows.filter(each=OuterRef("whole"), term=OuterRef("number"))
    assert sorted(part.number for part in Part.objects.filter(Exists(mine))) == [1, 3, 4, 4]


def test_rows_with_a_series_each_may_be_chosen_by_the_outer_row(rooms):
    chosen = Everything.objects.filter(pk=OuterRef("whole"))
    mine = series(F("number"), F("small"), each=chosen)
    parts = Part.objects.annotate(n=Subquery(counted_all(mine)))
    assert {part.n for part in parts} == {3}
    longer = series(F("number"), OuterRef("number"), each=chosen)
    parts = Part.objects.annotate(n=Subquery(counted_all(longer))).order_by("pk")
    assert [part.n for part in parts] == [1, 3, 2, 2, 7]


def test_rows_with_a_series_each_may_be_a_slice_or_united(rooms):
    first = series(F("number"), F("small"), each=Everything.objects.order_by("-number")[:1])
    assert sorted(row.term for row in first) == [8, 9, 10]
    rows = series(F("number"), F("small"), each=Everything.objects.filter(number=1))
    assert rows.values("term").union(series(1, 2).values("term")).count() == 3


def test_others_with_a_series_are_grouped_by_what_it_is_asked_by(rooms):
    n = Subquery(counted_all(series(1, OuterRef("number"))))
    rows = Everything.objects.annotate(upto=n).values("upto").annotate(of=Count("parts"))
    assert sorted(rows.values_list("upto", "of")) == [(1, 2), (3, 3), (8, 0)]
    both = Everything.objects.annotate(of=Count("parts"), upto=n).order_by("number")
    assert [(each.of, each.upto) for each in both] == [(2, 1), (3, 3), (0, 8)]


def test_rows_are_made_of_a_series():
    Everything.objects.create(number=0)
    Everything.objects.update(number=Subquery(series(1, 5).order_by("-term").values("term")[:1]))
    assert Everything.objects.get().number == 5
    Everything.objects.filter(number__in=series(5, 6)).delete()
    assert not Everything.objects.exists()


def test_a_row_is_deleted_without_a_look_at_series(rooms):
    def queries():
        with CaptureQueriesContext(connection) as found:
            Everything.objects.create(number=9).delete()
        return [query["sql"].split()[0] for query in found.captured_queries]

    before = queries()
    assert series(1, F("number"), each=Everything.objects.all()).exists()
    assert queries() == before


def test_a_field_of_djangos_own_will_do():
    ranges = series(1, 3, output_field=postgres.IntegerRangeField())
    assert [row.term.lower for row in ranges.order_by("term")] == [1, 2, 3]
    assert type(ranges.model._meta.get_field("term")) is postgres.IntegerRangeField


def test_another_database_says_so(monkeypatch):
    rows = series(1, 3)
    monkeypatch.setattr(connection, "vendor", "sqlite")
    with pytest.raises(NotSupportedError, match="PostgreSQL"):
        list(rows)
