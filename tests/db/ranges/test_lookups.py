"""What can be asked of ranges in a filter: each question by value, by name, as text."""

import datetime as dt
from contextlib import suppress
from decimal import Decimal

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db import connection
from django.db.models import Exists, F, Func, OuterRef, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce, Now
from django.utils import timezone

from matinee.exceptions import RangesError, RangeTypeError
from matinee.ranges import INFINITY, MultiRange, Range
from tests.spans.models import Everything, Part

pytestmark = pytest.mark.django_db


def day(number):
    return dt.date(2026, 1, number)


def at(number, hour=0):
    return dt.datetime(2026, 1, number, hour, tzinfo=dt.UTC)


def named(cases):
    """Yield *cases* with names; a queryset's own text would ask the database."""
    for number, case in enumerate(cases):
        asked, *why = case if isinstance(case, tuple) else (case,)
        yield pytest.param(asked, *why, id=f"{number} {next(iter(asked))}")


@pytest.fixture
def row():
    """The one row that is asked; beside it one without any range, of which nothing is true."""
    Everything.objects.create(name="nothing")
    found = Everything.objects.create(
        ints=(1, 5),
        bigs=(1, 6),
        nums=("1.5", None),
        days=(day(1), day(20)),
        during=(at(1), at(3)),
        many_ints=[(1, 3), (7, 9)],
        many_times=[(at(1), at(3))],
        small=2,
        number=3,
        big=4,
        number_float=2.5,
        price="2.00",
        day=day(5),
        at=at(2, 5),
    )
    Part.objects.create(whole=found, ints=(2, 3), number=2, during=(at(1), at(2)))
    return found


TRUE = [
    # Elements: by value, as text, by name, computed.
    {"ints__contains": 3},
    {"ints__contains": "4"},
    {"ints__contains": F("number")},
    {"ints__contains": F("small")},
    {"ints__contains": F("big")},
    {"ints__contains": F("number") + 1},
    {"bigs__contains": F("small")},
    {"nums__contains": 2.5},
    {"nums__contains": F("number_float")},
    {"nums__contains": F("price")},
    {"nums__contains": "1e3"},
    {"days__contains": day(5)},
    {"days__contains": at(5)},
    {"days__contains": F("at")},
    {"during__contains": F("at")},
    {"during__contains": "2026-01-02T00:00Z"},
    {"during__contains": at(2)},
    {"during__contains": Subquery(Everything.objects.exclude(at=None).values("at")[:1])},
    {"ints__contains": Part.objects.values("number")[:1]},
    {"many_ints__contains": 8},
    {"many_ints__contains": F("small")},
    # Ranges: pairs, text, of names, by name, computed.
    {"ints__contains": (2, 3)},
    {"ints__contains": "[1,3)"},
    {"ints__contains": F("ints")},
    {"bigs__contains": F("bigs")},
    {"nums__contains": F("nums")},
    {"ints__contains": Part.objects.values("ints")[:1]},
    {"ints__contains": Func(F("small"), F("number"), function="int4range")},
    {"during__contains": Func(F("at"), F("at"), Value("[]"), function="TSTZRANGE")},
    {"ints__overlap": Range(F("number"), 10)},
    {"bigs__overlap": Range(F("number"), 10)},
    {"bigs__overlap": Range(2, F("small"), "[]")},
    {"ints__overlap": (F("small"), None)},
    {"during__overlap": Range(F("at"), None)},
    {"during__overlap": (F("at"), Now())},
    {"during__overlap": Range(F("at"), F("day"))},
    {"ints__overlap": "{[0,1),[4,9)}"},
    {"ints__overlap": [(0, 1), (4, 9)]},
    {"ints__overlap": F("many_ints")},
    {"many_ints__overlap": F("ints")},
    {"many_ints__overlap": (8, 20)},
    {"many_ints__contains": "{[1,2),[8,9)}"},
    {"many_times__contains": F("during")},
    {"ints__contained_by": (0, 10)},
    {"ints__contained_by": "(,)"},
    {"during__contained_by": Range(at(1), None)},
    {"during__contained_by": Range(at(1), INFINITY)},
    {"ints__fully_lt": (5, 8)},
    {"ints__fully_gt": "(,1)"},
    {"ints__not_lt": (1, 2)},
    {"ints__not_gt": (0, 9)},
    {"ints__adjacent_to": (5, 9)},
    {"ints__adjacent_to": (-4, 1)},
    {"many_ints__adjacent_to": (9, 12)},
    {"many_ints__fully_lt": (9, 12)},
    # Elements in ranges.
    {"number__contained_by": (1, 9)},
    {"number__contained_by": "[1,9)"},
    {"number__contained_by": [(0, 1), (3, 4)]},
    {"number__contained_by": F("bigs")},
    {"small__contained_by": F("many_ints")},
    {"number_float__contained_by": F("nums")},
    {"price__contained_by": (1, 2.5)},
    {"day__contained_by": F("days")},
    {"at__contained_by": F("days")},
    {"at__contained_by": (at(1), at(4))},
    {"at__contained_by": F("during")},
    {"number__contained_by": Range(F("small"), F("big"))},
    # Equality and order.
    {"ints": (1, 5)},
    {"ints": "[1,4]"},
    {"ints__in": [(1, 5), (7, 8)]},
    {"many_ints": [(7, 9), (1, 2), (2, 3)]},
    {"ints__lt": Range(1, 6)},
]


