"""Serializer fields of ranges and multiranges: what they write, what they read, what they refuse."""

import datetime as dt
import json
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.contrib.postgres.validators import RangeMaxValueValidator
from django.core.validators import MaxLengthValidator
from django.db import models
from django.test.utils import isolate_apps, override_settings
from django.utils import timezone
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

from matinee.ranges import (
    INFINITY,
    INT4RANGE,
    MINUS_INFINITY,
    NUMRANGE,
    TSTZRANGE,
    MultiRange,
    Range,
    drf,
    fields,
)
from tests.spans.models import Everything

DAY = dt.date(2026, 1, 1)
NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
LONG = "x" * 10_240
DEEP = json.loads("[" * 900 + "]" * 900)
SPANS = {"ints": 1, "bigs": 1, "nums": 1, "closed": 1, "days": 1, "during": 1}


class EverythingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Everything
        fields = "__all__"


def written(**values):
    """Return what is answered for one field, through JSON."""
    (name,) = values
    answer = JSONRenderer().render(EverythingSerializer(Everything(**values)).data)
    return json.loads(answer)[name]


def read(**values):
    """Return what one field makes of what was sent."""
    (name,) = values
    serializer = EverythingSerializer(data=values)
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data[name]


def refused(**values):
    """Return what one field says against what was sent."""
    (name,) = values
    serializer = EverythingSerializer(data=values)
    assert not serializer.is_valid()
    return json.loads(JSONRenderer().render(serializer.errors))[name]


# What is declared.


def test_a_model_s_serializer_has_them_with_nothing_declared():
    found = EverythingSerializer().fields

    assert {name: type(found[name]) for name in SPANS} == dict.fromkeys(SPANS, drf.RangeField)
    assert type(found["many_days"]) is drf.MultiRangeField
    assert type(found["several"].child) is drf.RangeField


@pytest.mark.parametrize(
    ("field", "sent", "wanted"),
    [
        (drf.IntegerRangeField(), {"lower": 1, "upper": 5}, Range(1, 5)),
        (drf.BigIntegerRangeField(), {"lower": 2**40}, Range(2**40, None)),
        (drf.DecimalRangeField(), "[0.5,1]", Range(Decimal("0.5"), Decimal(1), "[]")),
        (drf.DateRangeField(), {"upper": "2026-01-01"}, Range(None, DAY, "()")),
        (drf.DateTimeRangeField(), {"lower": "2026-01-01T12:00Z"}, Range(NOON, None)),
        (drf.IntegerMultiRangeField(), "{[1,2],[3,4]}", MultiRange([Range(1, 5)])),
        (drf.BigIntegerMultiRangeField(), [], MultiRange()),
        (drf.DecimalMultiRangeField(), [{}], MultiRange([Range(None, None, "()")])),
        (drf.DateMultiRangeField(), [{"lower": "2026-01-01"}], MultiRange([Range(DAY, None)])),
        (drf.DateTimeMultiRangeField(), ["empty"], MultiRange()),
    ],
)
def test_they_can_be_declared_without_a_model(field, sent, wanted):
    assert field.run_validation(sent) == wanted


def test_one_of_no_kind_must_be_told_its_model_field():
    with pytest.raises(TypeError, match="must know its model field"):
        drf.RangeField()


def test_one_with_another_source_reads_that():
    class Renamed(serializers.ModelSerializer):
        when = drf.DateRangeField(source="days")

        class Meta:
            model = Everything
            fields = ["when"]

    assert Renamed(Everything(days=(DAY, None))).data == {
        "when": {"lower": "2026-01-01", "upper": None, "bounds": "[)"}
    }


# What is written.


def test_a_range_is_written_as_its_parts():
    assert written(ints=(1, 5)) == {"lower": 1, "upper": 5, "bounds": "[)"}
    assert written(nums=Range(None, Decimal("2.50"), "(]")) == {
        "lower": None,
        "upper": "2.50",
        "bounds": "(]",
    }


