"""What there are gaps in: of each group its own, and how wide a gap must be."""

import datetime as dt

import pytest
from django.db.models import CharField, F, Max, Min, OuterRef, Q, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from matinee.exceptions import RangesError, RangeTypeError
from matinee.ranges import IntegerMultiRangeField, IntegerRangeField, MultiRange, Range
from matinee.ranges.functions import Gaps, Multi, Peak, RangeAgg
from tests.spans.models import Everything, Part

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def wholes():
    """Two, open from 0 to 10 and, but for its middle, from 0 to 6; both taken from 1 to 3."""
    made = [
        Everything.objects.create(
            name="one", ints=(0, 10), many_ints=[(0, 10)], number=0, big=10, bigs=(0, 10)
        ),
        Everything.objects.create(
            name="two", ints=(0, 6), many_ints=[(0, 2), (4, 6)], number=0, big=6, bigs=(0, 6)
        ),
    ]
    Part.objects.bulk_create(Part(whole=each, ints=(1, 3), number=n) for n, each in enumerate(made))
    return made


def free(within, **options):
    """Return the gaps between the parts of each."""
    rows = Everything.objects.annotate(free=Gaps("parts__ints", within=within, **options))
    return list(rows.order_by("name").values_list("free", flat=True))


IN_RANGES = [MultiRange([Range(0, 1), Range(3, 10)]), MultiRange([Range(0, 1), Range(3, 6)])]
IN_MANY = [IN_RANGES[0], MultiRange([Range(0, 1), Range(4, 6)])]


def test_each_group_has_its_gaps_within_a_column_of_its_own(wholes):
    assert free(F("ints")) == IN_RANGES
    assert free(F("many_ints")) == IN_MANY


def test_gaps_are_within_any_expression(wholes):
    assert free(Range(F("number"), F("big"), output_field=IntegerRangeField())) == IN_RANGES
    assert free((F("number"), F("parts__number") + 5)) == [
        MultiRange([Range(0, 1), Range(3, 5)]),
        MultiRange([Range(0, 1), Range(3, 6)]),
    ]
    assert free(Multi("ints") * F("many_ints")) == IN_MANY
    assert free(MultiRange([Range(0, 10)]) - F("many_ints")) == [
        MultiRange(),
        MultiRange([Range(3, 4), Range(6, 10)]),
    ]
    assert free(Coalesce("many_ints", Multi("ints"))) == IN_MANY
    assert free(RawSQL("'{[2,5)}'", [])) == [MultiRange([Range(3, 5)])] * 2
    assert free(Value(Range(0, 4))) == [MultiRange([Range(0, 1), Range(3, 4)])] * 2


def test_gaps_are_within_a_subquery_and_within_what_is_outside_of_one(wholes):
    mine = Everything.objects.filter(pk=OuterRef("pk"))
    assert free(Subquery(mine.values("ints"))) == IN_RANGES
    assert free(Subquery(mine.none().values("ints"))) == [None, None]

    parts = Part.objects.filter(whole=OuterRef("pk")).order_by().values("whole")
    of_parts = parts.annotate(found=Gaps("ints", within=OuterRef("many_ints"), min_width=2))
    rows = Everything.objects.annotate(free=Subquery(of_parts.values("found"))).order_by("name")
    assert [row.free for row in rows] == [MultiRange([Range(3, 10)]), MultiRange([Range(4, 6)])]


def test_gaps_are_within_what_an_aggregate_makes(wholes):
    Part.objects.create(whole=wholes[0], ints=(8, 9))

    assert free(RangeAgg("parts__ints")) == [MultiRange(), MultiRange()]
    within = Range(Min("parts__ints__lower"), Max("parts__ints__upper"))
    assert free(within) == [MultiRange([Range(3, 8)]), MultiRange()]
    every = Part.objects.aggregate(free=Gaps("ints", within=RangeAgg("whole__many_ints")))
    assert every["free"] == MultiRange([Range(0, 1), Range(3, 8), Range(9, 10)])


