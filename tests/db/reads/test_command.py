"""``manage.py reads``."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, Q
from django.test.utils import CaptureQueriesContext
from django.urls import path
from rest_framework import generics, serializers

from matinee.reads import request_value
from matinee.reads.drf import PlannedReads, computed
from tests.shelf.models import Book, Tag

pytestmark = pytest.mark.urls("tests.db.reads.urls")


@pytest.fixture
def printed():
    def run(*args, **options):
        out = StringIO()
        call_command("reads", *args, stdout=out, no_color=True, **options)
        return out.getvalue()

    return run


def test_it_prints_every_view_with_its_plan_and_its_number_of_queries(printed):
    text = printed()

    assert "BookViewSet.list  GET /shelf/\n" in text
    assert "BookSerializer reads Book: 4 queries, one of them to count the rows" in text
    assert "├─ join author: Author  ← BookSerializer.author" in text
    assert "fetch chapters: Chapter  ← BookSerializer.chapters" in text


def test_a_detail_view_counts_no_rows(printed):
    assert "BookSerializer reads Book: 3 queries\n" in printed("BookViewSet.retrieve")


def test_a_name_picks_views_serializers_or_paths(printed):
    assert "NewBooks" in printed("newbooks")
    assert "BookViewSet" not in printed("newbooks")
    assert "BookViewSet" in printed("BookSerializer")
    assert "NewBook  GET /new/<int:pk>/" in printed("new/<int:pk>")


def test_a_name_that_nothing_goes_by_is_an_error_that_says_so(printed):
    with pytest.raises(CommandError, match="No view, serializer or path has nonsense in its name"):
        printed("nonsense")


def test_a_view_that_is_not_planned_says_why(printed):
    assert (
        "not planned: the view does not inherit from PlannedReads, "
        "and MIDDLEWARE does not have PlannedReadsMiddleware"
    ) in printed("unplanned")
    assert "not planned: KeyError: 'title'" in printed("broken")
    assert "not planned: get_queryset() returns a list; its objects are" in printed("AsList")


@pytest.fixture
def _planned_project(settings):
    settings.ROOT_URLCONF = "tests.db.reads.project"
    settings.MIDDLEWARE = ["matinee.reads.drf.middleware.PlannedReadsMiddleware"]


@pytest.mark.usefixtures("_planned_project")
@pytest.mark.urls("tests.db.reads.project")
@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Shelf.list", "BookSerializer reads Book: 4 queries, one of them to count the rows"),
        ("Shelf.slim", "SlimSerializer reads Book: 1 query"),
        ("Shelf.apart", "not planned: apart() does not ask for the view's serializer"),
        ("Optimised", "dropped: select_related('editor'), nothing reads it"),
        ("Optimised", "dropped: prefetch_related('marks'), nothing reads it"),
        ("AsUnion", "not planned: get_queryset() returns a union; its objects are loaded"),
        ("AsJSON", "BookSerializer reads Book: 1 query\n"),
        ("AsJSON", "json: one statement makes the answer"),
        ("AsOddJSON", "json: instances make the answer, "),
        ("OwnJSON", "json: instances make the answer, get() gets hold of the rows"),
        ("OfAuthor.list", "not planned: KeyError: 'author'"),
        ("LeftAlone", "not planned: planned_reads is False"),
        ("Plain", "not planned: no generic view, so no serializer to go by"),
        ("function", "not planned: no generic view, so no serializer to go by"),
    ],
)
def test_what_the_middleware_does_with_each_view_is_printed(printed, name, line):
    assert line in printed(name)


@pytest.mark.usefixtures("_planned_project")
@pytest.mark.urls("tests.db.reads.project")
def test_the_statement_that_makes_json_is_printed(printed):
    text = printed("AsJSON", sql=True)

    assert "SELECT (row_to_json(" in text
    assert text.count("\n-- ") == 1


@pytest.mark.usefixtures("_planned_project")
@pytest.mark.urls("tests.db.reads.project")
def test_loading_that_is_read_is_not_printed_as_dropped(printed):
    text = printed("Optimised")

    assert "'author'" not in text
    assert "'tags'" not in text


def test_a_serializer_that_no_view_names_is_printed_by_its_name(printed):
    class OfNoView(serializers.ModelSerializer):
        class Meta:
            model = Tag
            fields = ("name",)

    text = printed("OfNoView", sql=True)

    assert "test_command.OfNoView, in no view\nOfNoView reads Tag: 1 query\n" in text
    assert "\n-- Tag\nSELECT" in text
    assert "OfNoView" not in printed()


def test_the_sql_of_each_query_is_printed(printed):
    text = printed("BookViewSet.list", sql=True)

    assert "\n-- Book\nSELECT" in text
    assert "\n-- chapters\nSELECT" in text
    assert '"shelf_chapter"."book_id" IN (…)' in text


def test_the_facts_come_as_json(printed):
    facts = json.loads(printed("BookViewSet.list", json=True))

    assert facts[0]["queries"] == 4
    assert facts[0]["serializer"] == "BookSerializer"
    assert [each["path"] for each in facts[0]["sql"]] == ["", "chapters", "tags"]


def test_printing_runs_no_query_but_those_of_a_views_own_get_queryset(printed, db):
    with CaptureQueriesContext(connection) as queries:
        printed(sql=True)

    assert [query["sql"].split(" FROM ")[1] for query in queries.captured_queries] == [
        '"shelf_tag" ORDER BY "shelf_tag"."id" ASC'  # AsList
    ]


class Mine(serializers.ModelSerializer):
    mine = computed(Count("tags", filter=Q(tags__name=request_value(lambda asked: asked.user))))

    class Meta:
        model = Book
        fields = ("title", "mine")


class MyBooks(PlannedReads, generics.ListAPIView):
    queryset = Book.objects.all()
    serializer_class = Mine
    json_reads = True


urlpatterns = [path("mine/", MyBooks.as_view())]


@pytest.mark.urls(__name__)
def test_what_depends_on_who_asks_is_printed_as_for_nobody(printed):
    text = printed("MyBooks", sql=True)
    assert "json: one statement makes the answer" in text
    assert "compute Mine_mine" in text
    assert "not planned" not in text