def test_what_is_empty_says_so_and_none_is_null():
    assert written(ints=Range(empty=True)) == {"empty": True}
    assert written(ints=None) is None


def test_a_multirange_is_a_list():
    assert written(many_days=[(DAY, None)]) == [
        {"lower": "2026-01-01", "upper": None, "bounds": "[)"}
    ]
    assert written(many_ints=[]) == []


def test_infinity_is_written_and_is_not_unbounded():
    assert written(days=Range(MINUS_INFINITY, INFINITY))["lower"] == "-infinity"
    assert written(during=Range(NOON, INFINITY))["upper"] == "infinity"
    assert written(nums=Range(Decimal("-Infinity"), Decimal("NaN"))) == {
        "lower": "-infinity",
        "upper": "NaN",
        "bounds": "[)",
    }


def test_points_in_time_are_in_the_current_zone_as_those_of_other_fields_are():
    moment = NOON.replace(microsecond=123456)
    with timezone.override(ZoneInfo("Asia/Kolkata")):
        found = written(during=(moment, None))["lower"]

        assert found == written(at=moment) == "2026-01-01T17:30:00.123456+05:30"


def test_a_point_in_time_that_the_zone_has_not_is_written_in_its_own():
    last = dt.datetime(9999, 12, 31, 23, 59, tzinfo=dt.UTC)

    assert written(during=(NOON, last))["upper"] == "9999-12-31T23:59:00+00:00"


@override_settings(REST_FRAMEWORK={"DATE_FORMAT": "%d.%m.%Y", "DATE_INPUT_FORMATS": ["%d.%m.%Y"]})
def test_days_are_written_and_read_as_the_settings_say():
    assert written(days=(DAY, None))["lower"] == "01.01.2026"
    assert read(days={"lower": "01.01.2026"}) == Range(DAY, None)


@override_settings(REST_FRAMEWORK={"COERCE_DECIMAL_TO_STRING": False})
def test_decimals_are_as_the_settings_say():
    found = EverythingSerializer(Everything(nums=(Decimal("0.5"), None))).data["nums"]

    assert found["lower"] == Decimal("0.5")


# What is read.


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        ({"lower": 1, "upper": 5, "bounds": "[)"}, Range(1, 5)),
        ({"lower": 1, "upper": 5, "bounds": "[]"}, Range(1, 6)),
        ({"lower": "1", "upper": "5"}, Range(1, 5)),
        ({"lower": 1, "upper": None, "bounds": None}, Range(1, None)),
        ({"lower": 1, "empty": False}, Range(1, None)),
        ({}, Range(None, None, "()")),
        ({"empty": True}, Range(empty=True)),
        ({"lower": 5, "upper": 5}, Range(empty=True)),
        ("[1,5)", Range(1, 5)),
        (" ( 0 , 4 ] ", Range(1, 5)),
        ("[1,)", Range(1, None)),
        ("empty", Range(empty=True)),
        ('{"lower": 1, "upper": 5}', Range(1, 5)),
    ],
)
def test_parts_and_postgresql_s_text_are_read(sent, wanted):
    found = read(ints=sent)

    assert (found, found.range_type) == (wanted.bind(INT4RANGE), INT4RANGE)


def test_bounds_are_the_model_field_s_unless_they_are_sent():
    assert read(closed={"lower": 1, "upper": 2}).bounds == "[]"
    assert read(nums={"lower": 1, "upper": 2}).bounds == "[)"


def test_infinities_are_read():
    assert read(days={"lower": "-infinity", "upper": "Infinity"}) == Range(MINUS_INFINITY, INFINITY)
    assert read(nums={"upper": "infinity"}) == Range(None, Decimal("Infinity"), "()")
    assert read(during="[,infinity)") == Range(None, INFINITY, "()")


