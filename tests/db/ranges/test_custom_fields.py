"""Fields of the project's own range types: what they hold, and what can be asked of them."""

import datetime as dt
import ipaddress
import json
import pickle
import uuid

import pytest
from django.contrib.postgres.constraints import ExclusionConstraint
from django.core import serializers
from django.core.exceptions import FieldError, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.writer import MigrationWriter
from django.db.models import F, OuterRef, Subquery, Value
from django.test.utils import isolate_apps

from matinee.exceptions import RangesError
from matinee.ranges import Bounded, MultiRange, Range, functions
from matinee.ranges.types import END_OF_DAY, INETRANGE, TIMERANGE, InetRangeField
from tests.networks.models import Allowed, Lot, Opening, Visit
from tests.networks.ranges import (
    CIDRRANGE,
    FLOATRANGE,
    SEATS,
    TEXTRANGE,
    UUIDRANGE,
    FloatRangeField,
    SeatsField,
)

pytestmark = pytest.mark.django_db

OFFICE = ("10.0.0.9", "10.0.0.10")
SIX = ("2001:db8::9", "2001:db8::10")
MORNING, NOON, EVENING = dt.time(8), dt.time(12), dt.time(18)


def saved(model, **values):
    return model.objects.get(pk=model.objects.create(**values).pk)


def found(**asked):
    return set(Allowed.objects.filter(**asked).values_list("name", flat=True))


@pytest.fixture
def some(db):
    """Two ranges of the fourth version, one of the sixth, one without end, one empty, one none."""
    for name, addresses in {
        "office": OFFICE,
        "net": ("10.0.0.0", "10.0.0.255"),
        "six": SIX,
        "open": ("192.168.0.0", None),
        "empty": Range(empty=True),
        "none": None,
    }.items():
        Allowed.objects.create(name=name, addresses=addresses)


# What is assigned, and what comes from the database.


def test_addresses_are_ordered_as_addresses():
    allowed = saved(Allowed, addresses=OFFICE)

    assert allowed.addresses == Range(*OFFICE, "[]", range_type=INETRANGE)
    assert "10.0.0.10" in allowed.addresses
    assert "10.0.0.1" not in allowed.addresses
    assert "10.0.0.100" not in allowed.addresses, "a control: as text it is between the two"


@pytest.mark.parametrize("make", [str, ipaddress.ip_address])
def test_addresses_are_taken_as_text_and_as_python_s_own(make):
    allowed = Allowed(addresses=tuple(map(make, OFFICE)))

    assert allowed.addresses.range_type is INETRANGE
    assert (allowed.addresses.lower, allowed.addresses.upper) == OFFICE
    assert make("10.0.0.9") in allowed.addresses


def test_both_families_are_in_one_range():
    everything = saved(Allowed, addresses=("0.0.0.0", "ffff::"))

    assert "255.255.255.255" in everything.addresses
    assert "::" in everything.addresses


@pytest.mark.parametrize("bounds", ["[)", "[]", "()", "(]"])
def test_what_is_saved_is_what_was_assigned(bounds):
    for ends in (OFFICE, SIX, (None, "10.0.0.1"), ("::1", None), (None, None)):
        row = Allowed(name=str(ends), addresses=Range(*ends, bounds))
        row.several = [row.addresses]
        row.save()

        again = Allowed.objects.get(pk=row.pk)
        assert (again.addresses, again.addresses.bounds) == (row.addresses, row.addresses.bounds)
        assert (again.several, again.several.range_type) == (row.several, INETRANGE)


def test_networks_keep_their_prefix():
    row = saved(Allowed, addresses=("10.0.0.0/8", "10.0.0.5/32"))

    assert (row.addresses.lower, row.addresses.upper) == ("10.0.0.0/8", "10.0.0.5")


def test_ranges_in_arrays_are_ranges():
    row = saved(Allowed, listed=[Range(*OFFICE), Range(*SIX), Range(empty=True)])

    assert [type(each) for each in row.listed] == [Range] * 3
    assert row.listed[1] == Range(*SIX, range_type=INETRANGE)
    assert Allowed.objects.filter(listed__contains=[Range(*SIX)]).exists()


