"""A serializer that reads what it needs of whatever it is handed."""

import pytest
from django.core.paginator import Paginator
from rest_framework import serializers

from matinee.reads import unplanned
from matinee.reads.drf import PlannedSerializer, plan_for
from tests.db.reads import urls
from tests.shelf.models import Author, Book, Shop


class BookSerializer(PlannedSerializer, urls.BookSerializer):
    class Meta(urls.BookSerializer.Meta):
        pass


class AuthorSerializer(PlannedSerializer, serializers.ModelSerializer):
    books = BookSerializer(many=True)

    class Meta:
        model = Author
        fields = ("id", "books")


@pytest.fixture
def plain():
    """Return the answer of plain REST framework for all books."""

    def answer(data=None, *, many=True):
        with unplanned():
            rows = Book.objects.order_by("pk") if data is None else data
            return BookSerializer(rows, many=many).data

    return answer


def test_a_queryset_runs_the_plan(library, assert_reads, plain):
    library(4)
    with assert_reads(3):
        data = BookSerializer(Book.objects.order_by("pk"), many=True).data

    assert data == plain()


def test_a_manager_runs_the_plan(library, assert_reads):
    library(4)
    with assert_reads(3):
        assert len(BookSerializer(Book.objects, many=True).data) == 4


def test_a_list_is_loaded_with_what_it_lacks(library, assert_reads, plain):
    library(4)
    books = list(Book.objects.order_by("pk").select_related("author").prefetch_related("tags"))
    with assert_reads(1):
        data = BookSerializer(books, many=True).data

    assert data == plain()


@pytest.mark.parametrize("kind", ["queryset", "tuple", "generator", "page"])
def test_what_holds_objects_is_loaded_as_a_list_is(library, assert_reads, plain, kind):
    library(4)
    books = Book.objects.order_by("pk")
    list(books)
    held = {
        "queryset": books,
        "tuple": tuple(books),
        "generator": (book for book in books),
        "page": Paginator(books, 4).page(1),
    }[kind]
    with assert_reads(3):
        data = BookSerializer(held, many=True).data

    assert data == plain()


def test_an_instance_is_loaded_with_what_it_lacks(library, assert_reads):
    library(1)
    book = Book.objects.get()
    with assert_reads(3):
        data = BookSerializer(book).data

    assert len(data["chapters"]) == 2


def test_nothing_that_is_loaded_is_loaded_again(library, assert_reads):
    library(4)
    books = list(plan_for(BookSerializer()).apply(Book.objects.all()))
    with assert_reads(0):
        assert len(BookSerializer(books, many=True).data) == 4


def test_a_planned_queryset_is_not_read_twice(library, assert_reads):
    library(4)
    books = plan_for(BookSerializer()).apply(Book.objects.all())
    with assert_reads(3):
        assert len(BookSerializer(books, many=True).data) == 4


def test_the_outermost_serializer_reads_for_those_within(library, assert_reads):
    library(4)
    with assert_reads(4):
        rows = AuthorSerializer(Author.objects.order_by("pk"), many=True).data

    assert sum(len(row["books"]) for row in rows) == 3


def test_a_new_object_is_left_alone(assert_reads):
    class Named(PlannedSerializer, serializers.ModelSerializer):
        country = serializers.CharField(source="country.name", default="nowhere")

        class Meta:
            model = Author
            fields = ("name", "country")

    with assert_reads(0):
        data = Named(Author(name="Not saved")).data

    assert data == {"name": "Not saved", "country": "nowhere"}


def test_what_is_no_model_is_left_alone(assert_reads):
    class Row(PlannedSerializer, serializers.Serializer):
        n = serializers.IntegerField()

    with assert_reads(0):
        assert Row([{"n": 1}, {"n": 2}], many=True).data == [{"n": 1}, {"n": 2}]
        assert Row({"n": 3}).data == {"n": 3}


def test_objects_of_several_models_are_loaded_model_by_model(library, assert_reads):
    class Owned(PlannedSerializer, serializers.Serializer):
        name = serializers.CharField(source="owner.name", default="")
        author = serializers.CharField(source="author.name", default="")

    library(4)
    things = [*Shop.objects.order_by("pk"), *Book.objects.order_by("pk")]
    with assert_reads(2):
        rows = Owned(things, many=True).data

    assert [row["name"] for row in rows[:4]] == [shop.owner.name for shop in things[:4]]
    assert rows[4]["author"] == things[4].author.name
