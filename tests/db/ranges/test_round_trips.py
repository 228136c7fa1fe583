"""What ranges are after they were somewhere else: in fixtures, migrations, pickles, JSON, defaults."""

import copy
import datetime as dt
import json
import pickle
from decimal import Decimal
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.contrib.postgres.fields import ArrayField
from django.core import serializers
from django.core.management import call_command
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter
from django.db.models.functions import Now, TruncDate
from django.http import JsonResponse
from django.test.utils import isolate_apps

from matinee.exceptions import RangesError
from matinee.ranges import (
    DATERANGE,
    INFINITY,
    INT4RANGE,
    INT8RANGE,
    MINUS_INFINITY,
    NUMRANGE,
    TSRANGE,
    TSTZRANGE,
    MultiRange,
    Range,
    fields,
)
from matinee.ranges.json import RangeJSONEncoder, range_from_json
from tests.spans.models import Everything

DAY = dt.date(2026, 1, 1)
NOON = dt.datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=dt.UTC)
NAIVE = NOON.replace(tzinfo=None)
ENDS = {
    "ints": (INT4RANGE, 1, 9),
    "bigs": (INT8RANGE, 2**62, 2**62 + 9),
    "nums": (NUMRANGE, Decimal("-1.10"), Decimal("1E+40")),
    "days": (DATERANGE, dt.date(9999, 12, 1), dt.date(9999, 12, 30)),
    "during": (TSTZRANGE, NOON, NOON.replace(year=2027, tzinfo=ZoneInfo("Europe/Vienna"))),
}
FORMATS = ["json", "jsonl", "xml", "python", "yaml"]

pytestmark = pytest.mark.django_db


class DateRange(models.Func):
    function = "daterange"
    output_field = fields.DateRangeField()


def ranges(name):
    """Return ranges of each form there is, for one field."""
    range_type, first, last = ENDS[name]
    found = [Range(first, last, bounds) for bounds in ("[)", "()")]
    found += [Range(first, None), Range(None, last, "()"), Range(None, None, "()")]
    found += [Range(empty=True), Range(first, first, "[]")]
    if name in {"days", "during"}:
        found += [Range(MINUS_INFINITY, last), Range(first, INFINITY)]
    if name == "nums":
        found += [Range(first, last, "(]"), Range(first, Decimal("Infinity"), "[]")]
        found += [Range(first, Decimal("NaN"), "[]"), Range(Decimal("-Infinity"), first)]
    if name == "during":
        found += [Range(first, last, "[]"), Range(first, last, "(]")]
    return [each.bind(range_type) for each in found]


MANY = {"ints": "many_ints", "bigs": "many_bigs", "nums": "many_nums"} | {
    "days": "many_days",
    "during": "many_times",
}


def rows():
    """Return a row for each range of each type, with a multirange of it too."""
    for name in ENDS:
        for each in ranges(name):
            low, high = each.range_type.coerce(ENDS[name][1]), each
            many = MultiRange([high, Range(low, low, "[]")], range_type=each.range_type)
            array = [each, Range(empty=True)] if name == "ints" else None
            yield Everything(**{name: each, MANY[name]: many, "several": array})


def values_of(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.fields}


def alike(one, other):
    """Whether they are the same, their written bounds and digits too."""
    return one == other and repr(one) == repr(other)


# Fixtures.


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_dumped_is_what_is_loaded(form):
    if form == "yaml":
        pytest.importorskip("yaml")
    Everything.objects.bulk_create(rows())
    before = [values_of(row) for row in Everything.objects.order_by("pk")]

    dumped = serializers.serialize(form, Everything.objects.order_by("pk"))
    Everything.objects.all().delete()
    for each in serializers.deserialize(form, dumped):
        each.save()

    assert [values_of(row) for row in Everything.objects.order_by("pk")] == before


@pytest.mark.parametrize("form", ["json", "jsonl", "xml", "yaml"])
def test_the_commands_dump_and_load(form, tmp_path):
    if form == "yaml":
        pytest.importorskip("yaml")
    Everything.objects.create(ints=(1, 5), many_times=[(NOON, INFINITY)], days=Range(empty=True))
    before = values_of(Everything.objects.get())
    file = tmp_path / f"rows.{form}"

    call_command("dumpdata", "spans.everything", format=form, output=str(file), verbosity=0)
    Everything.objects.all().delete()
    call_command("loaddata", str(file), verbosity=0)

    assert values_of(Everything.objects.get()) == before


def test_a_fixture_of_django_s_own_ranges_is_loaded():
    text = '{"bounds": "[]", "lower": "1", "upper": "9"}'
    fixture = [{"model": "spans.everything", "pk": 1, "fields": {"ints": text}}]

    call = StringIO(json.dumps(fixture))
    (found,) = serializers.deserialize("json", call)

    assert found.object.ints == Range(1, 10)


