"""What a series is asked for is checked before any query; no models are left behind."""

import datetime as dt
import pickle
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.contrib.postgres import fields as postgres
from django.core import checks
from django.db import models
from django.db.migrations.state import ProjectState
from django.db.models import F, OuterRef
from django.test import override_settings
from django.utils import timezone

from matinee.exceptions import RangesError, RangeTypeError
from matinee.ranges import fields, generate_series, series
from matinee.ranges._series._steps import Step
from tests.spans.models import Everything

DAY = dt.date(2026, 1, 31)
NOON = dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)


REFUSED = [
    (lambda: series("1", 5), "ranges.element"),
    (lambda: series(None, 5), "ranges.element"),
    (lambda: series(1, True), "ranges.element"),
    (lambda: series(1, 5, 0), "ranges.step"),
    (lambda: series(1, 5, "1"), "ranges.element"),
    (lambda: series(1, 5, span=-1), "ranges.step"),
    (lambda: series(1, 2**63), "ranges.overflow"),
    (lambda: series(Decimal("NaN"), 5), "ranges.unbounded"),
    (lambda: series(1, Decimal("Infinity")), "ranges.unbounded"),
    (lambda: series(1, Decimal("1e1000000")), "ranges.overflow"),
    (lambda: series(1, float("inf")), "ranges.unbounded"),
    (lambda: series(DAY, NOON), "ranges.element"),
    (lambda: series(DAY, 5), "ranges.element"),
    (lambda: series(DAY, DAY, 1), "ranges.step"),
    (lambda: series(DAY, DAY, dt.timedelta(hours=12)), "ranges.step"),
    (lambda: series(DAY, DAY, "1 day -1 month"), "ranges.step"),
    (lambda: series(DAY, DAY, "0 days"), "ranges.step"),
    (lambda: series(DAY, DAY, "often"), "ranges.step"),
    (lambda: series(DAY, DAY, "1 day; select 1"), "ranges.step"),
    (lambda: series(DAY, DAY, "999999999 years"), "ranges.step"),
    (lambda: series(DAY, DAY, "1" * 10_000), "ranges.step"),
    (lambda: series(DAY, DAY, span=dt.timedelta(days=-1)), "ranges.step"),
    (lambda: series(NOON, NOON, zone="Europe/Atlantis"), "ranges.zone"),
    (lambda: series(NOON, NOON, zone="../etc/passwd"), "ranges.zone"),
    (lambda: series(NOON, NOON, zone=5), "ranges.zone"),
    (lambda: series(1, F("number")), "ranges.rows"),
    (lambda: series(1, F("number") + OuterRef("number")), "ranges.rows"),
    (lambda: series(OuterRef("day"), OuterRef("day")), "ranges.element"),
    (lambda: series(1, 5, output_field=models.CharField()), "ranges.type"),
    (lambda: series(1, 5, max_steps=0), "ranges.steps"),
    (lambda: series(1, 5, max_steps=True), "ranges.steps"),
    (lambda: series(1, F("number"), each=Everything.objects.all(), max_steps="9"), "ranges.steps"),
    (lambda: series(1, 5) & series(1, 6), "ranges.invalid"),
    (lambda: series(1, 5) | series(1, 5), "ranges.invalid"),
    (lambda: series(1, 5).update(term=3), "ranges.read_only"),
    (lambda: series(1, 5).delete(), "ranges.read_only"),
    (lambda: series(1, 5).create(term=3), "ranges.read_only"),
    (lambda: series(1, 5).bulk_create([]), "ranges.read_only"),
    (lambda: series(1, 5).model(term=3).save(), "ranges.read_only"),
    (lambda: series(1, 5).model(term=3).delete(), "ranges.read_only"),
    (lambda: generate_series(start=5, stop=1), "ranges.inverted"),
    (lambda: generate_series(start=DAY, stop=DAY), "ranges.step"),
    (lambda: generate_series(start=1, stop=5, output_field=models.CharField), "ranges.type"),
    (lambda: generate_series(start=1, stop=5, default_bounds="()]"), "ranges.bounds"),
    (lambda: generate_series(start=1, stop=5, iterable=[[]]), "ranges.element"),
]


