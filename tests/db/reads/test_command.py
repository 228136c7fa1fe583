"""``manage.py reads``."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

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
    assert "not planned: the view does not inherit from PlannedReads" in printed("unplanned")
    assert "not planned: KeyError: 'title'" in printed("broken")
    assert "not planned: " in printed("AsList")


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
