"""Computed values, chosen rows and what depends on who asks, by one statement."""

import json
from types import SimpleNamespace

import pytest
from django.db.models import Count, Exists, F, Max, OuterRef, Q, Sum
from rest_framework import serializers as s

from matinee.reads.drf import computed, related
from matinee.reads.drf._json import answering, why_not
from matinee.reads.words import computed as computed_for
from matinee.reads.words import related as rows_for
from matinee.reads.words import request_value
from tests.db.reads.test_serializers import of
from tests.shelf.models import Author, Book, BookTag, Chapter, Tag


def asked_by(author):
    return {"context": {"request": SimpleNamespace(author=author)}}


def answer(serializer_class, rows, **kwargs):
    return json.loads(answering(serializer_class(**kwargs), rows).json(rows))


COMPUTED = {
    "a count": Count("chapters"),
    "the greatest": Max("chapters__number"),
    "over a relation to one": F("author__country__name"),
    "whether there are": Exists(BookTag.objects.filter(book=OuterRef("pk"))),
    "a sum of two": Count("chapters") + Count("tags"),
}


@pytest.mark.parametrize("kind", COMPUTED)
def test_what_is_computed_is_computed_by_the_statement(kind, library, equal):
    library(7)
    book = of(Book, "id", value=computed(COMPUTED[kind]))

    equal(book, Book.objects.order_by("pk"))
    equal(of(Author, "id", books=book(many=True)), Author.objects.order_by("pk"))
    equal(of(Chapter, "id", book=book()), Chapter.objects.order_by("pk"))


def test_two_aggregates_do_not_multiply_each_other(library):
    library(4)
    both = of(Book, "id", chapters=computed(Count("chapters")), tags=computed(Count("tags")))

    found = answer(both, Book.objects.order_by("pk"))

    assert [(row["chapters"], row["tags"]) for row in found] == [(3, 0), (3, 1), (0, 2), (3, 3)]


def test_chosen_rows_are_chosen_by_the_statement(library, equal):
    library(7)
    chapters = of(Chapter, "title", "number", b=s.CharField(source="book.title"))(many=True)
    some = of(
        Book,
        "id",
        last=related(chapters, "chapters", order_by="number", limit=1),
        odd=related(of(Tag, "name")(many=True), "tags", where=Q(booktag__weight__gte=3)),
        far=related(of(Book, "id")(many=True), "author__books"),
    )

    equal(some, Book.objects.order_by("pk"))
    equal(of(Author, "id", books=some(many=True)), Author.objects.order_by("pk"))


def test_words_in_meta_choose_rows_for_fields_as_they_are(library, equal):
    library(7)
    some = of(Book, "id", chapters=of(Chapter, "number")(many=True), weight=s.IntegerField())
    some.Meta.reads = [
        rows_for("chapters", where=Q(number=0)),
        computed_for(Sum("booktag__weight"), to_attr="weight"),
    ]
    rows = Book.objects.order_by("pk")

    found = answer(some, rows)

    assert [len(row["chapters"]) for row in found] == [1, 1, 0, 1, 1, 0, 1]
    assert [row["weight"] for row in found] == [None, 1, 4, 9, None, 5, 12]


def test_code_sees_what_is_computed(library, equal):
    library(4)

    class Own(s.ModelSerializer):
        shown = s.SerializerMethodField()

        def get_shown(self, book):
            return f"{book.title}: {book.chapter_count}"

        class Meta:
            model = Book
            fields = ("id", "shown")
            reads = (computed_for(Count("chapters"), to_attr="chapter_count"),)

    assert [row["shown"] for row in answer(Own, Book.objects.order_by("pk"))] == [
        "Book 0: 3",
        "Book 1: 3",
        "Book 2: 0",
        "Book 3: 3",
    ]


def test_users_that_take_turns_share_the_text_and_nothing_else(library):
    library(3)
    asker = request_value(lambda request: request.author)
    mine = of(
        Author,
        "id",
        mine=related(of(Book, "id")(many=True), "books", where=Q(author=asker)),
        is_me=computed(Count("pk", filter=Q(pk=asker))),
    )
    rows = Author.objects.order_by("pk")
    authors = list(rows.all())
    texts = set()

    for author in [*authors, *authors, None]:
        kwargs = asked_by(author)
        for row in answer(mine, rows, **kwargs):
            is_me = author is not None and row["id"] == author.pk
            own = [{"id": each.pk} for each in Book.objects.filter(author=author or 0)]
            assert row["mine"] == (own if is_me else [])
            assert row["is_me"] == is_me
        texts.add(answering(mine(**kwargs), rows).statement.text)

    assert len(texts) == 1


def test_a_list_of_the_requests_is_left_to_instances(db):
    several = request_value(lambda request: [1, 2])
    some = of(Author, some=related(of(Book, "id")(many=True), "books", where=Q(pk__in=several)))

    assert "is a list" in why_not(some(), Author.objects.all())