@pytest.mark.parametrize(("asked", "code"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_no_series_is_refused_before_any_query(asked, code):
    with pytest.raises(RangesError) as error:
        asked()
    assert error.value.code == code
    assert len(error.value.message) < 300


def test_terms_are_combined_with_a_queryset_or_an_iterable():
    with pytest.raises(ValueError, match="got both"):
        generate_series(start=1, stop=5, queryset=Everything.objects.all(), iterable=[1])


@pytest.mark.parametrize(
    ("start", "stop", "step"),
    [
        (1, 10, None),
        (10, 1, -1),
        (2**40, 2**40 + 9, 1),
        (Decimal(0), Decimal("0.9"), Decimal("0.1")),
        (DAY, dt.date(2026, 10, 31), "1 month"),
        (DAY, dt.date(2025, 4, 30), "-1 month"),
        (DAY, dt.date(2026, 2, 9), None),
        (NOON, dt.datetime(2026, 1, 31, 21, tzinfo=dt.UTC), "1 hour"),
        (NOON, dt.datetime(2026, 1, 31, 3, tzinfo=dt.UTC), dt.timedelta(hours=-1)),
    ],
)
def test_a_series_takes_as_many_steps_as_it_may_and_no_more(start, stop, step):
    series(start, stop, step, max_steps=10)
    with pytest.raises(RangesError, match="at most 9 steps") as error:
        series(start, stop, step, max_steps=9)
    assert error.value.code == "ranges.steps"


def test_how_many_steps_there_may_be_is_a_setting():
    series(1, 100_000)
    with pytest.raises(RangesError, match="at most 100000 steps"):
        series(1, 100_001)
    with override_settings(MATINEE={"ranges": {"max_steps": 5}}):
        series(1, 5)
        with pytest.raises(RangesError, match="at most 5 steps"):
            series(1, 6)
        series(1, 6, max_steps=6)


def test_years_that_python_does_not_have_are_beyond_every_stop():
    series(dt.date(9990, 1, 1), dt.date.max, "1 year")
    series(dt.date(10, 1, 1), dt.date.min, "-1 year")


def test_a_datetime_without_a_zone_is_told_as_django_does():
    with pytest.warns(RuntimeWarning, match="naive datetime"):
        series(NOON.replace(tzinfo=None), NOON)


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("1 month", Step(1, 0, 0)),
        ("2 Weeks", Step(0, 14, 0)),
        ("1 year 2 mons", Step(14, 0, 0)),
        ("3 centuries", Step(3_600, 0, 0)),
        ("90 minutes", Step(0, 0, 5_400_000_000)),
        ("1.5 hours", Step(0, 0, 5_400_000_000)),
        ("1.5 days", Step(0, 1, 43_200_000_000)),
        ("-1 day", Step(0, -1, 0)),
        ("01:30", Step(0, 0, 5_400_000_000)),
        ("1 day 00:00:00.000001", Step(0, 1, 1)),
    ],
)
def test_a_step_is_read_as_an_interval(text, step):
    assert Step.of(text) == step


def test_an_hour_back_is_not_a_day_back_and_the_rest_forth():
    """As Python writes it, which PostgreSQL would read so."""
    assert str(dt.timedelta(hours=-1)) == "-1 day, 23:00:00"
    assert Step.of(dt.timedelta(hours=-1)) == Step(0, 0, -3_600_000_000)


def test_the_term_is_in_the_field_that_was_said():
    said = models.DecimalField(max_digits=9, decimal_places=3)
    field = series(1, 2, output_field=said).model._meta.get_field("term")
    assert (type(field), field.max_digits, field.decimal_places) == (models.DecimalField, 9, 3)
    ranges = series(1, 2, output_field=postgres.DecimalRangeField(default_bounds="[]"))
    assert ranges.model._meta.get_field("term").default_bounds == "[]"


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        (series(1, 2), models.IntegerField),
        (series(2**31, 2**31), models.BigIntegerField),
        (series(1, OuterRef("number")), models.BigIntegerField),
        (series(1, Decimal(2)), models.DecimalField),
        (series(1, 2, 0.5), models.DecimalField),
        (series(DAY, DAY), models.DateField),
        (series(1, 2, span=True), fields.IntegerRangeField),
        (series(2**31 - 1, 2**31 - 1, span=1), fields.BigIntegerRangeField),
        (series(1, OuterRef("number"), span=True), fields.IntegerRangeField),
        (series(DAY, DAY, span="1 week"), fields.DateRangeField),
    ],
)
def test_the_field_of_the_term_is_seen_from_what_is_asked(rows, field):
    assert type(rows.model._meta.get_field("term")) is field


def test_one_model_is_made_for_a_kind_and_not_for_a_call():
    assert series(1, 5).model is series(7, 9, 2).filter(term=5).model
    assert series(1, 5).model is not series(DAY, DAY).model
    assert series(1, 5).model is not series(1, F("number"), each=Everything.objects.all()).model


def test_nothing_knows_of_the_models():
    known = set(apps.get_models(include_auto_created=True))
    related = list(Everything._meta.get_fields(include_hidden=True))

    rows = [
        series(DAY, DAY, span=True),
        series(1, F("number"), each=Everything.objects.all()),
        generate_series(start=1, stop=2, queryset=Everything.objects.all(), include_id=True),
    ]
    Everything._meta._expire_cache()

    assert set(apps.get_models(include_auto_created=True)) == known
    assert list(Everything._meta.get_fields(include_hidden=True)) == related
    assert not known.intersection(each.model for each in rows)
    assert [each.model._meta.managed for each in rows] == [False] * 3


def test_rows_and_queries_can_be_pickled():
    rows = series(DAY, F("day"), each=Everything.objects.filter(number=1))
    again = pickle.loads(pickle.dumps(rows.query))
    assert str(again) == str(rows.query)
    assert pickle.loads(pickle.dumps(rows.model)) is rows.model
    row = series(1, 5).model(term=3)
    assert pickle.loads(pickle.dumps(row)) == row
    assert repr(row) == "<Series: 3>"


def test_there_is_nothing_to_migrate_and_nothing_to_check():
    model = series(DAY, DAY, span=True).model
    state = ProjectState.from_apps(apps)
    assert ("spans", "everything") in state.models
    assert ("matinee", "series") not in state.models
    assert model not in {each.obj for each in checks.run_checks()}


def test_a_current_zone_of_a_fixed_offset_will_do():
    with timezone.override(dt.timezone(dt.timedelta(hours=5, minutes=30))):
        assert "<fixed>-5:30:00" in str(series(NOON, NOON, "1 day").query)
    with timezone.override(ZoneInfo("Asia/Kolkata")):
        assert "Asia/Kolkata" in str(series(NOON, NOON, "1 day").query)


def test_what_python_takes_for_both_is_an_error_of_either_kind():
    with pytest.raises(ValueError, match="ints, Decimals, dates"):
        series("1", "2")
    with pytest.raises(RangeTypeError, match="ints, Decimals, dates"):
        series([], [])