@pytest.mark.parametrize("asked", list(named(TRUE)))
def test_a_question_is_answered(asked, row):
    [(name, value)] = asked.items()
    if name == "during__overlap" and isinstance(value, tuple):
        row.during = (at(1), None)
        row.save()

    assert list(Everything.objects.filter(**asked)) == [row]
    assert row not in Everything.objects.exclude(**asked)


REFUSED = [
    ({"ints__overlap": [F("ints")]}, "must be a pair, got "),
    ({"ints__overlap": [F("number"), Range(1, 2)]}, "must be a pair, got "),
    ({"ints__overlap": (F("number"), F("big"), "[[")}, "must be a pair, got "),
    ({"number__contained_by": [F("ints")]}, "must be a pair, got "),
    ({"ints__contains": "abc"}, "must be an integer"),
    ({"ints__contains": 2**40}, "must be from -2147483648 to 2147483647"),
    ({"ints__contains": 2.5}, "must be integers"),
    ({"ints__contains": Decimal(1)}, "must be integers"),
    ({"ints__contains": "[1,"}, "must be like"),
    ({"ints__contains": F("number_float")}, "must be integer, got double precision"),
    ({"ints__contains": F("name")}, "must be integer, got varchar"),
    ({"days__contains": "tomorrow"}, "invalid date format"),
    ({"during__contains": "5874897-01-01"}, "invalid format"),
    ({"nums__contains": "x"}, "must be a decimal"),
    ({"ints__overlap": "x"}, "is compared with ranges"),
    ({"ints__overlap": 5}, "is compared with ranges"),
    ({"ints__overlap": (Decimal(1), None)}, "must be integers"),
    ({"ints__overlap": F("bigs")}, "with ranges of int4range, got .* of int8range"),
    ({"days__overlap": F("during")}, "with ranges of daterange, got .* of tstzrange"),
    ({"ints__overlap": F("many_bigs")}, "with ranges of int4range, got .* of int8range"),
    ({"during__fully_lt": at(1)}, r'Range\(x, x, "\[\]"\)'),
    ({"during__gt": at(1)}, "must be a Range"),
    ({"number__contained_by": 5}, "is compared with ranges"),
    ({"number__contained_by": F("during")}, "must be timestamp with time zone"),
]


@pytest.mark.parametrize(("asked", "why"), list(named(REFUSED)))
def test_what_cannot_be_asked_is_refused_before_the_database_is(
    asked, why, row, django_assert_num_queries
):
    with django_assert_num_queries(0), pytest.raises(RangesError, match=why):
        list(Everything.objects.filter(**asked))


def test_the_hint_of_a_refused_cast_works(row):
    with pytest.raises(RangeTypeError) as caught:
        list(Everything.objects.filter(ints__contains=F("price")))
    assert "Cast(…, IntegerField())" in caught.value.hint

    field = Everything._meta.get_field("number").__class__()
    assert list(Everything.objects.filter(ints__contains=Cast("price", field))) == [row]


def test_names_of_an_outer_query_are_typed_too(row):
    for asked in (
        {"ints__overlap": OuterRef("ints")},
        {"ints__contains": OuterRef("small")},
        {"number__contained_by": OuterRef("bigs")},
        {"during__lower__lte": OuterRef("at")},
        {"during__overlap": OuterRef("during")},
        {"ints__overlap": Range(OuterRef("small"), OuterRef("number"))},
    ):
        rows = Everything.objects.exclude(number=None)  # whose range has no ends otherwise
        assert list(rows.filter(Exists(Part.objects.filter(**asked)))) == [row], asked


def test_a_day_is_a_day_of_the_current_zone(row):
    """At 23:00 in New York it is tomorrow in UTC, and still today there."""
    late = dt.datetime(2026, 1, 20, 3, tzinfo=dt.UTC)  # the 19th in New York, the last of its days
    Everything.objects.filter(pk=row.pk).update(at=late)
    rows = Everything.objects.filter(days__contains=F("at"))
    midnight = Everything.objects.filter(pk=row.pk, during__contains=F("day"))
    Everything.objects.filter(pk=row.pk).update(day=day(3))

    with timezone.override("UTC"):
        assert not rows.exists()
        assert not midnight.exists()
    with timezone.override("America/New_York"):
        assert rows.exists()
    with timezone.override("Asia/Kolkata"):  # whose midnight comes first
        assert midnight.exists()


