"""A word that does not go with the model is refused, with what to write instead."""

import pytest
from django.db.models import Avg, Count, F, Q, Subquery

from matinee.exceptions import ReadsError
from matinee.reads import computed, fetched, joined, lazy, plan_of, related, request_value
from matinee.reads._expressions import names
from matinee.reads._request import waits
from matinee.reads.shape import Ask, Draft
from matinee.reads.words import declare
from tests.shelf.models import Book, Mark, Tag

ASK = Ask("BookSerializer", "Meta.reads")


def plan(*parts, model=Book):
    draft = Draft(model)
    draft.want(["id"])
    for part in parts:
        declare(draft, part, ASK)
    return plan_of(draft.freeze())


@pytest.mark.parametrize(
    ("part", "message", "hint"),
    [
        ("titel", "names Book.titel, and there is no such field or relation", "'title'"),
        ("author__nme", "names Author.nme", "'name'"),
        ("autor__name", "names Book.autor, and there is no such relation", "'author'"),
        ("title__name", "names Book.title, and there is no such relation", ""),
        (joined("titel"), "no such relation", ""),
        (fetched("title"), "no such relation", ""),
        (lazy("blurp"), "names Book.blurp", "'blurb'"),
        (related("chapter", to_attr="x"), "names Book.chapter", "'chapters'"),
        (related("chapters", where=Q(nmber=1), to_attr="x"), "keyword 'nmber'", "'number'"),
        (related("chapters", where=Q(book__titel=1), to_attr="x"), "titel", ""),
        (related("chapters", order_by="numbr", to_attr="x"), "keyword 'numbr'", "'number'"),
        (computed(Count("tagz"), to_attr="n"), "keyword 'tagz'", "'tags'"),
        (computed(F("tags__name"), to_attr="n"), "there may be many tags__name", "Say which"),
        (joined("chapters"), "joins chapters, which leads to many rows", "Leave it"),
        (related("author", limit=1, to_attr="x"), "which leads to one", "Leave that out"),
        (lazy("author_id"), "rows are found by it", "Leave it in"),
        (lazy("id"), "rows are found by it", "Leave it in"),
        (lazy("publisher"), "names Book.publisher", ""),
    ],
)
def test_the_error_names_what_is_wrong_and_the_nearest_name(part, message, hint):
    with pytest.raises(ReadsError) as error:
        plan(part)

    assert message in error.value.message
    assert hint in error.value.hint
    assert error.value.code in {"reads.unknown_path", "reads.misfit"}


def test_a_limit_needs_a_place():
    with pytest.raises(ReadsError, match="no place of their own") as error:
        related("chapters", limit=3)
    assert error.value.code == "reads.limit_without_place"
    assert 'to_attr="..."' in error.value.hint


def test_a_generic_foreign_key_is_not_joined():
    with pytest.raises(ReadsError, match="rows of any model"):
        plan(joined("target"), model=Mark)


def test_one_place_holds_one_thing():
    with pytest.raises(ReadsError, match="two different things") as error:
        plan(related("chapters", limit=1, to_attr="x"), related("chapters", limit=2, to_attr="x"))
    assert error.value.code == "reads.two_in_one"
    with pytest.raises(ReadsError, match=r"Book\.n is to hold"):
        plan(computed(Count("tags"), to_attr="n"), computed(Count("chapters"), to_attr="n"))
    parts = [computed(Count("tags"), to_attr="n"), related("chapters", order_by="pk", to_attr="n")]
    for some in (parts, reversed(parts)):
        with pytest.raises(ReadsError, match=r"Book\.n is to hold"):
            plan(*some)


def test_saying_one_thing_twice_is_saying_it_once():
    twice = [related("chapters", where=Q(number=1), to_attr="x") for _ in range(2)]
    twice += [computed(Count("tags"), to_attr="n") for _ in range(2)]

    made = plan(*twice)

    assert (len(made.fetches), len(made.computed)) == (1, 1)


def test_a_limit_ends_its_order_by_the_key():
    made = plan(
        related("chapters", limit=1, to_attr="x"),
        related("chapters", order_by="title", limit=1, to_attr="y"),
        related("chapters", order_by=("title", "-pk"), limit=1, to_attr="by_key"),
        related("chapters", order_by="title", to_attr="z"),
    )

    assert [step.rows.order_by for step in made.fetches] == [
        ("-number", "pk"),
        ("title", "pk"),
        ("title", "-pk"),
        ("title",),
    ]


def test_what_is_computed_for_what_would_be_joined_is_fetched():
    draft = Draft(Book)
    declare(declare(draft, "author", ASK), computed(Count("books"), to_attr="n"), ASK)

    made = plan_of(draft.freeze())

    assert made.joins == ()
    assert made.queries == 2


def test_what_is_said_by_hand_is_printed_with_who_said_it():
    made = str(plan("author", fetched("author"), lazy("blurb"), lazy("chapters")))

    assert made.splitlines() == [
        "Book: 2 queries",
        "├─ columns id, author",
        "├─ lazy blurb (overridden)  ← BookSerializer.Meta.reads",
        "├─ lazy chapters (overridden)  ← BookSerializer.Meta.reads",
        "└─ fetch author: Author (overridden)  ← BookSerializer.Meta.reads",
        "   └─ columns id",
    ]


def test_a_property_is_read_as_code_is():
    assert plan("author__initials").joins[0].plan.columns is None


def test_names_are_found_in_conditions_and_expressions_but_not_in_what_makes_one_of_many():
    where = Q(a=1) & (Q(b__c=F("d")) | ~Q(e=F("f") + 1))

    assert list(names(where)) == ["a", "b__c", "d", "e", "f"]
    assert list(names(Avg("a") + F("b"))) == ["b"]


def test_a_slot_is_found_wherever_it_stands():
    slot = request_value(lambda request: request.user)

    for node in (
        slot,
        Q(a=1) | ~Q(b=slot),
        Count("a", filter=Q(b=slot)),
        Subquery(Tag.objects.filter(~Q(name=slot) | Q(pk=1))),
        Subquery(Tag.objects.annotate(mine=slot)),
    ):
        assert waits(node)
    assert not waits(Subquery(Tag.objects.filter(name="a")))
