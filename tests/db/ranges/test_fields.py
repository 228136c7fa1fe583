"""Fields of ranges and multiranges: what they hold, what they refuse, what the database has."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.postgres import fields as postgres
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.test.utils import isolate_apps, override_settings
from psycopg.types.range import Range as PsycopgRange

from matinee.exceptions import RangesError, RangeTypeError
from matinee.ranges import (
    DATERANGE,
    INFINITY,
    INT4RANGE,
    INT8RANGE,
    MINUS_INFINITY,
    NUMRANGE,
    TSTZRANGE,
    MultiRange,
    Range,
    fields,
)
from tests.spans.models import Everything

DAY = dt.date(2026, 1, 1)
NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
NAIVE = dt.datetime(2026, 1, 1, 12)  # noqa: DTZ001
TYPES = {
    "ints": INT4RANGE,
    "bigs": INT8RANGE,
    "nums": NUMRANGE,
    "days": DATERANGE,
    "during": TSTZRANGE,
}
ELEMENTS = {"ints": 1, "bigs": 1, "nums": Decimal(1), "days": DAY, "during": NOON}

pytestmark = pytest.mark.django_db


def saved(**values):
    return Everything.objects.get(pk=Everything.objects.create(**values).pk)


# What is assigned.


@pytest.mark.parametrize("name", TYPES)
def test_what_is_assigned_is_bound_to_the_type_of_the_field(name):
    for value in ((ELEMENTS[name], None), [ELEMENTS[name], None], Range(ELEMENTS[name], None)):
        found = getattr(Everything(**{name: value}), name)

        assert (type(found), found.range_type) == (Range, TYPES[name])


def test_psycopg_s_ranges_and_pairs_are_taken():
    row = Everything(ints=PsycopgRange(1, 4, "[]"), many_ints=[(1, 3), PsycopgRange(2, 9)])

    assert row.ints == Range(1, 5)
    assert row.many_ints == MultiRange([Range(1, 9)])


def test_an_attribute_is_canonical_before_it_was_saved():
    row = Everything(ints=Range(1, 9, "[]"), bigs=Range(1, 1))

    assert (row.ints.upper, row.ints.bounds, row.bigs.is_empty) == (10, "[)", True)
    assert saved(ints=Range(1, 9, "[]")).ints == row.ints


def test_integers_and_floats_become_decimals():
    found = Everything(nums=(1, 2.5)).nums

    assert (found.lower, found.upper) == (Decimal(1), Decimal("2.5"))


def test_what_is_no_range_stays_until_it_is_told():
    row = Everything(ints="one", days=(NOON, None), many_ints=5)

    assert (row.ints, row.days, row.many_ints) == ("one", (NOON, None), 5)


def test_the_bounds_of_a_pair_are_those_of_the_field():
    assert Everything(closed=(1, 2)).closed.bounds == "[]"
    assert Everything(nums=(1, 2)).nums.bounds == "[)"


def test_validation_keeps_the_bounds_of_the_field():
    row = Everything(closed=(1, 2))
    row.full_clean()
    row.save()

    assert row.closed == saved(closed=(1, 2)).closed == Range(Decimal(1), Decimal(2), "[]")


# What comes from the database.


@pytest.mark.parametrize("bounds", ["[)", "[]", "()", "(]"])
@pytest.mark.parametrize("name", TYPES)
def test_what_is_saved_is_what_was_assigned(name, bounds):
    for lower, upper in ((ELEMENTS[name], None), (None, ELEMENTS[name]), (None, None)):
        row = Everything(**{name: Range(lower, upper, bounds)})
        before = getattr(row, name)
        row.save()

        found = getattr(Everything.objects.get(pk=row.pk), name)
        assert (found, found.bounds, found.range_type) == (before, before.bounds, TYPES[name])


def test_empty_unbounded_and_no_range_are_three_things():
    found = saved(ints=Range(empty=True), bigs=Range(), days=None)

    assert (found.ints.is_empty, found.bigs.is_empty, found.days) == (True, False, None)
    assert (found.bigs.lower_inf, found.bigs.upper_inf) == (True, True)


def test_infinity_is_a_value_wherever_it_comes_from():
    saved(
        days=(DAY, INFINITY),
        during=Range(MINUS_INFINITY, NOON),
        nums=(1, Decimal("Infinity")),
        many_days=[(DAY, INFINITY)],
    )
    saved(days=(DAY, None))

    rows = Everything.objects.order_by("pk")
    assert [row.days.upper for row in rows] == [INFINITY, None]
    assert rows[0].during.lower is MINUS_INFINITY
    assert rows[0].nums.upper == Decimal("Infinity")
    assert rows[0].many_days.span.upper is INFINITY
    assert list(rows.values_list("days__upper", "during__lower")) == [
        (INFINITY, MINUS_INFINITY),
        (None, None),
    ]
    assert rows.filter(days__upper=INFINITY).count() == 1


def test_a_range_that_includes_the_last_day_of_python_can_be_read():
    with connection.cursor() as cursor:
        cursor.execute("SELECT daterange('2026-01-01', '9999-12-31', '[]')")
        [(found,)] = cursor.fetchall()

    assert found == Range(DAY, dt.date.max, "[]", range_type=DATERANGE)
    assert saved(days=found).days == found


def test_raw_sql_takes_and_gives_ranges():
    ranges = [
        Range(1, 5, range_type=INT4RANGE),
        Range(1, 5, range_type=INT8RANGE),
        Range(DAY, INFINITY, range_type=DATERANGE),
        Range(NOON, None, range_type=TSTZRANGE),
        MultiRange([Range(1, 2), Range(4, 5)], range_type=INT4RANGE),
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s, %s, %s, %s, %s", ranges)
        found = cursor.fetchone()

    assert list(found) == ranges
    assert [each.range_type for each in found] == [each.range_type for each in ranges]


def test_the_elements_of_an_array_are_ranges():
    found = saved(several=[Range(1, 3, "[]"), Range(empty=True)])

    assert found.several == [Range(1, 4), Range(empty=True)]


def test_deferred_and_refreshed_attributes_are_bound():
    row = Everything.objects.only("pk").get(pk=saved(ints=(1, 5)).pk)
    assert row.ints.range_type is INT4RANGE
    Everything.objects.update(ints=(2, 3))
    row.refresh_from_db()

    assert row.ints == Range(2, 3)


def test_what_others_compute_is_bound_too():
    saved(ints=(1, 5))

    found = Everything.objects.raw("SELECT *, ints AS found FROM spans_everything")[0]
    assert found.ints.range_type is found.found.range_type is INT4RANGE


# Points in time.


def test_a_point_in_time_without_a_zone_is_one_in_the_default_zone():
    """As DateTimeField has it, with its warning, while its plain ranges are in UTC."""
    with pytest.warns(RuntimeWarning, match="received a naive datetime"):
        row = Everything.objects.create(during=(NAIVE, None), name="range")
    with pytest.warns(RuntimeWarning, match="received a naive datetime"):
        Everything.objects.filter(pk=row.pk).update(at=NAIVE)

    row.refresh_from_db()
    assert row.during.lower == row.at == NAIVE.astimezone()


def test_instants_come_back_whatever_the_zone_they_were_written_in():
    zoned = NOON.astimezone(dt.timezone(dt.timedelta(hours=5, minutes=30)))

    assert saved(during=(zoned, None)).during == Range(NOON, None)


@override_settings(USE_TZ=False)
def test_without_time_zone_support_points_in_time_have_no_zone():
    connection.close()
    try:
        found = saved(during=(NAIVE, None)).during
    finally:
        connection.close()

    assert found == Range(NAIVE, None)


test_without_time_zone_support_points_in_time_have_no_zone = pytest.mark.django_db(
    transaction=True
)(test_without_time_zone_support_points_in_time_have_no_zone)


# What is refused, and by whom.

WRONG = {
    "ints": [
        "one",
        "[1,",
        "[3,1)",
        "[1,3000000000)",
        (3, 1),
        (1.5, 2),
        Range("a", "b"),
        5,
        "{}}",
        {"lower": 1, "to": 2},
    ],
    "bigs": ["[1,1e1000000)", (1, 2**63), (True, 3)],
    "nums": ["[x,)", (1, "x")],
    "days": ["[2026-13-01,)", "[5874897-01-01,)", (NOON, "x"), (1, 2)],
    "during": ["[yesterday,)", ("2026-01-01T00:00Z", 5)],
    "many_ints": ["{[1,2", "{[1,2),}", 5, [(3, 1)], ["x"], '[{"lower": 3, "upper": 1}]'],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_what_is_wrong_is_told_by_validation_and_never_reaches_the_database(
    name, value, django_assert_num_queries
):
    row = Everything(**{name: value})
    with pytest.raises(ValidationError) as caught:
        row.full_clean()
    assert set(caught.value.message_dict) == {name}

    with django_assert_num_queries(0), pytest.raises(RangesError):
        row.save()
    with django_assert_num_queries(0), pytest.raises(RangesError):
        Everything.objects.filter(**{name: value}).exists()


def test_text_that_is_long_is_not_repeated():
    with pytest.raises(ValidationError) as caught:
        Everything(ints="[" * 10_000).full_clean()

    assert len(str(caught.value)) < 400


def test_text_is_read_when_it_is_validated_and_when_it_is_saved():
    row = Everything(
        ints="[1,4]", days='{"lower": "2026-01-01", "upper": null}', many_ints="{[1,3)}"
    )
    row.full_clean()

    assert (row.ints, row.days, row.many_ints) == (
        Range(1, 5),
        Range(DAY, None),
        MultiRange([Range(1, 3)]),
    )
    assert saved(ints="(0,4]").ints == Range(1, 5)
    assert saved(nums="empty").nums.is_empty


def test_a_range_of_another_type_is_refused_and_one_of_the_same_kind_taken():
    small = Range(1, 5, range_type=INT4RANGE)

    assert Everything(bigs=small).bigs.range_type is INT8RANGE
    with pytest.raises(RangesError, match="must be of numrange, got one of int4range"):
        Everything(nums=small).save()


def test_choices_are_bound_as_what_is_assigned():
    with isolate_apps("tests.spans"):

        class Age(models.Model):
            group = fields.IntegerRangeField(choices=[((0, 17), "young"), (Range(18), "adult")])

            class Meta:
                app_label = "spans"

    row = Age(group=Range(0, 16, "[]"))
    row.clean_fields(exclude=["id"])
    assert row.get_group_display() == "young"
    with pytest.raises(ValidationError, match="not a valid choice"):
        Age(group=(0, 16)).clean_fields(exclude=["id"])


# In the place of Django's.

PAIRS = [
    (getattr(postgres, name), getattr(fields, name))
    for name in (
        *("IntegerRangeField", "BigIntegerRangeField", "DecimalRangeField"),
        *("DateRangeField", "DateTimeRangeField"),
    )
]


@pytest.mark.parametrize(("plain", "ours"), PAIRS)
def test_the_column_is_the_one_that_django_makes(plain, ours):
    assert ours().db_type(connection) == plain().db_type(connection)
    assert isinstance(ours(), plain)


@pytest.mark.parametrize(("plain", "ours"), PAIRS)
@isolate_apps("tests.spans")
def test_changing_the_import_changes_nothing_in_the_database(plain, ours):
    class Row(models.Model):
        span = plain(null=True)

        class Meta:
            app_label = "spans"

    old, new = Row._meta.get_field("span"), ours(null=True)
    new.set_attributes_from_name("span")
    new.model = Row
    with connection.schema_editor(collect_sql=True) as editor:
        editor.alter_field(Row, old, new)

    assert editor.collected_sql == []


def test_inspectdb_knows_every_column():
    from io import StringIO

    from django.core.management import call_command

    written = StringIO()
    call_command("inspectdb", "spans_everything", stdout=written)

    for field in Everything._meta.get_fields():
        if isinstance(field, fields.Ranged):
            path = f"matinee.ranges.fields.{type(field).__name__}"
            assert f"{field.name} = {path}(" in written.getvalue()


@pytest.mark.parametrize("text", ["[1,5)", " [1,4] ", "empty", "{[1,5)}", "{}"])
def test_the_text_of_a_range_is_a_multirange(text):
    found = saved(many_ints=text).many_ints

    assert found == MultiRange([Range(1, 5)] if "1" in text else [], range_type=INT4RANGE)
    assert list(Everything.objects.filter(many_ints=text).values_list("many_ints")) == [(found,)]


def test_a_pair_with_its_bounds_is_one_range():
    assert Everything(ints=(1, 4, "[]")).ints == Range(1, 5)
    assert Everything(many_ints=(1, 4, "[]")).many_ints == MultiRange([Range(1, 5)])
    assert Everything(many_ints=[(1, 4, "[]"), (7, 9)]).many_ints == MultiRange(
        [Range(1, 5), Range(7, 9)]
    )


@pytest.mark.parametrize("name", ["ints", "many_ints"])
@pytest.mark.parametrize("many", [False, True])
def test_a_pair_of_names_is_refused_when_it_is_saved(name, many):
    pair = models.F("number"), None
    unsaved = Everything(**{name: [pair] if many and name == "many_ints" else pair})

    with pytest.raises(RangesError, match=r"got F\(number\)"):
        unsaved.save()


def test_a_number_that_cannot_be_compared_is_no_element():
    with pytest.raises(RangesError, match="must be numbers"):
        Everything.objects.filter(nums=(Decimal("sNaN"), None))
    for lower in (float("-inf"), "-inf", "-Infinity"):
        assert saved(nums=(lower, 5)).nums == Range(Decimal("-Infinity"), 5)
        assert Everything.objects.filter(nums__lower=lower).exists()


def test_a_field_without_a_type_says_so():
    with pytest.raises(RangeTypeError, match="RangeField must have a type") as caught:
        fields.RangeField().get_prep_value((1, 5))

    assert "range_type()" in caught.value.hint