def test_a_day_ends_at_24_00():
    row = saved(Opening, hours=(EVENING, END_OF_DAY), breaks=[("20:00", "24:00")])

    assert row.hours.upper is END_OF_DAY
    assert dt.time(23, 59, 59, 999_999) in row.hours
    assert row.hours.width == dt.timedelta(hours=6)
    assert row.breaks[0].upper is END_OF_DAY
    assert Opening.objects.get(hours__contains=dt.time(23)) == row
    assert Opening.objects.get(hours__contained_by=("00:00", "24:00")) == row
    assert Opening.objects.get(hours__upper="24:00") == row
    assert not Opening.objects.filter(hours__contains="24:00").exists()
    ends = Opening.objects.values_list("hours__lower", "hours__upper")
    assert list(ends) == [(EVENING, END_OF_DAY)]


def test_times_are_read_to_the_microsecond():
    with connection.cursor() as cursor:
        cursor.execute("SELECT '08:00:00.5'::time, '[08:00:00.000123,08:00:00.05)'::timerange")
        at, during = cursor.fetchone()
    assert at == dt.time(8, 0, 0, 500_000)
    assert (during.lower.microsecond, during.upper.microsecond) == (123, 50_000)


@pytest.mark.parametrize(
    ("name", "range_type", "ends"),
    [
        ("floats", FLOATRANGE, (0.5, float("inf"))),
        ("keys", UUIDRANGE, (uuid.UUID(int=9), uuid.UUID(int=10))),
        ("words", TEXTRANGE, ('a "quoted, \\one', "z ä")),
        ("words", TEXTRANGE, ("", "(")),
        ("networks", CIDRRANGE, ("9.0.0.0/8", "10.0.0.0/8")),
        ("seats", SEATS, (9, 10)),
    ],
)
def test_each_type_holds_its_elements(name, range_type, ends):
    row = Lot(**{name: Range(*ends)})
    row.save()
    again = getattr(Lot.objects.get(pk=row.pk), name)

    assert (again, again.range_type) == (getattr(row, name), range_type)
    assert (again.lower, again.upper) == ends
    assert Lot.objects.filter(**{f"{name}__contains": ends[0]}).get() == row
    assert not Lot.objects.filter(**{f"{name}__contains": ends[1]}).exists()
    assert Lot.objects.filter(**{f"{name}__overlap": Range(*ends)}).get() == row
    assert Lot.objects.filter(**{f"{name}__lower": ends[0], f"{name}__upper__gt": ends[0]}).exists()


def test_discrete_elements_have_a_canonical_form():
    row = Lot(seats=Range(1, 9, "[]"), many_seats=[Range(1, 2, "[]"), Range(3, 4, "[]")])
    assert (row.seats.upper, row.seats.bounds, len(row.many_seats)) == (10, "[)", 1)
    assert list(row.many_seats[0].elements()) == [1, 2, 3, 4]

    row.save()
    again = Lot.objects.get(pk=row.pk)
    assert (again.seats, again.many_seats) == (row.seats, row.many_seats)
    assert again.seats.width == 9
    assert Lot.objects.get(seats__width=9) == row


# What is refused.


@pytest.mark.parametrize(
    "value",
    ["", "10.0.0.256", "fe80::1%eth0", "9" * 10_000, 5, True, b"10.0.0.1", ("::", "1", "?")],
)
def test_what_is_no_range_of_addresses_is_refused(value):
    with pytest.raises(ValidationError):
        Allowed(name="x", addresses=(value, None)).full_clean()


def test_an_inverted_range_is_refused_by_the_order_of_addresses():
    with pytest.raises(ValidationError, match="must not come after"):
        Allowed(name="x", addresses=("10.0.0.10", "10.0.0.9")).full_clean()
    Allowed(name="x", addresses=("10.0.0.9", "10.0.0.10")).full_clean()
    with pytest.raises(ValidationError, match="must not come after"):
        Allowed(name="x", addresses=("::", "255.255.255.255")).full_clean()


