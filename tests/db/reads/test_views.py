"""Views that plan their reads, driven over HTTP."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matinee import receipts
from matinee.reads import unplanned
from tests.shelf.models import Author, Book

pytestmark = pytest.mark.urls("tests.db.reads.urls")


@pytest.fixture
def call(client):
    """Send a request; return the answer's data and the SQL it took."""

    def send(method, path, data=None):
        with CaptureQueriesContext(connection) as queries:
            answer = getattr(client, method)(path, data, content_type="application/json")
        assert answer.status_code < 300, answer.content
        body = answer.json() if answer.content else None
        return body, [query["sql"] for query in queries.captured_queries]

    return send


def test_a_list_runs_the_plan_and_one_count(library, client):
    library(9)
    for size in (3, 9):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get("/shelf/", {"size": size}).json()
        assert len(answer["results"]) == size
        assert len(queries) == 4


def test_a_planned_answer_is_the_plain_answer(library, client):
    library(4)
    planned = client.get("/shelf/")
    with unplanned():
        plain = client.get("/shelf/")

    assert planned.content == plain.content


def test_a_list_loads_the_columns_it_needs(library, call):
    library(2)
    _, sql = call("get", "/shelf/")

    assert all('"blurb"' not in each for each in sql)


def test_a_single_object_is_loaded_with_every_column(library, call):
    library(2)
    _, sql = call("get", f"/shelf/{Book.objects.first().pk}/")

    assert len(sql) == 3
    assert '"blurb"' in sql[0]


def test_a_generic_view_is_planned_as_a_viewset_is(library, call):
    library(6)
    rows, sql = call("get", "/new/")

    assert len(rows) == 3
    assert len(sql) == 3


def test_a_created_object_is_answered_as_the_database_has_it(library, call):
    library(1)
    author = Author.objects.first()

    made, _ = call("post", "/shelf/", {"title": "New", "author_id": author.pk})

    assert made["author"] == {"id": author.pk, "name": author.name}
    assert made == call("get", f"/shelf/{made['id']}/")[0]


def test_a_created_object_is_answered_with_what_was_done_after_its_save(library, call):
    library(1)
    made, sql = call("post", "/new/", {"title": "Beyond"})

    assert [tag["name"] for tag in made["tags"]] == ["added after the save"]
    # New books hold none that are used: not found there, it is read from all of them.
    assert [each.count("\"state\" = 'new'") for each in sql if "LEFT OUTER JOIN" in each] == [1, 0]


def test_an_object_that_left_the_views_rows_is_answered_still(library, call):
    library(1)
    book = Book.objects.first()

    changed, _ = call("patch", f"/new/{book.pk}/", {"title": "Gone from here"})

    assert changed["title"] == "Gone from here"
    assert len(changed["chapters"]) == 2


def test_a_patch_answers_with_fresh_relations(library, call):
    library(2)
    book = Book.objects.first()
    other = Author.objects.exclude(pk=book.author_id).first()

    changed, sql = call("patch", f"/shelf/{book.pk}/", {"author_id": other.pk})

    assert changed["author"]["id"] == other.pk
    assert changed == call("get", f"/shelf/{book.pk}/")[0]
    # the object, the author checked, the update, and the answer's three
    assert len(sql) == 6


def test_a_write_saves_every_column(library, call):
    library(1)
    book = Book.objects.first()
    _, sql = call("patch", f"/shelf/{book.pk}/", {"title": "Changed"})

    update = next(each for each in sql if each.startswith("UPDATE"))
    assert '"blurb"' in update


def test_an_action_that_writes_answers_with_the_plan(library, call):
    library(2)
    book = Book.objects.first()
    changed, sql = call("post", f"/shelf/{book.pk}/rename/", {"title": "Renamed"})

    assert changed["title"] == "Renamed"
    assert len(sql) == 5  # the object, the update, and the answer's three


def test_a_delete_plans_nothing(library, call):
    library(1)
    _, sql = call("delete", f"/shelf/{Book.objects.first().pk}/")

    assert "JOIN" not in sql[0]


def test_a_view_whose_rows_are_a_list_answers_as_ever(library, call):
    library(1)
    rows, sql = call("get", "/list/")

    assert len(rows) == 4
    assert len(sql) == 1


def test_options_and_head_answer(library, client):
    library(1)

    assert client.options("/shelf/").status_code == 200
    assert client.head("/shelf/").status_code == 200


def test_the_browsable_pages_of_lists_objects_and_forms_answer(library, client):
    library(2)
    for path in ("/shelf/", f"/shelf/{Book.objects.first().pk}/", "/new/"):
        answer = client.get(path, headers={"accept": "text/html"})
        assert answer.status_code == 200
        assert "<form" in answer.content.decode()


def test_a_receipt_carries_the_plan_of_what_was_read(library, client):
    library(1)
    with receipts.collect() as receipt:
        client.get("/shelf/")

    mark = next(mark for mark in receipt.marks if mark.part == "reads")
    assert mark.name == "BookSerializer"
    assert mark.detail.queries == 3
