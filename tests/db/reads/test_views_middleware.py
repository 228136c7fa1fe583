"""A project that plans all its views by one line in ``MIDDLEWARE``."""

import asyncio
import json
from inspect import getsource, iscoroutinefunction

import pytest
from django.db import connection
from django.test import AsyncClient
from django.test.utils import CaptureQueriesContext

from matinee import receipts
from matinee.reads import unplanned
from matinee.reads.drf import _attempt
from matinee.reads.drf.middleware import PlannedReadsMiddleware, _planned
from tests.shelf.models import Author, Book, Tag

pytestmark = pytest.mark.urls("tests.db.reads.project")

MIDDLEWARE = "matinee.reads.drf.middleware.PlannedReadsMiddleware"


@pytest.fixture(autouse=True)
def _installed(settings):
    settings.MIDDLEWARE = [MIDDLEWARE]


@pytest.fixture
def get(client):
    """GET a path planned and plainly; both answers must be the same. Return it and the SQL."""

    def send(path):
        with CaptureQueriesContext(connection) as queries:
            planned = client.get(path)
        sql = [query["sql"] for query in queries.captured_queries]
        with unplanned():
            plain = client.get(path)
        assert planned.status_code == 200, planned.content
        assert json.dumps(planned.json()) == json.dumps(plain.json())  # the order of keys too
        return planned.json(), sql

    return send


@pytest.fixture
def send(client):
    def send(method, path, data=None):
        with CaptureQueriesContext(connection) as queries:
            answer = getattr(client, method)(path, data, content_type="application/json")
        assert answer.status_code < 300, answer.content
        body = answer.json() if answer.content else None
        return body, [query["sql"] for query in queries.captured_queries]

    return send


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/shelf/", 4),
        ("/shelf/{pk}/", 3),
        ("/shelf/recent/", 4),
        ("/shelf/{pk}/slim/", 1),
        ("/shelf/{pk}/apart/", 2),
        ("/by-action/", 1),
        ("/by-action/{pk}/", 3),
        ("/own-list/", 3),
        ("/own-list/{pk}/", 3),
        ("/read-list/", 4),
        ("/looked-at/", 1),
        ("/own-object/{pk}/", 4),
        ("/optimised/", 3),
        ("/never/", 3),
        ("/custom/", 4),
        ("/as-list/", 4),
        ("/as-union/", 4),
        ("/raw/", 4),
        ("/values/", 1),
        ("/locked/{pk}/", 4),
        ("/authors/{author}/books/", 3),
        ("/by-cursor/", 1),
        ("/cached/", 1),
        ("/by-looking-pages/", 2),
        ("/guarded/{pk}/", 1),
        ("/failing/", 3),
        ("/counting/", 2),
        ("/thrillers/", 3),
    ],
)
def test_a_view_of_this_kind_runs_so_many_queries(library, get, path, queries):
    library(6)
    book = Book.objects.first()

    _, sql = get(path.format(pk=book.pk, author=book.author_id))

    statements = [each for each in sql if not each.startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) == queries, "\n".join(statements)


def test_the_classes_of_the_project_stay_as_they_are(library, get):
    from tests.db.reads import project

    library(1)
    get("/shelf/")

    assert project.Shelf.filter_backends == [project.filters.OrderingFilter]
    assert project.Shelf.__mro__[1] is project.Open


def test_a_view_goes_by_its_own_name(library, client):
    library(1)
    answer = client.get("/shelf/", headers={"accept": "text/html"}).content.decode()

    assert "<title>Shelf" in answer
    assert "The ordinary viewset" in answer


def test_a_view_is_found_where_its_class_is_written():
    from tests.db.reads import project

    assert getsource(_planned(project.Shelf)) == getsource(project.Shelf)


def test_a_view_that_says_so_is_left_alone(library, get):
    library(6)
    _, sql = get("/left-alone/")

    assert len(sql) > 6


def test_loading_by_hand_that_nothing_reads_is_dropped(library, get):
    library(6)
    _, sql = get("/optimised/")

    assert not any("shelf_mark" in each for each in sql)
    assert sql[0].count("JOIN") == 1


def test_loading_by_hand_that_says_which_rows_is_kept(library, get):
    library(6)
    rows, sql = get("/custom/")

    assert [chapter["title"] for chapter in rows[0]["chapters"]] == ["Chapter 1"]
    assert any("shelf_mark" in each for each in sql)


def test_loading_by_hand_for_a_handler_of_the_projects_own_is_kept(library, get):
    library(6)
    _, sql = get("/looked-at/")

    assert sql[0].count("JOIN") == 2


def test_columns_are_narrowed_in_lists_alone(library, get):
    library(6)
    book = Book.objects.first()

    assert '"blurb"' not in get("/optimised/")[1][0]
    for path in ("/shelf/{}/", "/shelf/{}/slim/", "/guarded/{}/", "/own-object/{}/"):
        assert '"blurb"' in get(path.format(book.pk))[1][0]
    for path in ("/own-list/", "/looked-at/", "/by-cursor/"):
        assert '"blurb"' in get(path)[1][0]


def test_a_lock_is_never_taken_over_a_join(library, get):
    library(6)
    _, sql = get(f"/locked/{Book.objects.first().pk}/")

    locking = next(each for each in sql if each.endswith("FOR UPDATE"))
    assert "JOIN" not in locking


