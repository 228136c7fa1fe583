"""Ranges in expressions: made of names, taken apart, counted, in constraints and in indexes."""

import datetime as dt

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.writer import MigrationWriter
from django.db.models import (
    Avg,
    Case,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, ExtractHour, Now, TruncDay
from django.test.utils import isolate_apps, override_settings

from matinee.exceptions import RangesError, RangeTypeError
from matinee.ranges import (
    INT8RANGE,
    TSRANGE,
    TSTZRANGE,
    BigIntegerRangeField,
    DateTimeRangeField,
    IntegerMultiRangeField,
    IntegerRangeField,
    MultiRange,
    Range,
)
from matinee.ranges.functions import (
    Coverage,
    Gaps,
    Lower,
    Multi,
    Peak,
    RangeAgg,
    RangeMerge,
    Span,
    Unnest,
    Width,
)
from matinee.ranges.types import INETRANGE, InetRangeField
from tests.spans.models import Everything, Part

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def row():
    return Everything.objects.create(
        ints=(1, 5),
        many_ints=[(1, 3), (7, 9)],
        during=(NOON, NOON + 3 * HOUR),
        days=(NOON.date(), None),
        number=2,
        big=9,
        at=NOON + HOUR,
        day=NOON.date(),
    )


def value(expression):
    """Return what *expression* is of the row."""
    return Everything.objects.annotate(found=expression).values_list("found", flat=True).get()


# Made of names.


def test_a_range_of_names_is_an_expression(row):
    found = value(Range(F("number"), F("big")))

    assert found == Range(2, 9)
    assert value(Range(F("number"), 4, "[]")) == Range(2, 5)
    assert value(Range(None, F("at"), "(]")) == Range(None, row.at, "(]")
    assert value(Range(F("at"), Now())).upper > row.at
    assert value(Range(F("during__lower"), F("at"))) == Range(NOON, row.at)
    assert value(Range(F("number") - 1, F("number") + 1)) == Range(1, 3)


def test_the_field_of_a_range_of_names_is_that_of_its_elements(row):
    rows = Everything.objects.annotate(found=Range(F("at"), None))

    assert type(rows.query.annotations["found"].output_field) is DateTimeRangeField
    assert rows.filter(found__overlap=Range(NOON, None), found__lower=row.at).exists()
    assert value(Range(F("number"), F("big"), output_field=IntegerRangeField())) == Range(2, 9)


def test_a_range_of_names_may_say_its_type_as_any_does(row):
    found = Range(F("number"), F("number") + 5, "[]", range_type=INT8RANGE)

    assert type(found.output_field) is BigIntegerRangeField
    assert value(found) == Range(2, 8, range_type=INT8RANGE)
    assert value(Range(F("at"), None, range_type=TSTZRANGE)).lower == row.at
    in_nets = Range(Value("10.0.0.1"), "10.0.0.9", range_type=INETRANGE)
    assert isinstance(in_nets.output_field, InetRangeField)
    with override_settings(USE_TZ=False):
        assert type(Range(F("at"), None, range_type=TSRANGE).output_field) is DateTimeRangeField
    with pytest.raises(RangeTypeError, match="must be one that a field has, got") as told:
        Range(F("at"), None, range_type=TSRANGE)
    assert "output_field=" in told.value.hint
    with pytest.raises(RangesError, match="must have elements"):
        Range(F("at"), F("at"), empty=True)


def test_names_are_saved_as_ranges(row):
    Everything.objects.update(during=Range(F("at"), None), ints=Range(F("number"), 4))
    row.refresh_from_db()
    assert (row.during, row.ints) == (Range(row.at, None), Range(2, 4))

    made = Everything.objects.create(ints=Range(Value(3), Value(8)))
    made.refresh_from_db()
    assert made.ints == Range(3, 8)

    made.ints = F("ints") * Range(1, 5)
    made.save()
    made.refresh_from_db()
    assert made.ints == Range(3, 5)


def test_a_pair_of_names_is_told_to_be_a_range(row):
    with pytest.raises(RangesError, match="got F"):
        Everything.objects.update(ints=(F("number"), F("big")))


def test_what_a_range_of_names_cannot_be_is_told():
    with pytest.raises(RangesError, match="Bounds must be one of"):
        Range(F("number"), F("big"), "[[")
    with pytest.raises(RangeTypeError, match="The type of a range must be known"):
        value(Range(Value(None), None))
    with pytest.raises(RangesError, match="must be an integer"):
        str(Everything.objects.filter(ints__overlap=Range(F("number"), "x")).query)


def test_ranges_of_names_in_conditions(row):
    rows = Everything.objects.annotate(
        found=Case(
            When(ints__contains=F("number"), then=Range(F("number"), F("big"))),
            default=Value(None),
            output_field=IntegerRangeField(),
        )
    )

    assert rows.get().found == Range(2, 9)
    assert value(Coalesce("nums", Range(1, 2), output_field=row._meta.get_field("nums"))) == (
        Range(1, 2)
    )


def test_a_range_of_names_is_one_in_migrations():
    written, imports = MigrationWriter.serialize(Range(F("number"), F("big"), "[]"))
    names: dict = {}
    exec("\n".join(sorted(imports)), names)  # what a migration does with it

    assert eval(written, names) == Range(F("number"), F("big"), "[]")


# Taken apart.


def test_parts_of_a_range_are_names_everywhere(row):
    rows = Everything.objects.order_by("-during__lower", "ints__width")

    assert rows.values_list("ints__lower", "during__upper").get() == (1, NOON + 3 * HOUR)
    assert rows.filter(ints__upper=F("number") + 3, during__width=3 * HOUR).exists()
    assert value(F("during__lower") + HOUR) == row.at
    assert value(F("ints__upper") - F("ints__lower")) == 4
    assert value(TruncDay("during__lower", tzinfo=dt.UTC)) == NOON.replace(hour=0)
    assert value(ExtractHour("during__upper", tzinfo=dt.UTC)) == 15
    assert rows.filter(during__lower__date=NOON.date(), during__upper__hour__gte=1).exists()
    assert list(rows.datetimes("during__lower", "day", tzinfo=dt.UTC)) == [NOON.replace(hour=0)]


def test_parts_of_ranges_are_counted(row):
    Everything.objects.create(ints=(3, 9), during=(NOON, NOON + HOUR))

    found = Everything.objects.aggregate(
        Min("ints__lower"),
        Max("during__upper"),
        Sum("ints__width"),
        Avg("during__width"),
        n=Count("pk", filter=Q(ints__upper__gt=5)),
    )
    assert found == {
        "ints__lower__min": 1,
        "during__upper__max": NOON + 3 * HOUR,
        "ints__width__sum": 10,
        "during__width__avg": 2 * HOUR,
        "n": 1,
    }
    grouped = Everything.objects.values("ints__width").annotate(n=Count("pk"))
    assert sorted(grouped.values_list("ints__width", "n")) == [(4, 1), (6, 1)]


def test_functions_take_names_and_expressions(row):
    assert value(Lower("ints")) == 1
    assert value(Lower(Range(F("number"), F("big")))) == 2
    assert value(Width(F("ints") * Range(1, 3))) == 2
    assert value(Span("many_ints")) == Range(1, 9)
    assert value(Multi("ints")) == MultiRange([Range(1, 5)])
    assert value(Span(Multi("ints") + F("many_ints"))) == Range(1, 9)


def test_a_multirange_is_a_row_for_each_of_its_ranges(row):
    rows = Everything.objects.annotate(each=Unnest("many_ints")).order_by("each")

    assert [found.each for found in rows] == [Range(1, 3), Range(7, 9)]


def test_two_ranges_make_one_of_their_type(row):
    assert value(F("ints") + F("ints")) == Range(1, 5)
    assert value(F("ints") * Range(2, None)) == Range(2, 5)
    assert value(F("many_ints") - MultiRange([Range(2, 8)])) == MultiRange(
        [Range(1, 2), Range(8, 9)]
    )
    found = Everything.objects.annotate(found=F("ints") * Range(2, 9))
    assert type(found.query.annotations["found"].output_field) is IntegerRangeField
    with pytest.raises(FieldError, match="Cannot infer type"):
        value(F("ints") * F("bigs"))


# Of several rows.


def test_ranges_of_related_rows_make_one_multirange(row):
    other = Everything.objects.create()
    Part.objects.bulk_create(
        [Part(whole=row, ints=(0, 3)), Part(whole=row, ints=(2, 4)), Part(whole=row, ints=(6, 7))]
    )
    rows = Everything.objects.annotate(
        taken=RangeAgg("parts__ints", default=Value(MultiRange(), IntegerMultiRangeField())),
        free=Gaps("parts__ints", within=Range(0, 10)),
        slots=Gaps("parts__ints", within=[(0, 5), (6, 10)], min_width=2),
        late=Gaps("parts__ints", within=Range(0, 10), filter=Q(parts__ints__lower__gte=2)),
        at_once=Peak("parts__ints"),
    ).order_by("pk")

    first, second = rows
    assert first.taken == MultiRange([Range(0, 4), Range(6, 7)])
    assert first.free == MultiRange([Range(4, 6), Range(7, 10)])
    assert first.slots == MultiRange([Range(7, 10)])
    assert first.late == MultiRange([Range(0, 2), Range(4, 6), Range(7, 10)])
    assert first.at_once == 2
    assert second == other
    assert (second.taken, second.at_once) == (MultiRange(), 0)
    assert second.free == MultiRange([Range(0, 10)])


def test_an_aggregate_has_a_name_of_its_own(row):
    found = Everything.objects.aggregate(RangeAgg("ints"), Gaps("ints"), Peak("ints"))

    assert list(found) == ["ints__rangeagg", "ints__gaps", "ints__peak"]


def test_a_free_slot_without_an_end_is_wide_enough(row):
    found = Everything.objects.aggregate(
        free=Gaps("during", within=Range(NOON, None), min_width=HOUR * 1000)
    )

    assert found["free"] == MultiRange([Range(NOON + 3 * HOUR, None)])


def test_what_is_made_of_rows_is_made_of_ranges():
    with pytest.raises(RangeTypeError, match="Gaps must be between ranges"):
        Everything.objects.aggregate(free=Gaps("number"))
    for of_rows in (Peak, Coverage):
        with pytest.raises(RangeTypeError, match=r"must be of ranges, got .*number"):
            Everything.objects.aggregate(found=of_rows("number"))


def test_between_the_ranges_of_a_multirange_there_are_none_at_once(row):
    Everything.objects.create(many_ints=[(2, 4), (9, 12)])
    Everything.objects.create(many_ints=MultiRange())

    found = Everything.objects.aggregate(peak=Peak("many_ints"), where=Coverage("many_ints"))

    assert found["peak"] == 2
    assert found["where"] == [
        (Range(1, 2), 1),
        (Range(2, 3), 2),
        (Range(3, 4), 1),
        (Range(7, 12), 1),
    ]


def test_coverage_is_pairs_wherever_it_comes_from(row):
    Part.objects.bulk_create([Part(whole=row, ints=(0, 3)), Part(whole=row, ints=(2, 4))])
    parts = Part.objects.filter(whole=OuterRef("pk")).order_by().values("whole")
    pairs = [(Range(0, 2), 1), (Range(2, 3), 2), (Range(3, 4), 1)]

    assert value(Subquery(parts.annotate(found=Coverage("ints")).values("found"))) == pairs
    assert value(Coalesce(Coverage("parts__ints"), Coverage("parts__ints"))) == pairs
    rows = Everything.objects.values_list(Coverage("parts__ints"))
    assert list(rows.union(rows)) == [(pairs,)]


def test_coverage_has_ranges_as_their_column_has_them(row):
    Everything.objects.update(days=Range(dt.date(9999, 12, 30), dt.date.max, "[]"))

    for name in ("days", "during"):
        (found, _), *_ = Everything.objects.aggregate(where=Coverage(name))["where"]
        assert found == getattr(Everything.objects.get(), name)
    with override_settings(USE_TZ=False):
        (found, _), *_ = Everything.objects.aggregate(where=Coverage("during"))["where"]
        assert found == Everything.objects.get().during
        assert found.range_type == Everything.objects.get().during.range_type


def test_of_no_rows_there_is_the_same_however_there_are_none(row):
    free = Gaps("ints", within=Range(0, 10), min_width=2)
    asked = {"peak": Peak("ints"), "where": Coverage("ints"), "free": free}
    nothing = {"peak": 0, "where": [], "free": MultiRange([Range(0, 10)])}
    rows = Everything.objects

    assert rows.filter(pk=0).aggregate(**asked) == nothing
    assert rows.filter(pk__in=[]).aggregate(**asked) == nothing
    assert rows.none().aggregate(**asked) == nothing
    never = Q(pk__in=[])
    assert (
        rows.aggregate(
            peak=Peak("ints", filter=never),
            where=Coverage("ints", filter=never),
            free=Gaps("ints", within=Range(0, 10), min_width=2, filter=never),
        )
        == nothing
    )


def test_what_is_made_of_all_rows_goes_over_no_window():
    for of_rows in (RangeMerge, Gaps, Peak, Coverage):
        with pytest.raises(ValueError, match="isn't compatible with OVER"):
            Window(of_rows("ints"))


# In the schema.


@isolate_apps("tests.spans")
def test_parts_of_ranges_are_in_constraints_indexes_and_generated_columns():
    class Opening(models.Model):
        during = DateTimeRangeField()
        opens, closes = models.IntegerField(null=True), models.IntegerField(null=True)
        hours = models.GeneratedField(
            expression=Range(F("opens"), F("closes"), "[]"),
            output_field=IntegerRangeField(),
            db_persist=True,
        )
        long = models.GeneratedField(
            expression=F("during__width"), output_field=DurationField(), db_persist=True
        )

        class Meta:
            app_label = "spans"
            constraints = [
                models.CheckConstraint(
                    condition=Q(during__width__gte=HOUR, during__lower_inf=False), name="long"
                )
            ]
            indexes = [
                models.Index(F("during__lower"), name="begins"),
                models.Index("opens", condition=Q(during__upper__gt=NOON), name="late"),
            ]

    with connection.schema_editor() as editor:
        editor.create_model(Opening)
    made = Opening.objects.create(during=(NOON, NOON + HOUR), opens=9, closes=17)

    made.refresh_from_db()
    assert (made.hours, made.long) == (Range(9, 18), HOUR)
    short = Opening(during=(NOON, NOON + HOUR / 2))
    with pytest.raises(ValidationError, match="long"):
        short.validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        short.save()


def test_a_wrapped_difference_is_a_duration(row):
    found = ExpressionWrapper(F("during__upper") - F("at"), output_field=DurationField())

    assert value(found) == 2 * HOUR