def test_a_filter_needs_no_cast_by_hand_to_use_an_index(row):
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX ON spans_everything USING gist (during)")
        cursor.execute("CREATE INDEX ON spans_everything USING gist (ints)")
        cursor.execute("SET LOCAL enable_seqscan = off")
    for asked in (
        {"during__overlap": (at(1), at(2))},
        {"during__contains": at(1)},
        {"during__lower__gte": at(1)},
        {"during__upper__lt": at(9)},
        {"during__lower__lte": at(2)},
        {"ints__upper__gte": 2},
        {"ints__contains": "3"},
    ):
        plan = Everything.objects.filter(**asked).explain()
        assert "Index Cond" in plan, (asked, plan)


def test_sql_of_no_known_type_is_taken_as_it_is(row):
    rows = Everything.objects

    for sql, params in (("%s + 2", [2]), ("int4range(2, 4)", []), ("number", [])):
        assert rows.filter(ints__contains=RawSQL(sql, params)).get() == row
    assert not rows.filter(ints__contains=RawSQL("%s + 2", [3])).exists()
    assert rows.filter(number__contained_by=RawSQL("ints", [])).get() == row
    assert rows.filter(ints__contains=Range(RawSQL("small", []), 4)).get() == row
    assert rows.filter(ints__lower__lte=RawSQL("small", [])).get() == row


def test_a_pair_has_bounds_of_its_own(row):
    rows = Everything.objects

    assert rows.filter(ints__contains=(F("number"), 5)).exists()
    assert not rows.filter(ints__contains=(F("number"), 5, "[]")).exists()
    assert rows.filter(ints__contains=(1, 5)).exists()
    assert not rows.filter(ints__contains=(1, 5, "[]")).exists()
    assert rows.filter(number__contained_by=(F("small"), F("number"), "[]")).exists()
    assert not rows.filter(number__contained_by=(F("small"), F("number"))).exists()


@pytest.mark.parametrize(
    ("end", "other"),
    [
        ("ints__upper", F("small")),
        ("ints__upper", F("big")),
        ("ints__upper", F("price")),
        ("ints__upper", F("number_float")),
        ("bigs__upper", F("number")),
        ("nums__lower", F("big")),
        ("nums__lower", F("number_float")),
        ("days__upper", F("at")),
        ("days__upper", Now()),
        ("during__upper", F("day")),
        ("many_ints__upper", F("big")),
    ],
)
def test_an_end_is_compared_with_elements_of_any_type(end, other, row):
    """As wide a type as there is goes into no range of a narrower one, and so into no index."""
    for lookup in ("lt", "lte", "exact", "gte", "gt"):
        rows = Everything.objects.filter(**{f"{end}__{lookup}": other})
        # A control: of an end by itself, for which nothing else is said.
        plain = Everything.objects.annotate(end=Coalesce(end, end))
        assert list(rows) == list(plain.filter(**{f"end__{lookup}": other}))


@pytest.mark.filterwarnings("ignore:.*received a naive datetime")
def test_a_text_of_a_url_crashes_nothing(row):
    """Every lookup of every field takes any text, or refuses it."""
    texts = [
        "",
        " ",
        "5",
        "[1,5)",
        "empty",
        "{}",
        "[",
        "1e1000000",
        "NaN",
        "infinity",
        "\x00",
        "'",
        "[1,2147483647]",
        "5874897-01-01",
        "0x1F",
        "\u0661",
        "[" * 10_000,
        "null",
        "true",
        "2026-01-01",
        "2026-01-01T00:00Z",
    ]
    lookups = [
        "contains",
        "contained_by",
        "overlap",
        "adjacent_to",
        "fully_lt",
        "lower",
        "upper__gte",
        "is_empty",
        "width__gte",
        "exact",
        "in",
        "gt",
        "isnull",
    ]
    names = [
        f"{field}__{lookup}"
        for field in ("ints", "nums", "days", "during", "many_ints")
        for lookup in lookups
    ]
    for name in (*names, "number__contained_by", "at__contained_by"):
        for text in texts:
            _asked(name, text)


def _asked(name, text):
    with suppress(ValueError, TypeError, FieldError, ValidationError):  # as of Django's fields
        list(Everything.objects.filter(**{name: text})[:1])


def test_values_agree_with_python(row):
    """A control of the table above: the values themselves say the same."""
    found = MultiRange([(Range(1, 3)), Range(7, 9)])

    assert found.contains(8)
    assert found.overlaps(Range(8, 20))
    assert Range(1, 5).adjacent_to(Range(5, 9))
