"""The law of manager calls: whatever is asked of a related manager, in whatever order, the answer
is Django's own, for every row, and it takes one query where all rows ask the same.
"""

from django.db import connection, transaction
from django.db.models import F, Q
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from matinee.reads._calls import cache_name, plant
from tests.shelf.models import Author, Book, Country, Tag
from tests.shelf.rows import fill

# A relation, and conditions on its rows that follow other relations: back to where one came
# from, by the same join and by another.
RELATIONS = {
    (Book, "chapters"): [
        {"number__gt": 0},
        {"title": "Chapter 0"},
        {"book__tags__name": "Tag 0"},
        {"book__tags__isnull": False},
        {"remark__text__contains": "0"},
    ],
    (Book, "tags"): [
        {"name__gt": "Tag 0"},
        {"books__state": "new"},
        {"books__title": "Book 1"},
        {"booktag__weight__gt": 1},
        {"books__tags__name": "Tag 1"},
    ],
    (Tag, "books"): [
        {"state": "new"},
        {"tags__name": "Tag 1"},
        {"booktag__weight__gt": 2},
        {"author__country__isnull": False},
        {"chapters__number": 2},
    ],
    (Book, "marks"): [{"text__contains": "on"}, {"pk__gt": 3}, {"kind__model": "book"}],
    (Author, "books"): [{"tags__name": "Tag 0"}, {"author__name": "Author 1"}, {"state": "used"}],
    (Country, "authors"): [{"books__tags__name__gt": "Tag 0"}, {"name__gt": "Author 1"}],
    (Tag, "booktag_set"): [{"weight__gt": 1}, {"tag__books__state": "new"}],
}


@st.composite
def questions(draw, conditions):
    """Draw what is asked of a manager: steps, and what is made of their rows."""
    condition = st.sampled_from(conditions)
    join = st.sampled_from(
        [lambda a, b: a & b, lambda a, b: a | b, lambda a, b: ~(a & b), lambda a, b: a & ~b]
    )
    q = st.builds(lambda joined, a, b: joined(Q(**a), Q(**b)), join, condition, condition)
    step = st.one_of(
        condition.map(lambda each: ("filter", (), each)),
        condition.map(lambda each: ("exclude", (), each)),
        q.map(lambda each: ("filter", (each,), {})),
        st.just(("all", (), {})),
        st.sampled_from([("order_by", ("-pk",), {}), ("order_by", (F("pk").asc(),), {})]),
        st.just(("distinct", (), {})),
    )
    steps = draw(st.lists(step, max_size=4))
    ending = draw(st.sampled_from(sorted(ENDINGS)))
    return steps, ending


ENDINGS = {
    "rows": lambda rows: sorted(row.pk for row in rows),
    "in order": lambda rows: [row.pk for row in rows.order_by("pk")],
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "bool": bool,
    "first": lambda rows: rows.order_by("-pk").first(),
    "last": lambda rows: rows.order_by("pk").last(),
    "slice": lambda rows: [row.pk for row in rows.order_by("pk")[1:3]],
    "flat": lambda rows: sorted(rows.order_by().values_list("pk", flat=True)),
    "distinct": lambda rows: sorted(rows.order_by().values_list("pk").distinct()),
    "values": lambda rows: sorted(row["pk"] for row in rows.values("pk")),
    "sliced values": lambda rows: list(rows.order_by("-pk").values_list("pk", flat=True)[:2]),
    "contains": lambda rows: rows.contains(rows.model(pk=2)),
    "get": lambda rows: [rows.filter(pk=row.pk).count() for row in rows.order_by("pk")[:1]],
}


def answer(row, name, steps, ending):
    rows = getattr(row, name).all()
    for method, args, kwargs in steps:
        rows = getattr(rows, method)(*args, **kwargs)
    return ENDINGS[ending](rows)


def is_apart(steps, ending):
    """Whether each row asks by itself: for another key, or for a slice of what is distinct."""
    slices = ending in {"first", "last", "slice", "sliced values", "get"}
    return ending == "get" or (slices and any(method == "distinct" for method, *_ in steps))


@given(data=st.data(), count=st.integers(0, 5), relation=st.sampled_from(list(RELATIONS)))
def test_a_question_asked_for_all_rows_is_answered_as_for_each(db, data, count, relation):
    model, name = relation
    steps, ending = data.draw(questions(RELATIONS[relation]))
    with transaction.atomic():
        fill(count)
        rows = model.objects.order_by("pk")
        with CaptureQueriesContext(connection) as plain_queries:
            plain = [answer(row, name, steps, ending) for row in rows]

        planted = plant(rows, {"": {cache_name(model, name): lambda queryset: queryset}})
        with CaptureQueriesContext(connection) as queries:
            found = [answer(row, name, steps, ending) for row in list(planted)]

        assert found == plain
        assert len(queries) <= len(plain_queries) + 1
        if not is_apart(steps, ending):
            assert len(queries) <= 2
        transaction.set_rollback(True)


def test_the_law_can_be_broken(db):
    """The control: without being planted, each row asks for itself."""
    fill(3)
    with CaptureQueriesContext(connection) as queries:
        [
            answer(row, "tags", [("filter", (), {"name__gt": ""})], "count")
            for row in Book.objects.all()
        ]
    assert len(queries) == 4
