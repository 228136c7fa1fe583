"""The rows of a series: numbers, days, points in time, ranges of them."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import DataError, connection, transaction
from django.db.models import F, OuterRef
from django.test import override_settings

from matinee.exceptions import RangesError
from matinee.ranges import Range, series
from tests.spans.models import Everything

pytestmark = pytest.mark.django_db

VIENNA = ZoneInfo("Europe/Vienna")
SPRING, AUTUMN = dt.date(2026, 3, 29), dt.date(2026, 10, 25)


def terms(rows):
    return [row.term for row in rows]


def local(day, hour=0, minute=0, fold=0, zone=VIENNA):
    return dt.datetime.combine(day, dt.time(hour, minute, fold=fold), zone)


def clocks(rows, zone=VIENNA):
    """What clocks show, with the day."""
    return [f"{row.term.astimezone(zone):%d %H:%M}" for row in rows]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (series(1, 5), [1, 2, 3, 4, 5]),
        (series(1, 6, 2), [1, 3, 5]),
        (series(5, 1, -2), [5, 3, 1]),
        (series(5, 1), []),
        (series(1, 1), [1]),
        (series(1, 5, -1), []),
        (series(2**31, 2**31 + 1), [2**31, 2**31 + 1]),
        (series(2**63 - 2, 2**63 - 1), [2**63 - 2, 2**63 - 1]),
        (series(Decimal(0), Decimal("0.3"), Decimal("0.1")), [Decimal(n) / 10 for n in range(4)]),
        (series(0, 1, 0.5), [Decimal(0), Decimal("0.5"), Decimal(1)]),
        (series(Decimal("1.5"), 0), []),
        (series(Decimal("1.5"), 0, -1), [Decimal("1.5"), Decimal("0.5")]),
    ],
    ids=range(12),
)
def test_numbers(rows, found):
    assert terms(rows) == found
    assert {type(each) for each in terms(rows)} == {type(each) for each in found}


@pytest.mark.parametrize(
    ("step", "found"),
    [
        (None, ["2026-01-31", "2026-02-01", "2026-02-02"]),
        (dt.timedelta(days=40), ["2026-01-31", "2026-03-12", "2026-04-21"]),
        ("2 weeks", ["2026-01-31", "2026-02-14", "2026-02-28"]),
        ("1 month", ["2026-01-31", "2026-02-28", "2026-03-31"]),
        ("1 month 1 day", ["2026-01-31", "2026-03-01", "2026-04-02"]),
        ("1 year", ["2026-01-31", "2027-01-31", "2028-01-31"]),
    ],
)
def test_days(step, found):
    rows = series(dt.date(2026, 1, 31), dt.date(2030, 1, 1), step)
    assert [str(row.term) for row in rows.order_by("term")[:3]] == found


def test_months_back_find_the_ends_of_months_too():
    rows = series(dt.date(2026, 5, 31), dt.date(2026, 1, 31), "-1 month")
    assert [each.day for each in terms(rows)] == [31, 30, 31, 28, 31]


def test_all_days_that_python_has_can_be_reached():
    assert terms(series(dt.date.max, dt.date.max)) == [dt.date.max]
    assert terms(series(dt.date(9999, 11, 30), dt.date.max, "1 month"))[-1] == dt.date(9999, 12, 30)
    assert terms(series(dt.date.min, dt.date(1, 1, 2)))[0] == dt.date.min


def test_days_keep_the_time_that_clocks_show():
    rows = series(local(SPRING, 20) - dt.timedelta(days=1), local(SPRING, 21), zone=VIENNA)
    assert clocks(rows) == ["28 20:00", "29 20:00"]
    back = series(local(AUTUMN, 20), local(AUTUMN) - dt.timedelta(days=1), "-1 day", zone=VIENNA)
    assert clocks(back) == ["25 20:00", "24 20:00"]


def test_hours_are_hours_whatever_clocks_show():
    rows = series(local(SPRING), local(SPRING, 4), "1 hour", zone=VIENNA)
    assert clocks(rows) == ["29 00:00", "29 01:00", "29 03:00", "29 04:00"]
    twice = series(local(AUTUMN, 1), local(AUTUMN, 3), dt.timedelta(hours=1), zone=VIENNA)
    assert clocks(twice) == ["25 01:00", "25 02:00", "25 02:00", "25 03:00"]
    back = series(local(AUTUMN, 3), local(AUTUMN, 1), dt.timedelta(hours=-1), zone=VIENNA)
    assert clocks(back) == clocks(twice)[::-1]


def test_a_time_that_a_day_does_not_have_is_later_on_that_day_alone():
    """PostgreSQL's own function stays at the later time for ever."""
    start, stop = local(dt.date(2026, 3, 28), 2, 30), local(dt.date(2026, 3, 31), 2, 30)
    rows = series(start, stop, zone=VIENNA)
    assert clocks(rows) == ["28 02:30", "29 03:30", "30 02:30", "31 02:30"]