def test_ranges_of_another_type_are_refused():
    with pytest.raises(ValidationError):
        Allowed(name="x", addresses=Range(MORNING, NOON, range_type=TIMERANGE)).full_clean()
    with pytest.raises(RangesError):
        Allowed.objects.filter(addresses__overlap=Range(MORNING, NOON, range_type=TIMERANGE))


# What is asked.


def test_what_contains_an_address(some):
    value = Value("10.0.0.10", output_field=models.GenericIPAddressField())
    for address in ("10.0.0.10", ipaddress.ip_address("10.0.0.10"), value):
        assert found(addresses__contains=address) == {"office", "net"}
    assert found(addresses__contains="2001:db8::a") == {"six", "open"}
    assert found(addresses__contains="10.0.0.100") == {"net"}


@pytest.mark.parametrize(
    "value", ["x", "", "10.0.0.0/99", "[x,)", "{", "1" * 10_000, "\x00", "::%"]
)
def test_what_a_url_says_is_refused_before_the_database_is_asked(some, value):
    for lookup in ("contains", "overlap", "contained_by", "exact"):
        with pytest.raises((RangesError, ValidationError, ValueError)) as refused:
            found(**{f"addresses__{lookup}": value})
        assert not isinstance(refused.value, FieldError)
    with pytest.raises((RangesError, ValidationError, ValueError)):
        list(Visit.objects.filter(ip__contained_by=value))


def test_every_operator_is_there(some):
    assert found(addresses__overlap=("10.0.0.10", "10.0.0.11")) == {"office", "net"}
    assert found(addresses__overlap="[10.0.0.10,10.0.0.11]") == {"office", "net"}
    assert found(addresses__contained_by=("10.0.0.0", "10.0.1.0")) == {"office", "net", "empty"}
    assert found(addresses__contains=Range(*OFFICE)) == {"office", "net", "empty"} - {"empty"}
    assert found(addresses__fully_lt=("11.0.0.0", None)) == {"office", "net"}
    assert found(addresses__fully_gt=(None, "11.0.0.0")) == {"six", "open"}
    assert found(addresses__not_gt=(None, "10.0.0.10")) == {"office"}
    assert found(addresses__not_lt=("192.0.0.0", None)) == {"six", "open"}
    assert found(addresses__adjacent_to=Range("10.0.0.10", None, "()")) == {"office"}
    assert found(addresses__overlap=[OFFICE, SIX]) == {"office", "net", "six", "open"}
    assert found(addresses__is_empty=True) == {"empty"}
    assert found(addresses__upper_inf=True) == {"open"}
    assert found(addresses__lower="10.0.0.9") == {"office"}
    assert found(addresses__lower__gte="10.0.0.9") == {"office", "six", "open"}
    assert found(addresses__upper__lt="10.0.0.100") == {"office"}
    assert found(addresses__startswith="10.0.0.9") == {"office"}


def test_an_address_is_in_a_range(some):
    visit = Visit.objects.create(ip="10.0.0.10", at=NOON)

    for value in (
        OFFICE,
        Range(*OFFICE, "[]"),
        "[10.0.0.9,10.0.0.10]",
        MultiRange([Range(*OFFICE, "[]")], range_type=INETRANGE),
    ):
        closed = value is not OFFICE
        assert Visit.objects.filter(ip__contained_by=value).exists() is closed
    assert Visit.objects.filter(at__contained_by=(MORNING, EVENING)).get() == visit
    visit.allowed = Allowed.objects.get(name="office")
    visit.save()
    assert Visit.objects.filter(ip__contained_by=F("allowed__addresses")).get() == visit


