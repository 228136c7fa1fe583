"""Receipts over a real database and real requests, sync and async."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group
from django.db import ProgrammingError, connection
from django.http import HttpResponse, StreamingHttpResponse
from django.test import AsyncClient, Client
from django.urls import path
from psycopg import sql

from matinee import receipts

pytestmark = pytest.mark.django_db


def sync_view(_request):
    return HttpResponse(str(Group.objects.count()))


async def async_view(_request):
    return HttpResponse(str(await Group.objects.acount() + await Group.objects.acount()))


def stream(_request):
    return StreamingHttpResponse(str(Group.objects.count()) for _ in range(2))


urlpatterns = [path("sync", sync_view), path("async", async_view), path("stream", stream)]


@pytest.fixture
def site(settings):
    """Settings with nothing but receipts between the client and the views of this file."""
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = ["matinee.receipts.ReceiptMiddleware"]
    settings.MATINEE = {"receipts": {"server_timing": True}}
    return settings


def statements(receipt):
    return [query.sql.split()[0] for query in receipt.queries]


def test_a_sync_view_under_wsgi_is_accounted_for(site):
    response = Client().get("/sync")
    receipt = response.wsgi_request.receipt
    assert (receipt.query_count, receipt.bytes, receipt.status) == (1, 1, 200)
    assert "sql;dur=" in response["Server-Timing"]
    assert 'desc="1 query"' in response["Server-Timing"]


def test_an_async_view_under_wsgi_is_accounted_for(site):
    assert Client().get("/async").wsgi_request.receipt.query_count == 2


def test_a_receipt_around_a_request_sees_its_queries_too(site):
    with receipts.collect() as around:
        response = Client().get("/sync")
    assert around.query_count == response.wsgi_request.receipt.query_count == 1


async def test_a_sync_view_under_asgi_is_accounted_for(site):
    response = await AsyncClient().get("/sync")
    assert response.asgi_request.receipt.query_count == 1


async def test_an_async_view_under_asgi_is_accounted_for(site):
    response = await AsyncClient().get("/async")
    assert response.asgi_request.receipt.query_count == 2
    assert 'desc="2 queries"' in response["Server-Timing"]


async def test_a_sync_middleware_around_it_changes_nothing(site):
    site.MIDDLEWARE = ["django.middleware.clickjacking.XFrameOptionsMiddleware", *site.MIDDLEWARE]
    response = await AsyncClient().get("/sync")
    assert response.asgi_request.receipt.query_count == 1


def test_a_stream_is_accounted_for_until_it_starts(site):
    response = Client().get("/stream")
    assert response.wsgi_request.receipt.query_count == 0
    assert response.getvalue() == b"00"


def test_a_query_is_kept_with_its_database_statement_and_time():
    with receipts.collect() as receipt:
        Group.objects.filter(name="usher").exists()
    (query,) = receipt.queries
    assert query.alias == "default"
    assert query.sql.startswith("SELECT ")
    assert "usher" not in query.sql
    assert 0 < query.ms <= receipt.query_ms <= receipt.total_ms


def test_receipts_around_a_block_see_its_queries_too():
    with receipts.collect() as outer:
        with receipts.collect() as inner:
            Group.objects.count()
        Group.objects.count()
    assert (inner.query_count, outer.query_count) == (1, 2)


def test_executemany_is_one_query():
    with receipts.collect() as receipt, connection.cursor() as cursor:
        cursor.executemany("SELECT %s", [[1], [2], [3]])
    assert receipt.query_count == 1


def test_a_query_that_fails_is_counted():
    with (
        receipts.collect() as receipt,
        connection.cursor() as cursor,
        pytest.raises(ProgrammingError),
    ):
        cursor.execute("SELECT nothing_of_this_name")
    assert statements(receipt) == ["SELECT"]


def test_composed_sql_is_kept_as_text():
    with receipts.collect() as receipt, connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT 1 AS {}").format(sql.Identifier("one")))
    assert receipt.queries[0].sql == 'SELECT 1 AS "one"'


def test_a_wrapper_of_the_project_is_taken_off_again():
    """Django takes the last wrapper off: a connection opened meanwhile must not put ours there."""

    def of_the_project(execute, *arguments):
        return execute(*arguments)

    other = connection.copy()
    with other.execute_wrapper(of_the_project):
        other.ensure_connection()
        assert of_the_project in other.execute_wrappers
    other.close()
    assert of_the_project not in other.execute_wrappers
    assert len(other.execute_wrappers) == 1


def test_a_connection_is_watched_once_however_often_it_opens():
    other = connection.copy()
    for _ in range(3):
        other.connect()
        other.close()
    assert len(other.execute_wrappers) == 1


@pytest.mark.django_db(transaction=True)
def test_queries_of_several_threads_are_all_counted():
    def work():
        try:
            return [Group.objects.count() for _ in range(20)]
        finally:
            connection.close()

    with receipts.collect() as receipt, ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(copy_context().run, work) for _ in range(8)]:
            assert future.result() == [0] * 20
    assert receipt.query_count == len(receipt.queries) == 160


@pytest.mark.django_db(transaction=True)
async def test_a_receipt_of_a_coroutine_sees_what_it_hands_to_a_thread():
    def work():
        count = Group.objects.count()
        connection.close()
        return count

    with receipts.collect() as receipt:
        await sync_to_async(work, thread_sensitive=False)()
    assert receipt.query_count == 1