@pytest.mark.parametrize("fold", [0, 1])
def test_a_series_starts_where_it_starts_in_an_hour_that_comes_twice(fold):
    start = local(AUTUMN, 2, 30, fold=fold)
    rows = series(start, local(AUTUMN, 2, 30) + dt.timedelta(days=1), zone=VIENNA)
    assert terms(rows)[0] == start.astimezone(dt.UTC)
    assert clocks(rows) == ["25 02:30", "26 02:30"]


@pytest.mark.parametrize(("fold", "last"), [(0, "24 02:30"), (1, "25 02:30")])
def test_a_series_stops_before_the_second_of_two_hours_if_it_is_to(fold, last):
    start = local(AUTUMN, 2, 30) - dt.timedelta(days=2)
    rows = series(start, local(AUTUMN, 2, 45, fold=fold), zone=VIENNA)
    assert clocks(rows)[-1] == last


def test_the_zone_is_the_current_one():
    start, stop = local(SPRING, 20) - dt.timedelta(days=1), local(SPRING, 21)
    assert clocks(series(start, stop)) == ["28 20:00", "29 20:00"]
    assert clocks(series(start, stop, zone="UTC")) == ["28 20:00", "29 21:00"]
    assert clocks(series(start, stop, zone=dt.timezone.utc)) == ["28 20:00", "29 21:00"]  # noqa: UP017
    fixed = dt.timezone(dt.timedelta(hours=-5, minutes=-30))
    assert clocks(series(start, stop, zone=fixed)) == ["28 20:00", "29 21:00"]


def test_a_fixed_offset_has_days_of_its_own():
    """On the other side of Greenwich it would be the month before: the sign is the right one."""
    east, month = dt.timezone(dt.timedelta(hours=10)), "1 month"
    start = dt.datetime(2026, 1, 31, 5, tzinfo=east)
    found = series(start, start + dt.timedelta(days=40), month, zone=east)
    assert clocks(found, east) == ["31 05:00", "28 05:00"]


def test_days_and_hours_go_together_in_one_step():
    rows = series(local(dt.date(2026, 3, 28)), local(dt.date(2026, 3, 31)), "1 day 12 hours")
    assert clocks(rows) == ["28 00:00", "29 13:00", "31 00:00"]


@override_settings(USE_TZ=False)
def test_without_time_zones_times_are_those_of_the_connection():
    start = dt.datetime(2026, 3, 28, 20)  # noqa: DTZ001
    rows = series(start, start + dt.timedelta(days=2))
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [start])
        (first,) = cursor.fetchone()
    assert rows.first().term == first
    assert rows.count() == 3


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (series(0, 4, 2, span=True), ["[0, 2)", "[2, 4)", "[4, 6)"]),
        (series(0, 4, 2, span=5), ["[0, 5)", "[2, 7)", "[4, 9)"]),
        (series(4, 0, -2, span=True), ["[4, 6)", "[2, 4)", "[0, 2)"]),
        (
            series(Decimal(0), 1, Decimal("0.5"), span=True),
            ["[0, 0.5)", "[0.5, 1.0)", "[1.0, 1.5)"],
        ),
        (
            series(dt.date(2026, 1, 31), dt.date(2026, 3, 31), "1 month", span=True),
            ["[2026-01-31, 2026-02-28)", "[2026-02-28, 2026-03-31)", "[2026-03-31, 2026-04-30)"],
        ),
        (
            series(dt.date(2026, 1, 2), dt.date(2026, 1, 1), "-1 day", span=True),
            ["[2026-01-02, 2026-01-03)", "[2026-01-01, 2026-01-02)"],
        ),
        (
            series(dt.date(2026, 1, 31), dt.date(2026, 2, 1), span="1 month"),
            ["[2026-01-31, 2026-02-28)", "[2026-02-01, 2026-03-01)"],
        ),
    ],
    ids=range(7),
)
def test_ranges_reach_from_a_term_to_the_next_or_as_far_as_is_said(rows, found):
    assert [str(each) for each in terms(rows)] == found


def test_the_range_of_a_day_has_as_many_hours_as_the_day():
    days = series(local(SPRING), local(SPRING) + dt.timedelta(days=1), span=True, zone=VIENNA)
    assert [row.term.width for row in days] == [dt.timedelta(hours=23), dt.timedelta(hours=24)]
    short = series(local(SPRING, 1, 30), local(SPRING, 1, 30), span="1 hour", zone=VIENNA)
    assert [row.term.width for row in short] == [dt.timedelta(hours=1)]
    day = series(local(AUTUMN), local(AUTUMN), "1 hour", span="1 day", zone=VIENNA)
    assert [row.term.width for row in day] == [dt.timedelta(hours=25)]


