"""The laws of series: their rows are PostgreSQL's, and those that Python comes to step by step.

PostgreSQL's ``generate_series`` goes from one term to the next; where it thereby loses the end of a
month, or the time of day in the hour that clocks leave out, the law is its own sum: the start and
so many steps.
"""

import datetime as dt
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, models
from django.db.models import F, OuterRef, Value
from django.db.models.functions import Cast
from hypothesis import assume, example, given
from hypothesis import strategies as st

from matinee.exceptions import RangesError
from matinee.ranges import series
from matinee.ranges._series._steps import Step
from tests.spans.models import Everything

pytestmark = pytest.mark.django_db

MOST = 400
# Lord Howe moves its clocks by half an hour, Apia left out a day, Beirut begins a day at one.
ZONES = [
    ZoneInfo(name)
    for name in (
        *("Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"),
        *("Asia/Beirut", "Asia/Kolkata", "UTC"),
    )
]
# In UTC, one of them where each zone's clocks change.
CHANGES = [
    dt.datetime.fromisoformat(f"{each}Z")
    for each in (
        *("2026-03-29T01:00", "2026-10-25T01:00", "2026-03-08T07:00", "2026-11-01T06:00"),
        *("2026-04-04T15:00", "2026-10-03T15:30", "2011-12-30T10:00", "2026-03-28T22:00"),
        "2026-01-31T12:00",
    )
]
near_a_change = st.builds(
    lambda change, minutes: change + dt.timedelta(minutes=minutes),
    st.sampled_from(CHANGES),
    st.integers(-4 * 24 * 6, 4 * 24 * 6).map(lambda n: n * 10),
)
signs = st.sampled_from([1, -1])
clock_steps = st.integers(10, 3_000).map(lambda n: dt.timedelta(minutes=n)) | st.sampled_from(
    [dt.timedelta(minutes=30), dt.timedelta(hours=1), dt.timedelta(hours=6)]
)
zones = st.sampled_from(ZONES)