def test_other_parameters_stay_where_they_belong(wholes):
    """Each of another value, before, in, and behind what the aggregate is within."""
    Part.objects.create(whole=wholes[0], ints=(8, 9), number=7)
    rows = Everything.objects.annotate(
        label=Value("x", CharField()),
        free=Gaps(
            "parts__ints",
            within=F("many_ints") * MultiRange([Range(0, 9)]),
            min_width=2,
            filter=Q(parts__number__lt=5),
        ),
        peak=Peak("parts__ints", filter=Q(parts__number__gte=7)),
    ).filter(peak=1, name="one", free__contains=8)

    assert rows.get().free == MultiRange([Range(3, 9)])
    assert rows.get().label == "x"
    assert rows.count() == 1


def test_rows_are_grouped_by_what_their_gaps_are_within(wholes):
    groups = Part.objects.values("whole__name").annotate(free=Gaps("ints", within=F("whole__ints")))
    assert list(groups.order_by("whole__name").values_list("free", flat=True)) == IN_RANGES

    Part.objects.create(whole=wholes[0], ints=(5, 6), number=0)
    by_number = Part.objects.values("number").annotate(free=Gaps("ints", within=F("whole__ints")))
    assert list(by_number.order_by("number").values_list("number", "free")) == [
        (0, MultiRange([Range(0, 1), Range(3, 5), Range(6, 10)])),
        (1, IN_RANGES[1]),
    ]


def test_gaps_within_null_are_null(wholes):
    Everything.objects.filter(name="two").update(ints=None)

    assert free(F("ints")) == [IN_RANGES[0], None]
    assert free(F("ints"), filter=Q(pk__in=[])) == [MultiRange([Range(0, 10)]), None]


def test_a_joined_row_is_asked_of_again_when_names_change(wholes):
    """Aliases of a query are others where it is combined with another, or asked of its copy."""
    one = Everything.objects.annotate(free=Gaps("parts__ints", within=F("ints")))
    inner = one.filter(free__contains=7)

    assert [each.name for each in Everything.objects.filter(pk__in=inner.values("pk"))] == ["one"]
    assert one.filter(free__overlap=Range(4, 5)).order_by("name").union(one).count() == 2
    assert one.aggregate(all=RangeAgg("free"))["all"] == MultiRange([Range(0, 1), Range(3, 10)])


def test_all_rows_have_no_column_that_gaps_could_be_within(wholes):
    with pytest.raises(RangeTypeError, match="Gaps of all rows must be within one range") as told:
        Part.objects.aggregate(free=Gaps("ints", within=F("whole__ints")))
    assert "RangeAgg" in told.value.hint

    rows = Everything.objects.annotate(taken=RangeAgg("parts__ints"))
    with pytest.raises(RangeTypeError, match="Gaps of all rows must be within one range"):
        rows.aggregate(free=Gaps("ints", within=F("taken")))


@pytest.mark.parametrize("within", [F("bigs"), F("name"), F("during"), F("number")])
def test_gaps_are_within_ranges_of_their_type(wholes, within):
    with pytest.raises(RangeTypeError, match="must be within one of these, got"):
        free(within)


def test_a_multirange_is_what_gaps_are_within_of_a_value_with_its_field(wholes):
    within = Value(MultiRange([Range(0, 4)]), IntegerMultiRangeField())
    assert free(within) == [MultiRange([Range(0, 1), Range(3, 4)])] * 2
    with pytest.raises(RangesError):
        free("whole__ints")


# How wide a gap must be.


@pytest.mark.parametrize(
    ("name", "width", "wanted"),
    [
        ("days", 5, "a timedelta"),
        ("during", 5.5, "a timedelta"),
        ("many_times", 1, "a timedelta"),
        ("ints", DAY, "a number"),
        ("nums", DAY, "a number"),
        ("many_bigs", "5", "a number"),
        ("ints", True, "a number"),
        ("days", F("days__width"), "a timedelta"),
    ],
)
def test_a_width_of_another_kind_is_told(name, width, wanted):
    with pytest.raises(RangeTypeError, match=f"min_width must be {wanted} for ranges of") as told:
        Everything.objects.aggregate(free=Gaps(name, min_width=width))
    assert told.value.hint.startswith("Write min_width=")
    assert told.value.code == "ranges.width"


def test_a_width_of_the_same_kind_is_taken():
    """A control."""
    for name, width in (("days", DAY), ("during", DAY), ("ints", 5), ("nums", 2.5)):
        rows = Everything.objects.aggregate(free=Gaps(name, within=(None, None), min_width=width))
        assert len(rows["free"]) == 1
