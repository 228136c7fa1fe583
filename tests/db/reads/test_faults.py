"""The database fails in the middle of an answer: an error, never a wrong answer, and no traces."""

import gc
import json
import threading
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, close_old_connections, connection
from django.db.models import TextField
from django.db.models.expressions import Func, Value
from django.db.models.functions import Cast
from rest_framework import generics, permissions, serializers
from rest_framework.test import APIRequestFactory

from matinee.reads import _guard, _request, unplanned
from matinee.reads.apply import is_unplanned
from matinee.reads.drf import PlannedReads
from tests import _databases
from tests.db.reads.urls import BookSerializer
from tests.shelf import rows
from tests.shelf.models import Book, Chapter


class Asking(BookSerializer):
    """Asks for more than what was fetched, for all rows at once."""

    first = serializers.SerializerMethodField()

    class Meta(BookSerializer.Meta):
        fields = ("id", "first", "tags")

    def get_first(self, book):
        return book.chapters.filter(number=0).count()


class Doubling(BookSerializer):
    """Finishes in Python what one statement answers."""

    doubled = serializers.SerializerMethodField()

    class Meta(BookSerializer.Meta):
        fields = ("id", "doubled", "chapters")

    def get_doubled(self, book):
        return book.title * 2


class Hiding(Asking):
    """Takes an error for an answer."""

    def get_first(self, book):
        try:
            return super().get_first(book)
        except DatabaseError:
            return -1


class Books(PlannedReads, generics.ListAPIView):
    queryset = Book.objects.order_by("pk")
    serializer_class = BookSerializer
    permission_classes = (permissions.AllowAny,)
    authentication_classes = ()
    throttle_classes = ()
    filter_backends = ()
    pagination_class = None


VIEWS = {
    "planned": {},
    "asked for all": {"serializer_class": Asking},
    "one statement": {"json_reads": True},
    "one statement, finished in Python": {"json_reads": True, "serializer_class": Doubling},
}


def view_of(kind):
    return type("View", (Books,), VIEWS[kind]).as_view()


def answer(view):
    response = view(APIRequestFactory().get("/")).render()
    assert response.status_code == 200
    return json.loads(response.content)


def traces():
    """Return what an answer has left behind where it was made."""
    watches = [each for each in connection.execute_wrappers if isinstance(each, _guard.Watch)]
    return watches, _guard._current.get(), _request.current_request(), is_unplanned()


class Counted:
    """Counts the calls of the database, and does something else at one of them."""

    def __init__(self, at=0, then=None):
        self.calls, self.at, self.then = 0, at, then

    def __call__(self, execute, sql, params, many, context):
        self.calls += 1
        if self.calls == self.at:
            self.then()
        return execute(sql, params, many, context)


def fail():
    raise OperationalError("the connection is lost")


def faults(view, then=fail):
    """Return what was wrong while each call of the database failed in turn."""
    right, baseline, wrong = answer(view), traces(), []
    with connection.execute_wrapper(count := Counted()):
        answer(view)
    for number in range(1, count.calls + 1):
        try:
            with connection.execute_wrapper(Counted(number, then)):
                wrong.append(f"call {number} failed, and the answer was {answer(view)}")
        except OperationalError:
            if not connection.in_atomic_block:
                close_old_connections()  # as the next request does
        if traces() != baseline:
            wrong.append(f"call {number} left traces: {traces()}")
        if answer(view) != right:
            wrong.append(f"after call {number} failed, the next answer was wrong")
    assert count.calls
    return wrong


@pytest.mark.parametrize("kind", VIEWS)
def test_whichever_call_fails_the_answer_is_an_error_and_the_next_one_right(kind, library):
    library(4)

    assert faults(view_of(kind)) == []


def test_code_that_hides_an_error_would_be_found_out(library):
    library(4)
    view = type("View", (Books,), {"serializer_class": Hiding}).as_view()

    assert faults(view)


# Real faults, which end the transaction of a test.


@pytest.fixture
def committed(transactional_db):
    rows.fill(6)


def terminate():
    """Have another session end ours."""
    pid = connection.connection.info.backend_pid
    with psycopg.connect(_databases.server_url("postgres"), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_a_backend_may_be_ended_in_the_middle_of_any_answer(committed):
    assert [faults(view_of(kind), terminate) for kind in VIEWS] == [[]] * len(VIEWS)


def test_a_statement_that_takes_too_long_is_ended(committed):
    Chapter.objects.bulk_create(
        Chapter(book=book, number=n, title="One of many")
        for book in Book.objects.all()
        for n in range(500)
    )
    nap = Cast(Func(Value(0.05), function="pg_sleep"), TextField())
    slow = Book.objects.annotate(nap=nap).exclude(nap="awake").order_by("pk")
    for attributes in VIEWS.values():
        view = type("View", (Books,), {**attributes, "queryset": slow}).as_view()
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = '40ms'")
        with pytest.raises(OperationalError, match="statement timeout"):
            answer(view)
        assert traces() == ([], None, None, False)
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("SELECT state FROM pg_stat_activity WHERE pid = pg_backend_pid()")
        assert len(answer(type("View", (Books,), attributes).as_view())) == 6


# A thousand requests later.


def held():
    gc.collect()
    files = Path("/proc/self/fd")  # where there is one
    return len(gc.get_objects()), threading.active_count(), len(list(files.glob("*")))


def growth(view, requests):
    """Return how many objects, threads and files each request leaves behind."""
    for _ in range(20):
        answer(view)
    before = held()
    for _ in range(requests):
        answer(view)
    return [round((now - then) / requests, 1) for now, then in zip(held(), before, strict=True)]


@pytest.mark.parametrize("kind", VIEWS)
def test_a_thousand_requests_leave_nothing_behind(kind, library):
    library(2)

    assert growth(view_of(kind), 250) == [0, 0, 0]


def test_a_view_that_keeps_its_answers_would_be_found_out(library):
    library(2)
    kept, view = [], view_of("one statement")

    assert growth(lambda request: kept.append(view(request)) or kept[-1], 20)[0] > 1


def test_what_is_found_is_what_plain_django_answers(library):
    library(4)
    for kind in VIEWS:
        with unplanned():
            plain = answer(view_of(kind))
        assert answer(view_of(kind)) == plain