def test_a_pair_that_was_not_saved_is_dumped():
    (found,) = json.loads(serializers.serialize("json", [Everything(ints=(1, 5))]))

    assert json.loads(found["fields"]["ints"]) == {"lower": "1", "upper": "5", "bounds": "[)"}


# Pickles and copies.


def test_a_pickle_or_a_copy_is_what_it_was():
    Everything.objects.bulk_create(rows())
    held = list(Everything.objects.order_by("pk"))

    for made in (pickle.loads(pickle.dumps(held)), copy.deepcopy(held), map(copy.copy, held)):
        for one, other in zip(made, held, strict=True):
            for name, value in values_of(one).items():
                wanted = getattr(other, name)
                assert alike(value, wanted)
                assert getattr(value, "range_type", None) is getattr(wanted, "range_type", None)


def test_a_queryset_that_asks_for_ranges_can_be_pickled():
    Everything.objects.create(name="here", ints=(1, 5))
    asked = Everything.objects.filter(ints__overlap=Range(2, 3), ints__lower__gte=1)

    query = pickle.loads(pickle.dumps(asked.query))
    again = Everything.objects.all()
    again.query = query

    assert [row.name for row in again] == ["here"]


# Migrations.

VALUES = [
    *(each for name in ENDS for each in ranges(name)),
    Range(1, 5),
    Range(DAY, None, "()"),
    Range(NAIVE, INFINITY, range_type=TSRANGE),
    MultiRange(),
    MultiRange([Range(1, 2), Range(5, None)]),
    MultiRange([Range(1, 2)], range_type=INT4RANGE),
    INFINITY,
    MINUS_INFINITY,
    INT4RANGE,
    TSTZRANGE,
]


@pytest.mark.parametrize("value", VALUES, ids=[str(n) for n in range(len(VALUES))])
def test_a_migration_writes_what_it_reads(value):
    text, imports = MigrationWriter.serialize(value)

    names: dict = {}
    exec("\n".join(imports), names)
    found = eval(text, names)

    assert found == value
    assert getattr(found, "bounds", None) == getattr(value, "bounds", None)
    assert type(found) is type(value)
    assert getattr(found, "range_type", None) is getattr(value, "range_type", None)


def state_of(model):
    found = ProjectState()
    found.add_model(ModelState.from_model(model))
    for each in found.models.values():
        each.options = {"indexes": [], "constraints": [], **each.options}
    return found


@isolate_apps("tests.spans")
def test_a_default_is_no_reason_for_a_second_migration():
    class Held(models.Model):
        span = fields.IntegerRangeField(default=Range(1, 5))
        at = fields.DateTimeRangeField(default=(NOON, None), db_default=Range(NOON, INFINITY))
        many = fields.DateMultiRangeField(default=MultiRange([Range(DAY, None)]))
        none = fields.DateMultiRangeField(default=MultiRange)

        class Meta:
            app_label = "spans"

    changes = MigrationAutodetector(ProjectState(), state_of(Held))._detect_changes()
    text = MigrationWriter(changes["spans"][0]).as_string()
    names: dict = {}
    exec(text, names)
    again = ProjectState()
    for operation in names["Migration"].operations:
        operation.state_forwards("spans", again)

    assert "default=matinee.ranges.Range(1, 5, '[)')" in text
    assert "default=matinee.ranges.MultiRange)" in text
    assert MigrationAutodetector(again, state_of(Held))._detect_changes() == {}


# What the database fills in.


@pytest.fixture
def table():
    """Make tables of models that are there for one test."""
    made = []

    def make(model):
        with connection.schema_editor() as editor:
            editor.create_model(model)
        made.append(model)
        return model

    return make


@isolate_apps("tests.spans")
def test_the_database_s_defaults_are_the_declared_ranges(table):
    class Defaulted(models.Model):
        ints = fields.IntegerRangeField(db_default=Range(1, 9, "[]"))
        nums = fields.DecimalRangeField(db_default=Range(Decimal("0.5"), None, "()"))
        days = fields.DateRangeField(db_default=Range(DAY, INFINITY))
        times = fields.DateTimeRangeField(db_default=Range(empty=True))
        many = fields.BigIntegerMultiRangeField(
            db_default=MultiRange([Range(1, 2), Range(5, None)])
        )
        since = fields.DateRangeField(db_default=DateRange(TruncDate(Now()), models.Value(None)))

        class Meta:
            app_label = "spans"

    table(Defaulted)
    made = Defaulted.objects.create()
    read = Defaulted.objects.get()

    Defaulted.objects.bulk_create([Defaulted(), Defaulted(ints=(3, 4))])
    assert Defaulted.objects.filter(ints=Range(1, 10)).count() == 2

    for row in (made, read):
        assert row.ints == Range(1, 10)
        assert row.nums == Range(Decimal("0.5"), None, "()")
        assert row.days == Range(DAY, INFINITY)
        assert row.times.is_empty
        assert row.many == MultiRange([Range(1, 2), Range(5, None)])
        assert (row.since.lower_inc, row.since.upper) == (True, None)
        assert row.many.range_type is INT8RANGE


