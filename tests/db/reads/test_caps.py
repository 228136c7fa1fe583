"""The most expensive question, over 100,000 rows: what a cap lets through, and what a timeout ends."""

import pytest
from django.db import OperationalError, connection, transaction
from rest_framework import generics, pagination, permissions
from rest_framework import serializers as s
from rest_framework.test import APIRequestFactory

from matinee.reads.drf import PlannedReads
from tests.db.reads.test_serializers import AuthorS, of
from tests.shelf.models import Book, Chapter

BOOKS, EACH = 5_000, 20


class Deepest(s.ModelSerializer):
    author = AuthorS()
    chapters = of(
        Chapter,
        "id",
        "title",
        notes=s.SlugRelatedField("text", source="note_set", many=True, read_only=True),
    )(many=True)
    length = s.SerializerMethodField()

    class Meta:
        model = Book
        fields = ("id", "title", "author", "tags", "chapters", "length")

    def get_length(self, book):
        return len(book.chapters.all())


class Capped(pagination.PageNumberPagination):
    page_size = 10
    page_size_query_param = "page_size"
    max_page_size = 100


class Uncapped(Capped):
    max_page_size = None


class Books(PlannedReads, generics.ListAPIView):
    queryset = Book.objects.order_by("pk")
    serializer_class = Deepest
    pagination_class = Capped
    permission_classes = (permissions.AllowAny,)
    authentication_classes = ()
    filter_backends = ()


@pytest.fixture
def crowd(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO shelf_book (title, blurb, state, extra)"
            " SELECT 'Book ' || n, '', 'new', '{}' FROM generate_series(1, %s) n",
            [BOOKS],
        )
        cursor.execute(
            "INSERT INTO shelf_chapter (book_id, number, title, removed)"
            " SELECT id, n, 'Chapter ' || n, false FROM shelf_book, generate_series(1, %s) n",
            [EACH],
        )
        cursor.execute("ANALYZE shelf_book, shelf_chapter")


def ask(**attributes):
    view = type("View", (Books,), attributes).as_view()
    response = view(APIRequestFactory().get("/", {"page_size": 10**6}))
    return response.render().data


@pytest.mark.parametrize("json_reads", [True, False])
def test_a_page_is_as_long_as_the_view_lets_it_be(json_reads, crowd, assert_reads):
    with assert_reads(2 if json_reads else 5):
        answer = ask(json_reads=json_reads)

    assert answer["count"] == BOOKS
    assert [row["length"] for row in answer["results"]] == [EACH] * 100


@pytest.mark.parametrize("json_reads", [True, False])
def test_a_page_without_a_cap_ends_with_the_timeout(json_reads, crowd):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '15ms'")
    with pytest.raises(OperationalError, match="statement timeout"), transaction.atomic():
        ask(json_reads=json_reads, pagination_class=Uncapped)

    # The connection is free again.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
    assert len(ask(json_reads=json_reads)["results"]) == 100
