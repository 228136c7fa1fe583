"""What a filter by an end of a range says for an index changes no answer: all of a small world.

Each question is asked with the condition that an index answers and without, in every form that a
query can have.
"""

from itertools import product

import pytest
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Now

from matinee.ranges import MultiRange, Range, _supersets
from tests.spans.models import Everything, Part

ENDS = [None, 0, 1, 2, 3]
POINTS = range(-1, 5)
QUESTIONS = ["gt", "gte", "lt", "lte", "exact"]


def world():
    yield None
    yield Range(empty=True)
    for lower, upper, bounds in product(ENDS, ENDS, ["[)", "[]", "()", "(]"]):
        if lower is None or upper is None or lower <= upper:
            yield Range(lower, upper, bounds)


@pytest.fixture
def rows(db):
    """Ranges of integers and of numbers, and multiranges of two of them, each with an element."""
    ranges = list(world())
    made = [
        Everything(
            ints=each,
            nums=each,
            many_nums=each and MultiRange([each, Range(1, 2, "(]")]),
            number=number % 5,
        )
        for number, each in enumerate(ranges)
    ]
    Everything.objects.bulk_create(made)
    Part.objects.bulk_create(
        [Part(whole=each, ints=each.ints, number=each.pk % 4) for each in made]
    )


def forms(name, value):
    """Yield queries that ask *name* of *value* in every form there is."""
    rows, asked, other = Everything.objects, Q(**{name: value}), Q(number__gte=2)
    yield "filter", rows.filter(asked)
    yield "exclude", rows.exclude(asked)
    yield "not", rows.filter(~asked)
    yield "not not", rows.filter(~~asked)
    yield "and", rows.filter(asked & other)
    yield "or", rows.filter(asked | other)
    yield "xor", rows.filter(asked ^ other)
    yield "nested", rows.filter(~(other & ~(asked | Q(number=1))))
    yield "or not", rows.filter(other | ~asked)
    yield "is true", rows.alias(found=asked).filter(found=True)
    yield "is false", rows.alias(found=asked).filter(found=False)
    yield "case", rows.alias(n=Case(When(asked, then=Value(1)), default=Value(2))).filter(n=1)
    yield "in a subquery", rows.filter(pk__in=rows.filter(asked).values("pk"))
    yield "not in a subquery", rows.exclude(pk__in=rows.filter(asked).values("pk"))
    yield "exists", rows.filter(Exists(rows.filter(asked, pk=OuterRef("pk"))))
    yield "not exists", rows.filter(~Exists(rows.filter(asked, pk=OuterRef("pk"))))
    yield "sliced", rows.filter(asked).order_by("pk")[:7]
    yield "union", rows.filter(asked).union(rows.exclude(asked))
    counted = rows.alias(n=Count("parts", filter=Q(**{f"parts__whole__{name}": value})))
    yield "filter of an aggregate", counted.filter(n=1)
    yield "having", rows.alias(n=Count("parts")).filter(asked, n=1)
    yield "having or", rows.alias(n=Count("parts")).filter(asked | Q(n=2))
    parts = Part.objects
    yield "across a relation", parts.filter(**{f"whole__{name}": value})
    yield "across a relation, not", parts.exclude(**{f"whole__{name}": value})


def answers(queries):
    return {form: sorted(query.values_list("pk", flat=True)) for form, query in queries}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("end", ["lower", "upper"])
@pytest.mark.parametrize("field", ["ints", "nums", "many_nums"])
def test_what_is_said_for_an_index_changes_no_answer(field, end, question, rows, monkeypatch):
    name = f"{field}__{end}__{question}"
    for value in [*POINTS, F("number")]:
        narrowed = answers(forms(name, value))
        with monkeypatch.context() as without:
            without.setattr(_supersets, "_is_kept_where_true", lambda *_args: False)
            assert narrowed == answers(forms(name, value)), (name, value)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("end", ["lower", "upper"])
def test_a_filter_by_an_end_says_what_an_index_answers(end, question, rows):
    """A control: something is said, where rows are kept because it is true."""
    operators = ("&>", "&<", "&&")
    said = {
        form
        for form, query in forms(f"ints__{end}__{question}", 2)
        if any(each in str(query.query) for each in operators)
    }

    assert {"filter", "and", "or", "exists", "having", "across a relation", "in a subquery"} <= said
    assert said.isdisjoint({"exclude", "not", "xor", "or not", "case", "is true", "is false"})


@pytest.mark.parametrize("end", ["lower", "upper"])
@pytest.mark.parametrize("field", ["ints", "nums", "many_nums"])
def test_what_is_said_of_an_end_between_two_points_changes_no_answer(field, end, rows, monkeypatch):
    asked = list(product(["gt", "gte"], ["lt", "lte"], POINTS, POINTS))
    queries = [
        Everything.objects.filter(
            **{f"{field}__{end}__{first}": low, f"{field}__{end}__{last}": high}
        )
        for first, last, low, high in asked
    ]
    narrowed = answers(enumerate(queries))
    said = [str(each.query).count("&&") for each in queries]
    monkeypatch.setattr(_supersets, "_is_kept_where_true", lambda *_args: False)

    assert narrowed == answers(enumerate(queries))
    assert any(narrowed.values())
    assert said.count(1) > len(POINTS), "a control: once for both"


@pytest.mark.parametrize("wrong", ["{range} && {from_}", "{range} << {from_}"])
def test_a_condition_that_loses_rows_is_found_out(wrong, rows, monkeypatch):
    """A control: the law sees the conditions that are tempting and wrong."""
    with monkeypatch.context() as changed:
        changed.setitem(_supersets._SUPERSETS, ("upper", "gte"), wrong)
        found = answers(forms("nums__upper__gte", 2))

    assert found != answers(forms("nums__upper__gte", 2))


def test_what_differs_from_call_to_call_is_asked_once(rows):
    assert "&>" in str(Everything.objects.filter(during__lower__gte=Now()).query), "a control"
    query = Everything.objects.filter(ints__lower__gte=F("number") + 1).query

    assert "&>" not in str(query)


@pytest.mark.parametrize("most", [2**31 - 1, -(2**31)])
@pytest.mark.parametrize("question", QUESTIONS)
def test_the_last_of_its_type_overflows_nothing(question, most, rows):
    for end in ("lower", "upper"):
        name = f"ints__{end}__{question}"
        for value in (most, Value(most, IntegerField())):
            assert Everything.objects.filter(**{name: value}).count() >= 0