@isolate_apps("tests.spans")
def test_a_generated_column_is_a_range_of_its_own(table):
    class Generated(models.Model):
        first, last = models.DateField(), models.DateField()
        days = models.GeneratedField(
            expression=DateRange("first", "last", models.Value("[]")),
            output_field=fields.DateRangeField(),
            db_persist=True,
        )

        class Meta:
            app_label = "spans"

    table(Generated)
    made = Generated.objects.create(first=DAY, last=DAY)
    read = Generated.objects.get()

    wanted = Range(DAY, DAY + dt.timedelta(1), range_type=DATERANGE)
    for row in (made, read):
        assert (row.days, row.days.range_type) == (wanted, DATERANGE)
    assert Generated.objects.filter(days__contains=DAY).exists()


@isolate_apps("tests.spans")
def test_arrays_of_ranges_and_multiranges_are_what_they_were(table):
    class Arrays(models.Model):
        times = ArrayField(fields.DateTimeRangeField(), default=list)
        nums = ArrayField(ArrayField(fields.DecimalRangeField()), null=True)
        many = ArrayField(fields.IntegerMultiRangeField(), null=True)

        class Meta:
            app_label = "spans"

    table(Arrays)
    times = ranges("during")
    nums = [[each] for each in ranges("nums")]
    many = [MultiRange([Range(1, 2), Range(5, None)]), MultiRange()]
    Arrays.objects.create(times=times, nums=nums, many=many)

    row = Arrays.objects.get()

    assert (row.times, row.nums, row.many) == (times, nums, many)
    assert {each.range_type for each in row.many} == {INT4RANGE}


# JSON.


@pytest.mark.parametrize("name", ENDS)
def test_json_is_read_as_what_was_written(name):
    for each in ranges(name):
        many = MultiRange([each], range_type=each.range_type)
        for value in (each, many):
            text = json.dumps(value, cls=RangeJSONEncoder)

            found = range_from_json(json.loads(text), each.range_type)

            assert alike(found, value) or found == value
            assert found.range_type is each.range_type


def test_json_has_the_parts_of_a_range():
    value = {
        "ints": Range(1, 5),
        "days": MultiRange([Range(DAY, INFINITY)]),
        "nums": Range(Decimal("0.10"), None, "()"),
        "at": Range(NOON, NOON, "[]"),
        "none": Range(empty=True),
        "far": INFINITY,
        "plain": DAY,
    }

    assert json.loads(json.dumps(value, cls=RangeJSONEncoder)) == {
        "ints": {"lower": 1, "upper": 5, "bounds": "[)"},
        "days": [{"lower": "2026-01-01", "upper": "infinity", "bounds": "[)"}],
        "nums": {"lower": "0.10", "upper": None, "bounds": "()"},
        "at": {
            "lower": "2026-01-01T12:00:00.123456+00:00",
            "upper": "2026-01-01T12:00:00.123456+00:00",
            "bounds": "[]",
        },
        "none": {"empty": True},
        "far": "infinity",
        "plain": "2026-01-01",
    }
    with pytest.raises(TypeError):
        json.dumps(value, cls=DjangoJSONEncoder)


def test_a_response_and_a_json_column_take_the_encoder():
    response = JsonResponse({"span": Range(1, 5)}, encoder=RangeJSONEncoder)

    assert json.loads(response.content)["span"]["upper"] == 5
    field = models.JSONField(encoder=RangeJSONEncoder)
    assert "bounds" in field.get_db_prep_value({"span": Range(1, 5)}, connection).dumps(
        {"span": Range(1, 5)}
    )


def test_what_json_says_and_is_no_range_is_refused():
    for wrong in (
        5,
        "x",
        {"low": 1},
        {"lower": "x"},
        {"lower": 5, "upper": 1},
        [5],
        {"bounds": "x"},
    ):
        with pytest.raises(RangesError):
            range_from_json(wrong, INT4RANGE)
    for text in ("x", "1e", "5874897-01-01"):
        for range_type in (NUMRANGE, DATERANGE, TSRANGE, TSTZRANGE):
            with pytest.raises(RangesError):
                range_from_json({"lower": text}, range_type)


def test_postgresql_s_text_in_json_is_read():
    assert range_from_json("[1,5]", INT4RANGE) == Range(1, 6)
    assert range_from_json(["empty", "[2026-01-01,infinity)"], DATERANGE) == MultiRange(
        [Range(DAY, INFINITY)]
    )
