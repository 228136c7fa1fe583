"""What Python code sees of an answer that the database wrote, and what becomes of its values."""

import datetime as dt
import json

import pytest
from rest_framework import pagination
from rest_framework import serializers as s
from rest_framework.test import APIClient

from matinee.reads import needs
from matinee.reads.drf import _json
from matinee.reads.drf._json import answering
from matinee.reads.sqljson import NEEDS
from tests.db.reads.conftest import render
from tests.db.reads.test_json_views import Books, both
from tests.db.reads.test_serializers import of
from tests.shelf.models import Author, Book, Chapter, Kind
from tests.shelf.rows import KIND


@pytest.fixture(autouse=True)
def compiled_anew():
    _json._kept.clear()


def method(function, *paths):
    """Return a field whose value *function* makes of the object, for which it needs *paths*."""

    class Made(s.Field):
        def to_representation(self, instance):
            return function(instance)

    if paths:
        Made.to_representation = needs(*paths)(Made.to_representation)
    return Made(source="*", read_only=True)


def sql(serializer_class, rows):
    return answering(serializer_class(), rows).statement.sql(rows)[0]


class Seen:
    """A method that says everything it sees."""

    def get_seen(self, book):
        author = book.author
        return repr((book.pk, book.title, author and (author.pk, author.name, author._state.db)))


AuthorS = of(Author, "id", "name")


def seeing(*names, **declared):
    """Return a serializer of books with these fields, and one that shows what code sees."""
    declared |= {"seen": s.SerializerMethodField()}
    meta = type("Meta", (), {"model": Book, "fields": [*names, *declared]})
    return type("BookS", (Seen, s.ModelSerializer), {"Meta": meta, **declared})


# What the answer shows is not carried a second time.

SHOWN = {
    "columns and the object": (["id", "title"], {"author": AuthorS()}, "author_id"),
    "the key of the relation": (["id", "title", "author"], {}, "name"),
    "columns": (["id", "title"], {}, "name"),
    "a name over a relation that may be null": (
        ["id"],
        {"by": s.CharField(source="author.name", default="nobody")},
        "name",
    ),
    "a name over a relation, or nothing": (
        ["id"],
        {"by": s.CharField(source="author.name", read_only=True)},
        "name",
    ),
    "a key under another name": ([], {"number": s.IntegerField(source="pk")}, "title"),
    "another form of the same column": ([], {"id": s.CharField(read_only=True)}, "title"),
    "nothing": ([], {}, "title"),
}


@pytest.mark.parametrize("kind", SHOWN)
def test_code_sees_what_it_would_see_of_an_instance(kind, library, equal):
    library(6)
    names, declared, carried = SHOWN[kind]
    book = seeing(*names, **declared)

    found = equal(book, Book.objects.order_by("pk"))
    equal(of(Author, "id", books=book(many=True)), Author.objects.order_by("pk"))
    equal(of(Chapter, "id", book=book()), Chapter.objects.order_by("pk"))

    assert len({row["seen"] for row in found}) == 6
    assert any("None" in row["seen"] for row in found), "a control: some have no author"
    carries = sql(book, Book.objects.all()).rpartition("json_build_array")[2]
    assert f'"{carried}"' in carries


def test_what_the_answer_shows_whole_is_not_carried(library, equal):
    library(3)
    title = method(lambda chapter: chapter.book.title * 2, "book__title")
    chapter = of(Chapter, "id", book=of(Book, "id", "title")(), twice=title)
    bare = of(Chapter, "id", twice=title)

    equal(chapter, Chapter.objects.order_by("pk"))

    # The key of the relation is a column of its own.
    assert sql(chapter, Chapter.objects.all()).count('"title"') == 2
    assert sql(bare, Chapter.objects.all()).count('"title"') == 1
    assert NEEDS not in sql(of(Book, "id", "title", twice=method(str, "title")), Book.objects.all())


def test_a_decimal_that_is_shown_keeps_its_zeros(db, equal):
    Kind.objects.create(price=KIND["price"])
    Kind.objects.create()
    kind = of(Kind, "id", "price", seen=method(lambda kind: repr(kind.price), "price"))

    equal(kind, Kind.objects.order_by("pk"))

    assert NEEDS not in sql(kind, Kind.objects.all())


def test_code_inside_an_object_that_may_be_missing(library, equal):
    library(4)
    author = of(Author, "name", twice=method(lambda author: author.name * 2, "name"))
    fields = {
        "before": author(source="sequel_to.author", read_only=True),
        "last": author(source="sequel_to.author", read_only=True, allow_null=True),
    }

    found = equal(of(Book, "id", **fields), Book.objects.order_by("pk"))

    assert any("before" not in row for row in found), "a control: some have none before"
    assert any(row.get("before") for row in found)