def test_a_range_that_is_bound_says_what_elements_are_in():
    """Floats go with decimals by themselves."""
    from tests.spans.models import Everything

    Everything.objects.create(number_float=1.5)

    bound = Range(1.5, 2.5, range_type=FLOATRANGE)
    asked = Everything.objects.filter(number_float__contained_by=bound)
    assert asked.count() == 1
    assert "floatrange" in str(asked.query)
    assert "numrange" in str(Everything.objects.filter(number_float__contained_by=(1, 2)).query)


def test_names_subqueries_and_ranges_of_names(some):
    Visit.objects.create(ip="10.0.0.10")
    inner = Allowed.objects.filter(addresses__contains=OuterRef("ip")).order_by("pk")

    assert Visit.objects.annotate(n=Subquery(inner.values("name")[:1])).get().n == "office"
    assert found(addresses__contains=F("addresses__lower")) == {"office", "net", "six", "open"}
    made = Range(F("addresses__lower"), F("addresses__upper"), "[]")
    assert found(addresses=made) == {"office", "net", "six", "open"}
    assert found(addresses__contained_by=Range(F("addresses__lower"), "ffff::", "[]")) == {
        *("office", "net", "six", "empty")
    }
    together = Allowed.objects.filter(name="office").annotate(
        both=F("addresses") + Value(Range("10.0.0.9", "10.0.0.99"), output_field=InetRangeField())
    )
    assert together.get().both == Range("10.0.0.9", "10.0.0.99", range_type=INETRANGE)


def test_values_and_order_are_those_of_ranges(some):
    names = Allowed.objects.order_by("addresses").values_list("name", flat=True)
    assert list(names) == ["empty", "net", "office", "open", "six", "none"]
    ranges = [
        each for each in Allowed.objects.values_list("addresses", flat=True) if each is not None
    ]
    in_python = [str(each) for each in sorted(ranges)]
    in_database = Allowed.objects.filter(addresses__isnull=False).order_by("addresses")
    assert in_python == [str(each.addresses) for each in in_database]


def test_aggregates(some):
    of = Allowed.objects.filter(name__in=["office", "net", "six"])

    assert of.aggregate(n=functions.RangeAgg("addresses"))["n"] == MultiRange(
        [Range("10.0.0.0", "10.0.0.255", "[]"), Range(*SIX, "[]")], range_type=INETRANGE
    )
    assert of.aggregate(n=functions.RangeMerge("addresses"))["n"].upper == SIX[1]
    assert of.exclude(name="six").aggregate(n=functions.RangeIntersectAgg("addresses"))[
        "n"
    ] == Range(*OFFICE, "[]", range_type=INETRANGE)
    assert of.aggregate(n=functions.Peak("addresses"))["n"] == 2
    where = of.aggregate(n=functions.Coverage("addresses"))["n"]
    assert [count for _, count in where] == [1, 2, 1, 1]
    assert (
        MultiRange([each for each, _ in where])
        == of.aggregate(n=functions.RangeAgg("addresses"))["n"]
    )
    gaps = of.aggregate(n=functions.Gaps("addresses"))["n"]
    assert gaps == MultiRange([Range("10.0.0.255", "2001:db8::9", "()")], range_type=INETRANGE)


def test_a_query_that_was_pickled_reads_what_it_read(some):
    query = Allowed.objects.annotate(
        span=functions.Multi("addresses"), low=F("addresses__lower")
    ).filter(name="office")
    again = Allowed.objects.all()
    again.query = pickle.loads(pickle.dumps(query.query))

    assert again.get().span == query.get().span


def test_what_cannot_be_measured_has_no_width(some):
    with pytest.raises(RangesError) as refused:
        list(Allowed.objects.filter(addresses__width__gt=5))
    assert refused.value.code == "ranges.width"
    with pytest.raises(RangesError) as refused:
        _ = Allowed.objects.get(name="office").addresses.width
    assert refused.value.code == "ranges.width"