def test_ranges_are_bound_to_their_type():
    row = series(1, 2, span=True).first()
    assert row.term == Range(1, 2)
    assert row.term.range_type.name == "int4range"


def test_each_row_has_the_series_of_what_it_has():
    Everything.objects.create(name="one", number=1, small=3)
    Everything.objects.create(name="none", number=3, small=1)
    Everything.objects.create(name="null", number=None, small=1)
    Everything.objects.create(name="two", number=7, small=8)

    rows = series(F("number"), F("small"), each=Everything.objects.all()).order_by("id")

    assert list(rows.values_list("term", "each__name")) == [
        *((1, "one"), (2, "one"), (3, "one")),
        *((7, "two"), (8, "two")),
    ]
    assert [row.pk for row in rows] == [1, 2, 3, 4, 5]
    assert rows.select_related("each")[4].each.name == "two"


def test_each_row_may_have_a_step_and_a_width_of_its_own():
    Everything.objects.create(number=2, small=1)
    Everything.objects.create(number=-5, small=4)
    rows = series(10, 1, F("number"), span=F("small"), each=Everything.objects.all())
    assert [str(row.term) for row in rows] == ["[10, 14)", "[5, 9)"]
    assert [row.term for row in series(1, 5, F("number"), each=Everything.objects.all())] == [
        1,
        3,
        5,
    ]


def test_days_of_each_row():
    Everything.objects.create(day=dt.date(2026, 1, 31), at=local(SPRING, 2, 30))
    rows = series(F("day"), dt.date(2026, 4, 1), "1 month", each=Everything.objects.all())
    assert [str(row.term) for row in rows] == ["2026-01-31", "2026-02-28", "2026-03-31"]
    stop = F("at") + dt.timedelta(days=1)
    assert clocks(series(F("at"), stop, each=Everything.objects.all(), zone=VIENNA)) == [
        "29 03:30",
        "30 03:30",
    ]


def test_what_expressions_say_is_counted_by_postgresql():
    Everything.objects.create(number=1, small=10)
    all_of_them = Everything.objects.all()
    enough = series(F("number"), F("small"), each=all_of_them, max_steps=10)
    assert enough.count() == 10
    with pytest.raises(DataError, match="A series must take at most 9 steps, got step 10"):
        series(F("number"), F("small"), each=all_of_them, max_steps=9).count()


def test_steps_back_and_of_the_calendar_are_counted_too():
    Everything.objects.create(day=dt.date(2026, 5, 31), at=local(AUTUMN, 2, 30), number=10)
    every = {"each": Everything.objects.all()}
    january = dt.date(2026, 1, 31)
    assert series(F("day"), january, "-1 month", **every, max_steps=5).count() == 5
    with pytest.raises(DataError, match="at most 4 steps"), transaction.atomic():
        series(F("day"), january, "-1 month", **every, max_steps=4).count()
    later = local(AUTUMN, 3)
    assert series(F("at"), later, "10 minutes", **every, max_steps=10).count() == 10
    with pytest.raises(DataError, match="at most 9 steps"):
        series(F("at"), later, "10 minutes", **every, max_steps=9).count()


def test_a_series_that_never_ends_is_cut_short_at_once():
    """Nobody waits for 9 223 372 036 854 775 807 rows, nor finds them on a disk."""
    Everything.objects.create(big=2**63 - 1)
    with pytest.raises(DataError, match="at most 100000 steps"):
        list(series(0, F("big"), each=Everything.objects.all()))


def test_a_step_of_nothing_is_postgresqls_to_refuse():
    Everything.objects.create(number=0)
    with pytest.raises(DataError, match="step size cannot equal zero"):
        list(series(1, 5, F("number"), each=Everything.objects.all()))


def test_what_is_given_is_never_part_of_the_text():
    sql, params = series(dt.date(2026, 1, 1), dt.date(2026, 1, 2)).query.sql_with_params()
    assert "2026" not in sql
    assert params[:2] == (dt.date(2026, 1, 1), dt.date(2026, 1, 2))
    hostile = "Europe/Vienna'; DROP TABLE spans_everything; --"
    with pytest.raises(RangesError):
        series(local(SPRING), local(SPRING), zone=hostile)


def test_an_outer_name_without_an_outer_query_is_told():
    with pytest.raises(ValueError, match="outer query"):
        list(series(1, OuterRef("number")))