def test_a_time_that_the_clocks_leave_out_is_refused_and_one_that_comes_twice_is_not():
    left_out = 'Invalid datetime for the timezone "Europe/Vienna".'
    twice = "2026-10-25T02:30:00"
    with timezone.override(ZoneInfo("Europe/Vienna")):
        wrong = refused(during={"lower": "2026-03-29T02:30:00", "upper": "2026-03-29T02:59:59"})
        within = refused(many_times=[{"lower": "2026-03-29T02:00:00"}])
        edges = read(during={"lower": "2026-03-29T01:59:59", "upper": "2026-03-29T03:00:00"})
        first = read(during={"lower": twice})
        each = read(during={"lower": f"{twice}+02:00", "upper": f"{twice}+01:00"})

    assert wrong == {"lower": [left_out], "upper": [left_out]}
    assert within == {"0": {"lower": [left_out]}}
    assert edges.width == dt.timedelta(seconds=1)
    assert first.lower == each.lower
    assert each.width == dt.timedelta(hours=1)


def test_a_point_in_time_without_a_zone_is_in_the_current_one():
    with timezone.override(ZoneInfo("Asia/Kolkata")):
        found = read(during={"lower": "2026-01-01T17:30:00"})

    assert (found, found.range_type) == (Range(NOON, None), TSTZRANGE)


def test_a_multirange_is_read_in_any_order_and_as_text():
    wanted = MultiRange([Range(1, 6), Range(8, 9)], range_type=INT4RANGE)

    assert read(many_ints=[{"lower": 8, "upper": 8, "bounds": "[]"}, "[3,5]", "[1,4)"]) == wanted
    assert read(many_ints="{[8,9),[1,6)}") == wanted
    assert read(many_ints='[{"lower": 1, "upper": 6}, "[8,9)"]') == wanted
    assert read(many_ints="{}") == read(many_ints=[]) == MultiRange()


def test_an_array_of_ranges_is_read():
    assert read(several=["[1,3)", {"lower": 1}, {"empty": True}]) == [
        Range(1, 3),
        Range(1, None),
        Range(empty=True),
    ]


def test_what_is_answered_is_read_as_what_it_was():
    for name, value in {
        "nums": Range(Decimal("1E+3"), Decimal("1000.10"), "(]"),
        "days": Range(DAY, INFINITY),
        "during": Range(NOON, None, "()"),
        "many_bigs": MultiRange([Range(1, 2), Range(5, None)]),
    }.items():
        assert read(**{name: written(**{name: value})}) == getattr(
            Everything(**{name: value}), name
        )


# What is refused, part by part.


def test_every_part_that_is_wrong_is_told_at_once():
    assert refused(ints={"lower": "one", "upper": 1.5, "bounds": "<>"}) == {
        "lower": ["A valid integer is required."],
        "upper": ["A valid integer is required."],
        "bounds": ["Bounds must be one of [), [], () and (]."],
    }


def test_which_range_of_a_multirange_is_wrong_is_told():
    assert refused(many_ints=["[1,2)", {"upper": "five"}, 5]) == {
        "1": {"upper": ["A valid integer is required."]},
        "2": ['A range must be an object of lower, upper and bounds, or text as "[1,5)".'],
    }


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"lower": 7, "upper": 5}, {"lower"}),
        ({"upper": 2**31 - 1, "bounds": "[]"}, {"upper"}),
        ({"lower": 2**31 - 1, "bounds": "()"}, {"lower"}),
        ({"lower": -(2**31) - 1}, {"lower"}),
        ({"lower": True}, {"lower"}),
        ({"lower": []}, {"lower"}),
        ({"upper": {}}, {"upper"}),
        ({"upper": ""}, {"upper"}),
        ({"bounds": []}, {"bounds"}),
        ({"bounds": ""}, {"bounds"}),
        ({"empty": 1}, {"empty"}),
        ({"empty": True, "lower": 1}, {"empty"}),
        ({"lowr": 1}, {"lowr"}),
        ("[x,1)", {"lower"}),
    ],
)
def test_the_part_that_is_wrong_is_named(sent, wrong):
    assert refused(ints=sent).keys() == wrong