@pytest.mark.parametrize(
    ("path", "report"),
    [
        ("/closed/", "Closed is not planned: ReadsError: Closed.__init__() must take any keyword"),
        ("/odd/", "Odd is not planned: RuntimeError: There is an Odd already."),
    ],
)
def test_a_view_that_cannot_be_planned_answers_as_ever(library, get, caplog, path, report):
    _planned.cache_clear()
    _attempt._reported.clear()
    library(2)
    _, sql = get(path)

    assert len(sql) > 3
    reports = [each.getMessage() for each in caplog.records if each.name == "matinee.reads"]
    assert len(reports) == 1
    assert reports[0].startswith(report)


@pytest.mark.parametrize("method", ["delete", "patch", "put"])
def test_a_write_to_a_view_with_serializers_for_reading_alone_fails_only_where_it_did(
    library, client, method
):
    library(1)
    path = f"/by-action/{Book.objects.first().pk}/"
    if method == "delete":
        assert client.delete(path).status_code == 204
    else:
        with pytest.raises(KeyError):
            getattr(client, method)(path, {"title": "New"}, content_type="application/json")


def test_an_error_of_planning_is_reported_once_for_a_view(library, get, caplog):
    _attempt._reported.clear()
    library(2)
    get("/failing/")
    get("/failing/")

    reports = [each.getMessage() for each in caplog.records if each.name == "matinee.reads"]
    assert reports == ["Failing.get is not planned: IndexError: tuple index out of range"]


def test_a_created_object_is_answered_as_the_next_get_does(library, send):
    library(1)
    author = Author.objects.first()

    made, sql = send("post", "/shelf/", {"title": "New", "author_id": author.pk})

    assert made == send("get", f"/shelf/{made['id']}/")[0]
    assert len(sql) == 5  # the author checked, the insert, and the answer's three


def test_a_changed_object_is_answered_as_the_next_get_does(library, send):
    library(3)
    book = Book.objects.first()
    author = Author.objects.exclude(pk=book.author_id).first()

    changed, _ = send("patch", f"/shelf/{book.pk}/", {"author_id": author.pk})

    assert changed["author"]["name"] == author.name
    assert changed == send("get", f"/shelf/{book.pk}/")[0]


def test_several_created_objects_are_read_together(library, send):
    library(1)
    made, sql = send("post", "/shelf/several/", [{"title": f"New {i}"} for i in range(3)])

    assert [each["title"] for each in made] == ["New 0", "New 1", "New 2"]
    assert len([each for each in sql if each.startswith("SELECT")]) == 3


def test_an_action_that_writes_answers_with_what_it_wrote(library, send):
    library(1)
    book = Book.objects.first()

    changed, _ = send("post", f"/shelf/{book.pk}/publish/")

    assert changed["title"] == "Book 0!"
    assert changed["tags"][-1]["name"] == "published"


def test_what_an_action_sets_on_an_object_is_on_it_still(library, send):
    library(1)
    changed, _ = send("post", f"/shelf/{Book.objects.first().pk}/publish/")

    assert changed["key"] == "shown once"


def test_a_relation_that_was_read_before_the_write_is_fresh(library, send):
    library(1)
    changed, _ = send("post", f"/shelf/{Book.objects.first().pk}/rename_author/")

    assert changed["author"]["name"] == "Author 0 the Younger"


def test_an_action_that_finds_by_post_runs_the_plan(library, send):
    library(6)
    rows, sql = send("post", "/shelf/find/")

    assert len(rows) == 6
    assert len(sql) == 3


def test_what_a_queryset_puts_on_objects_is_fresh_after_a_write(library, send):
    library(4)
    book = Book.objects.last()
    before, _ = send("get", f"/counting/{book.pk}/")

    after, _ = send("patch", f"/counting/{book.pk}/", {"title": "Changed"})

    assert after["labels"] == [*before["labels"], {"id": Tag.objects.last().pk, "name": "later"}]
    assert after["chapter_count"] == before["chapter_count"] + 1
    assert after == send("get", f"/counting/{book.pk}/")[0]


def test_a_new_object_is_answered_with_what_the_queryset_puts_on_it(library, send):
    library(1)
    made, _ = send("post", "/counting/", {"title": "New"})

    assert made["chapter_count"] == 0
    assert made["labels"] == []


def test_forms_on_pages_of_the_browsable_api_read_nothing_again(library, client):
    library(2)
    path = f"/shelf/{Book.objects.first().pk}/"
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path, headers={"accept": "text/html"})

    assert answer.status_code == 200
    books = [each for each in queries.captured_queries if 'WHERE "shelf_book"."id" ' in each["sql"]]
    assert len(books) == 1


def test_a_head_request_runs_what_a_get_request_does(library, client):
    library(6)
    for path in ("/optimised/", "/shelf/"):
        with CaptureQueriesContext(connection) as got:
            client.get(path)
        with CaptureQueriesContext(connection) as asked:
            client.head(path)
        assert len(asked) == len(got)


def test_an_action_says_so_that_is_left_alone(library, get):
    library(6)
    _, sql = get("/shelf/unplanned/")

    assert len(sql) > 6


def test_json_is_made_by_the_database_where_the_view_says_so(library, get):
    library(6)
    _, sql = get("/as-json/")

    assert len(sql) == 1
    assert "json_agg" in sql[0]


@pytest.mark.django_db(transaction=True)
def test_views_are_planned_in_an_asynchronous_server(library):
    library(6)

    async def ask():
        return await AsyncClient().get("/optimised/")

    with receipts.collect() as receipt:
        answer = asyncio.run(ask())

    assert len(json.loads(answer.content)) == 6
    assert len(receipt.queries) == 3


def test_an_asynchronous_server_takes_no_thread_for_the_middleware():
    async def answer(request):
        return None

    middleware = PlannedReadsMiddleware(answer)

    assert iscoroutinefunction(middleware)
    assert iscoroutinefunction(middleware.process_view)