def test_what_can_be_measured_has_one_everywhere():
    row = saved(Opening, hours=(MORNING, NOON), breaks=[("09:00", "09:15"), ("10:00", "10:15")])
    widths = Opening.objects.annotate(w=F("hours__width"), b=F("breaks__width")).get()
    assert (widths.w, widths.b) == (row.hours.width, row.breaks.width)
    assert widths.w == dt.timedelta(hours=4)

    lot = saved(Lot, floats=(0.5, 2.0))
    assert Lot.objects.annotate(w=F("floats__width")).get().w == lot.floats.width == 1.5


# Constraints and indexes.


def test_ranges_of_one_name_do_not_overlap():
    Allowed.objects.create(name="office", addresses=OFFICE)
    clash = Allowed(name="office", addresses=("10.0.0.10", "10.0.0.11"))

    with pytest.raises(ValidationError, match=r"10\.0\.0\.9"):
        clash.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        clash.save()
    for free in (("10.0.0.100", "10.0.0.100"), ("10.0.0.1", "10.0.0.8"), SIX):
        row = Allowed(name="office", addresses=free)
        row.full_clean()
        row.save()


def test_a_constraint_of_django_s_validates():
    constraint = ExclusionConstraint(name="x", expressions=[("addresses", "&&")])
    Allowed.objects.create(name="office", addresses=OFFICE)

    with pytest.raises(ValidationError):
        constraint.validate(Allowed, Allowed(addresses=("10.0.0.10", "10.0.0.11")))
    constraint.validate(Allowed, Allowed(addresses=("10.0.0.11", "10.0.0.12")))


