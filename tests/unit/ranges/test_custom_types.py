"""Declaring range types of one's own: what is said, what is refused, what order there is."""

import copy
import datetime as dt
import importlib
import ipaddress
import math
import pickle
import subprocess
import sys
import uuid
from random import Random

import pytest
from django.db import models

from matinee.exceptions import RangesError, RangeTypeError
from matinee.ranges import CustomRangeType, MultiRange, Range, range_type, types
from matinee.ranges.fields import MultiRangeField, RangeField
from matinee.ranges.types import END_OF_DAY, INETRANGE, TIMERANGE
from tests.networks import ranges
from tests.networks.ranges import FLOATRANGE, SEATS, TEXTRANGE, UUIDRANGE, WordsField

OFFICE = Range("10.0.0.9", "10.0.0.10", "[]", range_type=INETRANGE)


def reversed_key(element):
    return -element


# What a declaration gives.


def test_a_declaration_gives_a_type_and_two_fields():
    assert isinstance(INETRANGE, CustomRangeType)
    assert issubclass(INETRANGE.field, RangeField)
    assert issubclass(INETRANGE.multirange_field, MultiRangeField)
    assert INETRANGE.field().type is INETRANGE.multirange_field().type is INETRANGE


def test_names_are_quoted_and_have_their_schema():
    assert INETRANGE.field().db_type(None) == '"inetrange"'
    assert INETRANGE.multirange_field().db_type(None) == '"inetmultirange"'
    assert SEATS.field().db_type(None) == '"hall"."seats"'
    assert SEATS.multirange_field().db_type(None) == '"hall"."many_seats"'


@pytest.mark.parametrize(
    ("field", "place"),
    [
        (types.InetRangeField(), "matinee.ranges.types.InetRangeField"),
        (types.TimeMultiRangeField(), "matinee.ranges.types.TimeMultiRangeField"),
        (WordsField(null=True), "tests.networks.ranges.WordsField"),
    ],
)
def test_migrations_import_fields_by_the_name_they_have(field, place):
    _, path, _args, kwargs = field.deconstruct()
    assert path == place
    module, name = path.rsplit(".", 1)
    again = getattr(importlib.import_module(module), name)(**kwargs)
    assert type(again) is type(field)


def test_a_class_of_one_s_own_is_imported_from_where_it_is():
    assert OwnField().deconstruct()[1].endswith("test_custom_types.OwnField")
    assert OwnField().type is TEXTRANGE


class OwnField(TEXTRANGE.field):
    pass


def test_default_bounds_are_written_and_kept():
    field = types.InetRangeField(default_bounds="[]")
    assert field.deconstruct()[3] == {"default_bounds": "[]"}
    assert field.range(("10.0.0.9", "10.0.0.10")) == OFFICE


def test_a_field_without_a_name_says_so():
    nameless = range_type("namelessrange", subtype=models.UUIDField)
    with pytest.raises(RangesError, match=r"must have a name in .*test_custom_types") as refused:
        nameless.field().deconstruct()
    assert refused.value.code == "ranges.declaration"
    assert "NamelessRangeField = NAMELESSRANGE.field" in refused.value.hint


# Said twice.


def test_the_same_again_is_the_same_type():
    assert range_type("inetrange", subtype=models.GenericIPAddressField) is INETRANGE
    assert range_type("seats", subtype=models.IntegerField(), step=1, multirange="many_seats",
                      schema="hall") is SEATS  # fmt: skip


def test_a_module_that_is_imported_anew_declares_nothing_new():
    before = ranges.FLOATRANGE, ranges.CIDRRANGE, ranges.FloatRangeField
    again = importlib.reload(ranges)
    assert (again.FLOATRANGE, again.FloatRangeField) == (before[0], before[2])


@pytest.mark.parametrize(
    "other",
    [
        {"subtype": models.CharField(max_length=39)},
        {"subtype": models.GenericIPAddressField, "key": reversed_key},
        {"subtype": models.GenericIPAddressField, "coerce": str},
        {"subtype": models.GenericIPAddressField, "schema": "apart"},
        {"subtype": models.GenericIPAddressField, "multirange": "inets"},
    ],
)
def test_another_meaning_of_a_name_is_refused(other):
    with pytest.raises(RangesError, match="must have one meaning") as refused:
        range_type("inetrange", **other)
    assert refused.value.code == "ranges.declaration"


@pytest.mark.parametrize(
    "name", ["", "a b", "Inet", "1a", "x;", 'x"', "é", "a.b", "a" * 60, "int4range", "text", "inet"]
)
def test_names_that_are_none_or_another_s_are_refused(name):
    with pytest.raises(RangesError) as refused:
        range_type(name, subtype=models.UUIDField)
    assert refused.value.code == "ranges.declaration"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"subtype": str}, "must be a model field"),
        ({"subtype": "inet"}, "must be a model field"),
        ({"subtype": models.JSONField}, "must be known"),
        ({"subtype": models.TextField, "collation": "de-x-icu"}, "ordered by code points"),
        ({"subtype": models.UUIDField, "schema": "a b"}, "A name must be"),
        ({"subtype": models.UUIDField, "multirange": "int4multirange"}, "its own name"),
    ],
)
def test_what_nobody_knows_the_order_of_is_refused(options, message):
    with pytest.raises(RangesError, match=message) as refused:
        range_type("unknownrange", **options)
    assert refused.value.code == "ranges.declaration"
    with pytest.raises(RangeTypeError):
        importlib.import_module("matinee.ranges._types").named("unknownrange")


# The order.


