"""Hand-written loading that nothing reads is dropped, where that is certain."""

import pytest
from django.db.models import Prefetch
from rest_framework import serializers

from matinee.reads import Kind, Note, Plan
from matinee.reads._unneeded import without_unneeded
from matinee.reads.drf import plan_for
from matinee.reads.shape import Ask
from tests.shelf.models import Author, Book, Chapter, Country, Tag


class CountrySerializer(serializers.ModelSerializer):
    class Meta:
        model = Country
        fields = ("name",)


class AuthorSerializer(serializers.ModelSerializer):
    country = CountrySerializer()

    class Meta:
        model = Author
        fields = ("name", "country")


class BookSerializer(serializers.ModelSerializer):
    author = AuthorSerializer()

    class Meta:
        model = Book
        fields = ("title", "author", "tags")


@pytest.fixture
def plan():
    return plan_for(BookSerializer()).plan


def dropped(plan, queryset):
    return without_unneeded(plan, queryset)[1]


def test_joins_that_are_read_are_kept_and_others_dropped(plan):
    rows, gone = without_unneeded(plan, Book.objects.select_related("author__country", "editor"))

    assert gone == ("select_related('editor')",)
    assert rows.query.select_related == {"author": {"country": {}}}


def test_the_end_of_a_path_is_dropped_alone(plan):
    rows, gone = without_unneeded(plan, Book.objects.select_related("author__passport"))

    assert gone == ("select_related('author__passport')",)
    assert rows.query.select_related == {"author": {}}


def test_nothing_is_joined_where_nothing_is_left(plan):
    rows, _ = without_unneeded(plan, Book.objects.select_related("editor"))

    assert rows.query.select_related is False


def test_prefetches_that_are_read_are_kept_and_others_dropped(plan):
    rows = Book.objects.prefetch_related("tags", "marks", "author__books", Prefetch("chapters"))
    rows, gone = without_unneeded(plan, rows)

    assert rows._prefetch_related_lookups == ("tags",)
    assert gone == (
        "prefetch_related('marks')",
        "prefetch_related('author__books')",
        "prefetch_related('chapters')",
    )


@pytest.mark.parametrize(
    "own",
    [
        Prefetch("chapters", Chapter.everything.all()),
        Prefetch("tags", Tag.objects.all()),
        Prefetch("marks", to_attr="all_marks"),
    ],
)
def test_a_prefetch_that_says_which_rows_or_where_is_kept(plan, own):
    assert dropped(plan, Book.objects.prefetch_related(own)) == ()


@pytest.mark.parametrize(
    "incomplete",
    [
        {"whole": (Ask("BookSerializer", "label"),)},
        {"cut": (Ask("BookSerializer", "sequels"),)},
        {"notes": (Note(Kind.UNSEEN, Ask("BookSerializer", "label"), "obj is handed on"),)},
    ],
)
def test_nothing_is_dropped_where_code_may_read_what_the_plan_does_not_know(incomplete):
    plan = Plan(Book, ("id",), **incomplete)

    assert dropped(plan, Book.objects.select_related("editor").prefetch_related("tags")) == ()


def test_what_is_noted_of_code_that_was_read_stands_against_nothing():
    note = Note(Kind.APART, Ask("BookSerializer", "label"), "Book.objects.count()")
    plan = Plan(Book, ("id",), notes=(note,))

    assert dropped(plan, Book.objects.prefetch_related("tags")) == ("prefetch_related('tags')",)


def test_a_locking_queryset_is_left_alone(plan):
    rows = Book.objects.select_related("editor").select_for_update(of=("self", "editor"))

    assert dropped(plan, rows) == ()