def raw(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT t FROM {sql} AS g(t)", params)
        return [term for (term,) in cursor.fetchall()]


def summed(start, stop, step, zone):
    """PostgreSQL's sums of the start and so many steps, up to the stop."""
    calendar = f"{step.months} months {step.days} days"
    clock = f"{step.microseconds} microseconds"
    compared = "<=" if step.way > 0 else ">="
    return raw(
        f"""(SELECT t FROM (SELECT CASE n WHEN 0 THEN a ELSE
            ((a AT TIME ZONE z) + n * c::interval) AT TIME ZONE z + n * k::interval END
            FROM (SELECT %s::timestamptz, %s, %s, %s) q(a, z, c, k), generate_series(0, %s) n)
        s(t) WHERE t {compared} %s)""",
        *(start, zone.key, calendar, clock, MOST, stop),
    )


def terms(rows):
    return [row.term for row in rows.order_by("term")]


@given(st.integers(-500, 500), st.integers(-500, 500), st.integers(-20, 20).filter(bool))
@example(2**31 - 3, 2**31 - 1, 1)
@example(2**31 - 3, 2**31 + 3, 2)
@example(2**63 - 3, 2**63 - 1, 2)
@example(-(2**63), -(2**63) + 2, 1)
def test_integers_are_postgresqls_and_pythons(start, stop, step):
    found = terms(series(start, stop, step, max_steps=2_000))
    assert found == sorted(
        raw("generate_series((%s)::bigint, (%s)::bigint, (%s)::bigint)", start, stop, step)
    )
    assert found == sorted(range(start, stop + (1 if step > 0 else -1), step))
    ranges = (
        [row.term for row in series(start, stop, step, span=3, max_steps=2_000)]
        if stop < 2**60
        else []
    )
    assert sorted((each.lower, each.upper) for each in ranges) == [
        (each, each + 3) for each in found if ranges
    ]


decimals = st.decimals(-100, 100, places=2, allow_nan=False)


@given(decimals, decimals, decimals.filter(lambda step: abs(step) > Decimal("0.3")))
def test_decimals_are_postgresqls_and_pythons(start, stop, step):
    found = terms(series(start, stop, step, max_steps=2_000))
    assert found == sorted(
        raw("generate_series(%s::numeric, %s::numeric, %s::numeric)", start, stop, step)
    )
    many = max(int((stop - start) // step) if (stop - start) * step >= 0 else -1, -1)
    assert found == sorted(start + n * step for n in range(many + 1))


days = st.dates(dt.date(2023, 12, 1), dt.date(2026, 3, 10))


@given(days, st.integers(-MOST, MOST), st.integers(1, 40), signs)
def test_days_are_postgresqls_and_pythons(start, length, step, sign):
    stop, by = start + dt.timedelta(days=length), dt.timedelta(days=step * sign)
    found = terms(series(start, stop, by))
    steps = f"{by.days} days"
    assert found == sorted(
        each.date()
        for each in raw(
            "generate_series(%s::timestamp, %s::timestamp, %s::interval)", start, stop, steps
        )
    )
    assert found == sorted(start + dt.timedelta(days=n) for n in range(0, length + sign, by.days))
    spans = [row.term for row in series(start, stop, by, span=True)]
    assert sorted((each.lower, each.upper) for each in spans) == [
        (each, each + abs(by)) for each in found
    ]


@given(days, st.integers(-30, 30), st.integers(1, 14), signs)
def test_months_are_postgresqls_sums(start, length, step, sign):
    stop, by = start + dt.timedelta(days=length * 40), f"{step * sign} months"
    compared = "<=" if sign > 0 else ">="
    expected = raw(
        f"(SELECT t FROM (SELECT (%s::date + n * %s::interval)::date FROM generate_series(0, {MOST}) n)"
        f" s(t) WHERE t {compared} %s)",
        *(start, by, stop),
    )
    assert terms(series(start, stop, by)) == sorted(expected)
    if start.day <= 28:
        steps = "generate_series(%s::timestamp, %s::timestamp, %s::interval)"
        assert sorted(expected) == sorted(each.date() for each in raw(steps, start, stop, by))


@given(near_a_change, st.integers(-MOST, MOST), clock_steps, signs, zones)
def test_steps_by_the_clock_are_postgresqls_whatever_the_zone(start, many, step, sign, zone):
    stop = start + many * dt.timedelta(minutes=17)
    text = f"{int(step.total_seconds()) * sign} seconds"
    found = terms(series(start, stop, text, zone=zone))
    assert found == sorted(
        raw("generate_series(%s::timestamptz, %s::timestamptz, %s::interval)", start, stop, text)
    )
    by = sign * step
    assert found == sorted(
        start + n * by
        for n in range(MOST * 2)
        if (start + n * by <= stop if sign > 0 else start + n * by >= stop)
    )


@given(near_a_change, st.integers(1, 30), st.integers(1, 5), signs, zones)
def test_days_are_postgresqls_sums_and_show_the_same_time(start, many, step, sign, zone):
    stop = start + sign * dt.timedelta(days=many)
    found = terms(series(start, stop, dt.timedelta(days=step * sign), zone=zone))
    assert found == sorted(summed(start, stop, Step(0, step * sign, 0), zone))
    wall = start.astimezone(zone).replace(tzinfo=None)
    for term in found:
        shown = term.astimezone(zone).replace(tzinfo=None)
        there = dt.datetime.combine(shown.date(), wall.time(), zone)
        skipped = there.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None) != there.replace(
            tzinfo=None
        )
        assert shown.time() == wall.time() or skipped


# Back over the day that Apia left out, PostgreSQL's rows never end.
@given(
    near_a_change,
    st.integers(-30, 30),
    st.integers(1, 5),
    signs,
    zones.filter(lambda zone: zone.key != "Pacific/Apia"),
)
def test_days_are_postgresqls_rows_where_no_clock_leaves_their_hour_out(
    start, many, step, sign, zone
):
    if connection.pg_version < 160000:
        pytest.skip("It takes no zone before PostgreSQL 16.")
    stop = start + dt.timedelta(days=many)
    by = f"{step * sign} days"
    theirs = raw(
        "generate_series(%s::timestamptz, %s::timestamptz, %s::interval, %s)",
        start,
        stop,
        by,
        zone.key,
    )
    shown = {each.astimezone(zone).time() for each in theirs}
    assume(len(shown) <= 1)
    assert terms(series(start, stop, by, zone=zone)) == sorted(theirs)


steps = st.builds(
    lambda sign, *parts: Step(*(sign * part for part in parts)),
    signs,
    st.integers(0, 3),
    st.integers(0, 9),
    st.integers(0, 48).map(lambda n: n * 1_800_000_000),
).filter(lambda step: step.way)


@given(near_a_change, st.integers(-90, 90), steps, zones)
def test_months_days_and_hours_together_are_postgresqls_sums(start, length, step, zone):
    stop = start + dt.timedelta(days=length / 10 if not (step.months or step.days) else length)
    rows = series(start, stop, str(step), zone=zone)
    assert terms(rows) == sorted(summed(start, stop, step, zone))


@given(near_a_change, st.integers(-90, 90), steps, zones)
def test_what_is_asked_by_another_row_is_what_is_asked_outright(start, length, step, zone):
    """The SQL for what is not known beforehand is another one."""
    stop = start + dt.timedelta(days=length / 10 if not (step.months or step.days) else length)
    known = terms(series(start, stop, str(step), zone=zone))
    interval = Cast(Value(str(step)), models.DurationField())
    Everything.objects.all().delete()
    Everything.objects.create(at=start)
    each = series(F("at"), stop, interval, zone=zone, each=Everything.objects.all())
    assert terms(each) == known
    outer = series(OuterRef("at"), stop, interval, zone=zone).values("term").order_by("term")
    assert Everything.objects.values_list(ArraySubquery(outer), flat=True).get() == known


@given(near_a_change, st.integers(-60, 60), steps, zones)
def test_ranges_leave_nothing_out_between_them(start, length, step, zone):
    stop = start + dt.timedelta(days=length / 10 if not (step.months or step.days) else length)
    ranges = [row.term for row in series(start, stop, str(step), zone=zone, span=True)]
    assert sorted(each.lower for each in ranges) == terms(series(start, stop, str(step), zone=zone))
    ranges = ranges[:: step.way]
    # Two steps may lead to one term, in the hour that clocks leave out: the range is empty then.
    full = [each for each in ranges if each]
    assert all(one.upper == other.lower for one, other in pairwise(full))


@given(near_a_change, steps, st.integers(1, 40), zones)
def test_a_series_may_take_just_as_many_steps_as_it_has_terms(start, step, many, zone):
    """Python counts beforehand, and comes to PostgreSQL's count."""
    stop = start + step.way * dt.timedelta(days=many)
    assume(step.months or step.days or step.microseconds >= 10_800_000_000)
    count = series(start, stop, str(step), zone=zone).count()
    assert series(start, stop, str(step), zone=zone, max_steps=count).count() == count
    if count > 1:
        with pytest.raises(RangesError, match="steps"):
            series(start, stop, str(step), zone=zone, max_steps=count - 1)
