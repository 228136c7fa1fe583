"""Ranges in JSON from one statement: where PostgreSQL writes them, and where it is not trusted to."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from django.db.models import F
from django.utils import timezone
from rest_framework import serializers as s

from matinee.ranges import MultiRange, Range, drf
from matinee.reads.drf import computed
from matinee.reads.drf._fingerprint import fingerprint, written_as
from matinee.reads.drf._json import answering, why_not
from tests.db.reads.test_serializers import of
from tests.spans.everything import Everything, Part

NOON = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)

# The first that the connection has, and the last.
FIRST = dt.datetime(1, 1, 1, 3, tzinfo=dt.UTC)
LAST = dt.datetime(9999, 12, 31, 23, tzinfo=dt.UTC)
LACKING = {"Asia/Kolkata": "9999-12-31T20:00:00-03:00", "UTC": "9999-12-31T23:00:00Z"}


@pytest.fixture
def everything(db):
    whole = Everything.objects.create(
        ints=Range(1, 5),
        nums=Range(Decimal("1.50"), Decimal("2.25")),
        days=Range(dt.date(2026, 1, 1), None),
        during=Range(NOON, NOON + dt.timedelta(hours=2)),
        many_days=MultiRange([Range(dt.date(2026, 1, 1), dt.date(2026, 2, 1))]),
        many_times=MultiRange([Range(NOON, None)]),
        several=[Range(1, 5), Range(empty=True)],
    )
    for number in range(3):
        Part.objects.create(whole=whole, ints=Range(number, None), during=Range(None, NOON))
    return whole


class Loud(drf.DateTimeRangeField):
    """A field of one's own."""

    def to_representation(self, value):
        return {**super().to_representation(value), "loud": True}


class Quiet(drf.DateRangeField):
    """One that changes nothing, which nobody knows of code."""


class Bare(drf.IntegerRangeField):
    """One that takes its value from elsewhere."""

    def get_attribute(self, instance):
        return Range(7, 8)


WRITTEN = {
    "declared": lambda: {"during": drf.DateTimeRangeField()},
    "of another name": lambda: {"time": drf.DateTimeRangeField(source="during", read_only=True)},
    "with a child": lambda: {"during": drf.DateTimeRangeField(child=s.DateTimeField())},
    "numbers as numbers": lambda: {
        "nums": drf.DecimalRangeField(child=s.DecimalField(None, None, coerce_to_string=False))
    },
    "numbers as floats": lambda: {"nums": drf.DecimalRangeField(child=s.FloatField())},
    "several of them": lambda: {"several": s.ListField(child=drf.IntegerRangeField())},
    "many": lambda: {"many_times": drf.DateTimeMultiRangeField()},
}
LEFT = {
    "a class of one's own": lambda: {"during": Loud()},
    "a class that changes nothing": lambda: {"days": Quiet()},
    "a format": lambda: {
        "during": drf.DateTimeRangeField(child=s.DateTimeField(format="%d.%m.%Y"))
    },
    "a format of days": lambda: {"days": drf.DateRangeField(child=s.DateField(format="%d.%m.%Y"))},
    "a time zone": lambda: {
        "during": drf.DateTimeRangeField(
            child=s.DateTimeField(default_timezone=ZoneInfo("Asia/Tokyo"))
        )
    },
    "numbers without zeros": lambda: {
        "nums": drf.DecimalRangeField(child=s.DecimalField(None, None, normalize_output=True))
    },
    "numbers of some places": lambda: {"nums": drf.DecimalRangeField(child=s.DecimalField(9, 1))},
    "text of numbers": lambda: {"ints": drf.IntegerRangeField(child=s.CharField())},
    "many of a class of one's own": lambda: {
        "many_times": drf.DateTimeMultiRangeField(child=Loud())
    },
    "many of a format": lambda: {
        "many_days": drf.DateMultiRangeField(
            child=drf.DateRangeField(child=s.DateField(format="%d.%m.%Y"))
        )
    },
}


@pytest.mark.parametrize("kind", WRITTEN)
def test_ranges_are_written_by_the_database(kind, everything, equal):
    fields = WRITTEN[kind]()
    serializer_class = of(Everything, "id", **fields)

    equal(serializer_class, Everything.objects.all())

    assert not answering(serializer_class(), Everything.objects.all()).statement.carried


@pytest.mark.parametrize("kind", LEFT)
def test_what_has_no_exact_form_is_left_to_instances_which_is_said(kind, everything):
    fields = LEFT[kind]()

    why = why_not(of(Everything, "id", **fields)(), Everything.objects.all())

    assert f"spans.Everything.{next(iter(fields))}" in why
    assert "which is not restored" in why


def test_what_is_computed_is_left_to_instances(everything):
    serializer_class = of(Everything, "id", again=computed(F("during")))

    assert "which is not restored" in why_not(serializer_class(), Everything.objects.all())


def test_children_that_serializers_of_one_class_vary_are_told_apart(everything):
    class Varied(s.ModelSerializer):
        class Meta:
            model = Everything
            fields = ("id", "days")

        def get_fields(self):
            how = self.context.get("format", "iso-8601")
            each = drf.DateRangeField(child=s.DateField(format=how))
            return super().get_fields() | {"days": each}

    rows = Everything.objects.all()

    assert why_not(Varied(), rows) == ""
    assert "days" in why_not(Varied(context={"format": "%d.%m.%Y"}), rows)
    assert why_not(Varied(), rows) == ""
    assert _told(Varied()) == _told(Varied())  # a control: what is the same is compiled once


def test_a_child_that_does_otherwise_is_left_to_instances(everything):
    serializer = of(Everything, "id", "ints")()
    serializer.fields["ints"].child.to_representation = str

    assert "spans.Everything.ints" in why_not(serializer, Everything.objects.all())


def test_a_field_that_takes_its_value_from_elsewhere_is_asked(everything, equal):
    (row,) = equal(of(Everything, "id", ints=Bare()), Everything.objects.all())

    assert row["ints"] == {"lower": 7, "upper": 8, "bounds": "[)"}


def _told(serializer):
    return fingerprint(serializer, depth=3, telling=written_as)


def test_ranges_in_lists_and_beyond_relations_are_written_by_the_database(everything, equal):
    parts = of(Part, "ints", "during")(many=True)
    beyond = drf.DateTimeRangeField(source="whole.during", read_only=True)

    (found,) = equal(of(Everything, "id", parts=parts), Everything.objects.all())
    equal(of(Part, "id", whole_during=beyond), Part.objects.order_by("pk"))

    assert {part["ints"]["lower"] for part in found["parts"]} == {0, 1, 2}


@pytest.fixture
def west():
    """Have the connection in a time zone that is not UTC."""
    link = connections["default"]
    was = link.settings_dict["TIME_ZONE"]
    _in_zone(link, "Etc/GMT+3")
    yield
    _in_zone(link, was)


def _in_zone(link, name):
    link.settings_dict["TIME_ZONE"] = name
    for cached in ("timezone", "timezone_name"):
        link.__dict__.pop(cached, None)
    link.ensure_timezone()


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "UTC"])
def test_a_point_that_a_time_zone_does_not_have_is_as_the_connection_has_it(
    everything, west, equal, zone
):
    Everything.objects.update(during=Range(FIRST, LAST))
    with timezone.override(ZoneInfo(zone)):
        (row,) = equal(of(Everything, "id", "during"), Everything.objects.all())

    assert LACKING[zone] in row["during"].values()