def test_code_that_makes_the_object_anew_sees_inside_it(library, equal):
    library(4)

    class Flat(s.ModelSerializer):
        author = of(Author, "id", span=method(lambda _author: dt.timedelta(seconds=90), "pk"))()

        def to_representation(self, book):
            row = super().to_representation(book)
            author = row.pop("author") or {"span": None}
            return row | {"span": author["span"], "raw": b"bytes", "later": dt.time(1, 2, 3, 4)}

        class Meta:
            model = Book
            fields = ("id", "author")

    equal(Flat, Book.objects.order_by("pk"))
    equal(of(Author, "id", books=Flat(many=True)), Author.objects.order_by("pk"))


def test_a_method_may_leave_its_key_out(library, equal):
    library(4)

    class Odd(s.Field):
        def get_attribute(self, instance):
            if instance.pk % 2:
                raise s.SkipField
            return instance

        def to_representation(self, instance):
            return instance.title

    found = equal(of(Book, "id", "title", odd=Odd(read_only=True)), Book.objects.order_by("pk"))

    assert {len(row) for row in found} == {2, 3}


# The serializer that code runs in is the one that plain Django REST framework makes.


class PlaceSerializer(s.ModelSerializer):
    place = s.SerializerMethodField()

    class Meta:
        model = Chapter
        fields = ("number", "place")

    @needs()
    def get_place(self, _chapter):
        """Return who is around this serializer, and what it knows."""
        around, step = [], self
        while step is not None:
            around.append([type(step).__name__, step.field_name])
            step = step.parent
        return [*around, sorted(self.context), self.context["view"].kwargs, list(self.fields)]


class Around(s.ModelSerializer):
    chapters = PlaceSerializer(many=True)
    whose = s.SerializerMethodField(method_name="whose_it_is")
    labelled = s.SerializerMethodField(label="By another name")

    class Meta:
        model = Book
        fields = ("id", "chapters", "whose", "labelled")

    @needs()
    def whose_it_is(self, _book):
        return self.context["request"].GET.get("user")

    @needs()
    def get_labelled(self, _book):
        return [self.fields["labelled"].label, type(self.parent).__name__, self.root is self]


class Changing(Around):
    def get_fields(self):
        fields = super().get_fields()
        return (
            fields
            if self.context["request"].GET.get("user")
            else fields | {"whose": s.CharField(source="title")}
        )


class Paged(pagination.PageNumberPagination):
    page_size = 2


Titles, Keys = of(Book, "title"), of(Book, "id")


class Turning(Books):
    """Its serializer is another one as soon as there is a page."""

    pagination_class = Paged

    def get_serializer_class(self):
        return Titles if hasattr(self.paginator, "page") else Keys


urlpatterns = [
    *both("turning/", Turning),
    *both("around/", Books, serializer_class=Around),
    *both("changing/", Books, serializer_class=Changing),
]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("query", ["", "?user=7"])
@pytest.mark.parametrize("route", ["around", "changing"])
def test_methods_run_in_the_serializer_of_the_request(route, query, library, assert_reads):
    library(2)
    plain = APIClient().get(f"/plain/{route}/{query}")
    APIClient().get(f"/json/{route}/?user=somebody-else")

    with assert_reads(1):
        found = APIClient().get(f"/json/{route}/{query}")

    assert found.json() == plain.json()
    assert found.json()[0]["chapters"], "a control: there is something below"


@pytest.mark.urls(__name__)
def test_the_serializer_is_the_one_that_the_view_names_in_the_end(library):
    library(3)
    plain = APIClient().get("/plain/turning/").json()["results"]
    assert [[*row] for row in plain] == [["title"]] * 2, "a control"

    for _ in range(2):  # at first its fields are not known to be fixed
        assert APIClient().get("/json/turning/").json()["results"] == plain


def test_values_of_code_are_written_as_plain_drf_writes_them(library):
    library(1)
    values = {
        "span": dt.timedelta(days=1, microseconds=5),
        "moment": dt.datetime(2026, 1, 1, 1, 1, 1, 5, dt.UTC),
        "big": 2**70,
        "text": "\u2028 ünïcödé",
    }
    fields = {
        name: method(lambda _book, value=value: value, "pk") for name, value in values.items()
    }
    rows = Book.objects.all()

    body = answering(of(Book, "id", **fields)(), rows).json(rows)

    assert json.loads(body) == render(of(Book, "id", **fields)(rows, many=True))
    assert b"\\u2028" in body