def test_an_index_answers_and_knows_how_far_addresses_are_apart():
    """2,000 networks of both families, some of them at the ends of what there is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO networks_allowed (name, addresses) SELECT n, inetrange(a, a + 255, '[]') "
            "FROM generate_series(1, 1000) AS n, LATERAL (VALUES (inet '10.0.0.0' + n * 256), "
            "(inet '2001:db8::' + n * 1000000000000)) AS v (a)"
        )
        cursor.execute("INSERT INTO networks_allowed (name, addresses) VALUES ('x', '[::,ffff::]')")
        cursor.execute("ANALYZE networks_allowed")
    asked = Allowed.objects.filter(addresses__contains="10.3.7.10")

    assert "allowed_addresses" in asked.explain()
    assert {each.addresses.lower for each in asked} == {"10.3.7.0"}


# Round trips.


@pytest.mark.parametrize("form", ["json", "jsonl", "xml", "python"])
def test_fixtures_are_read_as_they_were_written(form):
    Allowed.objects.create(name="a", addresses=OFFICE, several=[OFFICE, SIX], listed=[Range(*SIX)])
    Allowed.objects.create(name="b", addresses=Range(empty=True), several=[])
    Opening.objects.create(hours=(EVENING, END_OF_DAY))
    Lot.objects.create(words=("", "ä"), seats=(1, 9), floats=(0.1, None), many_seats=[(1, 2)])
    rows = [*Allowed.objects.all(), *Opening.objects.all(), *Lot.objects.all()]

    written = serializers.serialize(form, rows)
    for row, again in zip(rows, serializers.deserialize(form, written), strict=True):
        for field in row._meta.local_concrete_fields:
            assert getattr(again.object, field.name) == getattr(row, field.name), field
        again.save()


def test_bulk_writes_and_updates():
    made = Allowed.objects.bulk_create(
        [Allowed(name=str(n), addresses=(f"10.0.{n}.0", f"10.0.{n}.9")) for n in range(9, 12)]
    )
    for each in made:
        each.addresses = (each.addresses.lower, f"{each.addresses.lower[:-1]}99")
    Allowed.objects.bulk_update(made, ["addresses"])

    assert Allowed.objects.filter(addresses__contains="10.0.10.99").get().name == "10"
    Allowed.objects.update(several=functions.Multi("addresses"))
    assert all(each.several == MultiRange([each.addresses]) for each in Allowed.objects.all())


def test_values_are_pickled_with_their_type():
    row = saved(Allowed, addresses=OFFICE, several=[OFFICE])

    again = pickle.loads(pickle.dumps(row))
    assert (again.addresses, again.several) == (row.addresses, row.several)
    assert again.addresses.range_type is INETRANGE


def test_fields_without_a_model_are_pickled():
    for field in (FloatRangeField(null=True), SeatsField(), SEATS.multirange_field()):
        again = pickle.loads(pickle.dumps(field))
        assert (type(again), again.null) == (type(field), field.null)
        assert again.db_type(connection) == field.db_type(connection)


def test_json_says_bounds_and_elements():
    row = Allowed(addresses=OFFICE)
    assert json.loads(row._meta.get_field("addresses").value_to_string(row)) == {
        "bounds": "[]",
        "lower": "10.0.0.9",
        "upper": "10.0.0.10",
    }


@pytest.mark.parametrize(
    "value",
    [
        Range(*OFFICE, range_type=INETRANGE),
        MultiRange([Range(*OFFICE), Range(*SIX)], range_type=INETRANGE),
        Range(EVENING, END_OF_DAY, range_type=TIMERANGE),
        Range(1, 9, range_type=SEATS),
        INETRANGE,
    ],
)
def test_migrations_write_ranges_with_their_type(value):
    written, imports = MigrationWriter.serialize(value)
    names = {}
    exec("\n".join(imports), names)
    again = eval(written, names)
    assert again == value
    assert getattr(again, "range_type", again) is getattr(value, "range_type", value)


@isolate_apps("tests.networks")
def test_columns_have_defaults_and_are_generated():
    class Made(models.Model):
        low = models.GenericIPAddressField()
        addresses = InetRangeField(db_default=Range(*OFFICE, "[]", range_type=INETRANGE))
        alone = models.GeneratedField(
            expression=Range(F("low"), F("low"), "[]"),
            output_field=InetRangeField(),
            db_persist=True,
        )

        class Meta:
            app_label = "networks"
            constraints = [
                Bounded("addresses", within=("10.0.0.0", "10.0.0.255"), bounds="[]"),
                models.CheckConstraint(
                    condition=models.Q(addresses__contains="10.0.0.9"), name="made_has_9"
                ),
            ]

    with connection.schema_editor() as editor:
        editor.create_model(Made)
    made = Made.objects.create(low="10.0.0.1")
    made.refresh_from_db()

    assert made.addresses == Range(*OFFICE, "[]", range_type=INETRANGE)
    assert made.alone == Range("10.0.0.1", "10.0.0.1", "[]", range_type=INETRANGE)
    made.full_clean()
    for wrong in (("10.0.0.10", "10.0.0.11"), ("10.0.0.9", "10.0.1.1")):
        made.addresses = Range(*wrong, "[]")
        with pytest.raises(ValidationError):
            made.full_clean()
        with pytest.raises(IntegrityError), transaction.atomic():
            made.save()


@isolate_apps("tests.networks")
def test_a_constraint_of_widths_of_what_has_none_is_told():
    class Wide(models.Model):
        addresses = InetRangeField()

        class Meta:
            app_label = "networks"
            constraints = [Bounded("addresses", min_width=5)]

    (found,) = Wide._meta.constraints[0].check(Wide, connection)
    assert found.id == "matinee.E226"
    assert "measured" in found.msg


@isolate_apps("tests.networks")
def test_a_column_is_altered_to_the_type_and_back():
    class Altered(models.Model):
        value = models.TextField(null=True)

        class Meta:
            app_label = "networks"

    old = Altered._meta.get_field("value")
    new = InetRangeField(null=True)
    new.set_attributes_from_name("value")
    new.model = Altered
    with connection.schema_editor() as editor:
        editor.create_model(Altered)
        Altered.objects.create(value="[10.0.0.9,10.0.0.10]")
        editor.alter_field(Altered, old, new)
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM networks_altered")
        assert cursor.fetchone() == (Range(*OFFICE, "[]", range_type=INETRANGE),)
    with connection.schema_editor() as editor:
        editor.alter_field(Altered, new, old)
    assert Altered.objects.get().value == "[10.0.0.9,10.0.0.10]"