@pytest.mark.parametrize("sent", [5, True, [1, 5], "1", "[1,5", "[1,2,3)", '{"lower": ', ""])
def test_what_is_no_range_is_refused_as_a_whole(sent):
    assert isinstance(refused(ints=sent), list)


@pytest.mark.parametrize("sent", [5, {"lower": 1}, "[1,5)", "{[1,2)", "{[1,2),}", "[{]", "x"])
def test_what_is_no_multirange_is_refused_as_a_whole(sent):
    assert isinstance(refused(many_ints=sent), list)


@pytest.mark.parametrize(
    ("name", "element"),
    [
        ("nums", "1e1000000"),
        ("nums", "1e-1000000"),
        ("nums", "NaN"),
        ("nums", float("nan")),
        ("nums", float("inf")),
        ("nums", 10**1001),
        ("ints", "1e1000000"),
        ("bigs", 2**63),
        ("bigs", "9" * 5_000),
        ("days", "5874897-01-01"),
        ("days", "2026-02-30"),
        ("during", "5874897-01-01T00:00:00Z"),
        ("during", "0001-01-01T00:00:00+14:00"),
        ("during", "9999-12-31T23:59:59-12:00"),
        *((name, LONG) for name in SPANS),
        *((name, DEEP) for name in SPANS),
    ],
)
def test_what_is_absurd_is_refused_wherever_it_stands(name, element):
    for end in ("lower", "upper"):
        assert refused(**{name: {end: element}}).keys() == {end}


@pytest.mark.parametrize("absurd", [LONG, "[" + LONG, f"[{LONG},)", "[" * 10_000, "{" * 10_000])
@pytest.mark.parametrize("name", ["ints", "nums", "days", "during", "many_ints", "many_times"])
def test_absurd_text_is_refused(name, absurd):
    assert refused(**{name: absurd})


@pytest.mark.parametrize("text", ['{"lower":' * 100_000, "[{" + "[" * 100_000])
def test_json_in_text_may_not_be_too_deep(text):
    assert refused(many_ints=text)
    assert refused(ints=text)


def test_as_many_ranges_as_may_be_are_taken():
    field = drf.IntegerMultiRangeField(max_length=2)

    assert len(field.run_validation(["[1,2)", "[3,4)"])) == 2
    with pytest.raises(serializers.ValidationError, match="no more than 2 ranges"):
        field.run_validation(["[1,2)", "[3,4)", "[5,6)"])


@isolate_apps("tests.spans")
def test_what_the_model_field_says_is_heeded():
    class Told(models.Model):
        required = fields.IntegerRangeField(validators=[RangeMaxValueValidator(10)])
        fixed = fields.IntegerRangeField(editable=False, default=(1, 2))
        optional = fields.IntegerRangeField(null=True, help_text="Of what?")
        few = fields.IntegerMultiRangeField(validators=[MaxLengthValidator(1)], default=list)

        class Meta:
            app_label = "spans"

    class ToldSerializer(serializers.ModelSerializer):
        class Meta:
            model = Told
            fields = ["required", "fixed", "optional", "few"]

    found = ToldSerializer().fields
    assert found["fixed"].read_only
    assert found["optional"].help_text == "Of what?"

    serializer = ToldSerializer(data={"required": "[1,100)", "few": "{[1,2),[3,4)}"})
    assert not serializer.is_valid()
    assert serializer.errors.keys() == {"required", "few"}
    assert not ToldSerializer(data={"required": None}).is_valid()
    assert ToldSerializer(data={"required": "[1,10)"}).is_valid()


def test_text_of_numbers_that_is_long_but_not_absurd_is_exact():
    number = "1" * 900 + ".5"

    assert read(nums={"lower": number}) == Range(Decimal(number), None, range_type=NUMRANGE)