def test_addresses_have_the_order_of_addresses():
    addresses = [f"10.0.{n}.{m}" for n in range(0, 256, 17) for m in range(0, 256, 5)]
    addresses += [str(ipaddress.ip_address(2**128 - 1 - n**7)) for n in range(100)]
    addresses += [str(ipaddress.IPv6Address(n**9)) for n in range(100)]
    Random(1).shuffle(addresses)

    made = [ipaddress.ip_address(each) for each in addresses]
    in_order = sorted(made, key=lambda each: (each.version, int(each)))
    assert sorted(addresses, key=INETRANGE.key) == [str(each) for each in in_order]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("10.0.0.5/32", "10.0.0.5"),
        ("10.0.0.5/8", "10.0.0.5/8"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        (ipaddress.ip_network("10.0.0.0/8"), "10.0.0.0/8"),
        (ipaddress.ip_interface("10.0.0.5/8"), "10.0.0.5/8"),
        (ipaddress.ip_address("::1"), "::1"),
    ],
)
def test_addresses_are_kept_in_one_form(written, kept):
    found = Range(written, None, range_type=INETRANGE)
    assert found.lower == kept
    assert found == Range(kept, None, range_type=INETRANGE)
    assert hash(found) == hash(Range(kept, None, range_type=INETRANGE))


@pytest.mark.parametrize(
    "wrong", [None, 5, True, b"\n\n\n\n", "", "10", "10.0.0.0/33", "a" * 10**6]
)
def test_what_is_no_address_is_none(wrong):
    if wrong is not None:
        with pytest.raises(RangeTypeError):
            Range(wrong, None, range_type=INETRANGE)
        with pytest.raises(RangeTypeError):
            assert wrong in OFFICE


def test_times_know_the_end_of_the_day():
    evening = Range(dt.time(18), END_OF_DAY, range_type=TIMERANGE)

    assert evening.width == dt.timedelta(hours=6)
    assert dt.time.max in evening
    assert END_OF_DAY not in evening
    assert END_OF_DAY in Range(dt.time(18), END_OF_DAY, "[]", range_type=TIMERANGE)
    assert not Range(END_OF_DAY, END_OF_DAY, range_type=TIMERANGE)
    with pytest.raises(RangesError, match="must not come after"):
        Range(END_OF_DAY, dt.time(1), range_type=TIMERANGE)
    with pytest.raises(RangeTypeError):
        Range(dt.time(1, tzinfo=dt.UTC), None, range_type=TIMERANGE)
    assert copy.deepcopy(END_OF_DAY) is pickle.loads(pickle.dumps(END_OF_DAY)) is END_OF_DAY


def test_floats_have_their_own_numbers():
    everything = Range(-math.inf, math.nan, "[]", range_type=FLOATRANGE)
    assert everything.contains(math.nan)
    assert Range(-0.0, 1, range_type=FLOATRANGE) == Range(0.0, 1, range_type=FLOATRANGE)
    assert hash(Range(-0.0, 1, range_type=FLOATRANGE)) == hash(Range(0, 1, range_type=FLOATRANGE))
    for wrong in (True, "1.5"):
        with pytest.raises(RangeTypeError):
            assert wrong in everything


def test_a_key_of_one_s_own_orders():
    down = range_type("downrange", subtype=models.IntegerField, key=reversed_key)
    assert 5 in Range(9, 1, range_type=down)
    with pytest.raises(RangesError, match="must not come after"):
        Range(1, 9, range_type=down)


def test_a_step_of_one_s_own_makes_elements_single():
    weeks = range_type("weeksrange", subtype=models.DateField, step=dt.timedelta(weeks=1))
    monday = dt.date(2026, 1, 5)
    found = Range(monday, monday + dt.timedelta(weeks=2), "[]", range_type=weeks)
    assert [each.day for each in found.elements()] == [5, 12, 19]
    assert found.bounds == "[)"
    assert found.width == dt.timedelta(weeks=3)


def test_a_coerce_of_one_s_own_makes_elements():
    even = range_type("evenrange", subtype=models.IntegerField, coerce=half)
    with pytest.raises(RangeTypeError, match="Elements of evenrange") as refused:
        Range(3, None, range_type=even)
    assert refused.value.code == "ranges.element"
    assert 4 in Range("2", "8", range_type=even)


def half(value):
    if int(value) % 2:
        raise ValueError("It must be even.")
    return int(value)


def test_what_cannot_be_measured_says_so():
    for found in (OFFICE, Range(empty=True, range_type=INETRANGE), MultiRange([OFFICE])):
        with pytest.raises(RangesError, match="measured") as refused:
            _ = found.width
        assert refused.value.code == "ranges.width"


# Values.


@pytest.mark.parametrize(
    "value",
    [
        OFFICE,
        MultiRange([OFFICE]),
        INETRANGE,
        Range(dt.time(18), END_OF_DAY, range_type=TIMERANGE),
        Range(uuid.UUID(int=9), None, range_type=UUIDRANGE),
    ],
)
def test_values_are_copied_and_pickled(value):
    for again in (copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert again == value
        assert getattr(again, "range_type", INETRANGE) is getattr(value, "range_type", INETRANGE)


def test_a_value_is_unpickled_where_its_type_was_not_imported():
    program = (
        "import pickle, sys; from django.conf import settings; settings.configure(); "
        "import django; django.setup(); "
        "found = pickle.loads(sys.stdin.buffer.read()); "
        "print('10.0.0.10' in found, found.range_type.name)"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], input=pickle.dumps(OFFICE), capture_output=True, check=True
    )
    assert told.stdout.decode().split() == ["True", "inetrange"]


def test_without_a_declaration_there_is_none():
    """A control: the library itself declares nothing unless its types are imported."""
    program = (
        "from django.conf import settings; settings.configure(); "
        "import django; django.setup(); import matinee.ranges, matinee.ranges.operations; "
        "from matinee.ranges._custom_type import custom_types; print(len(custom_types()))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert told.stdout.split() == [b"0"]
