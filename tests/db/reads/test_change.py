"""One declaration, and what follows from it: a line in a serializer is all that is ever edited."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import path
from rest_framework import generics, serializers

from matinee.reads.drf import PlannedReads
from tests.db.reads.project import Open
from tests.db.reads.urls import AuthorSerializer, ChapterSerializer, TagSerializer
from tests.shelf.models import Book


def project(**declared):
    """Return the URLs of a project of one serializer, with the fields that are *declared*."""
    meta = type("Meta", (), {"model": Book, "fields": ["id", "title", *declared]})
    cls = type("BookSerializer", (serializers.ModelSerializer,), {"Meta": meta, **declared})

    class BookList(PlannedReads, Open, generics.ListAPIView):
        queryset = Book.objects.order_by("pk")
        serializer_class = cls

    class BookDetail(PlannedReads, Open, generics.RetrieveAPIView):
        queryset = Book.objects.all()
        serializer_class = cls

    class URLs:
        urlpatterns = (
            path("books/", BookList.as_view()),
            path("books/<int:pk>/", BookDetail.as_view()),
        )

    return URLs


@pytest.fixture
def read(client, settings, library):
    """Return the answer at a path of a project, the SQL it took, and what its print says."""
    library(6)

    def get(urls, path):
        settings.ROOT_URLCONF = urls
        pk = Book.objects.first().pk
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path.format(pk=pk))
        sql = [query["sql"] for query in queries.captured_queries]
        out = StringIO()
        view = "BookDetail" if "pk" in path else "BookList"
        call_command("reads", view, stdout=out, no_color=True)
        return answer.json(), sql, out.getvalue()

    return get


@pytest.mark.parametrize("path", ["/books/", "/books/{pk}/"])
def test_one_serializer_serves_a_list_and_a_detail_view_with_no_prefetch_in_either(read, path):
    urls = project(author=AuthorSerializer(), tags=TagSerializer(many=True))
    answer, sql, _ = read(urls, path)

    book = answer[0] if isinstance(answer, list) else answer
    assert book["author"]["name"] == "Author 0"
    assert len(sql) == 2


@pytest.mark.parametrize("path", ["/books/", "/books/{pk}/"])
def test_one_line_added_to_the_serializer_changes_queries_sql_and_print(read, path):
    before = {"author": AuthorSerializer()}
    after = {**before, "chapters": ChapterSerializer(many=True)}

    _, old_sql, old_print = read(project(**before), path)
    _, new_sql, new_print = read(project(**after), path)

    assert new_sql[0] == old_sql[0]
    assert len(new_sql) == len(old_sql) + 1
    assert '"shelf_chapter"' in new_sql[1]
    added = [line for line in new_print.splitlines() if line not in old_print.splitlines()]
    assert added[:-1] == [
        "BookSerializer reads Book: 2 queries",
        "├─ join author: Author  ← BookSerializer.author",
        "│  └─ columns id, name",
        "└─ fetch chapters: Chapter  ← BookSerializer.chapters",
    ]


def test_one_line_taken_from_the_serializer_takes_its_column_from_the_query(read):
    _, sql, _ = read(project(), "/books/")

    assert "JOIN" not in sql[0]
    assert '"author_id"' not in sql[0]
