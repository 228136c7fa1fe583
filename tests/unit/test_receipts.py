"""Receipts without a database: what they say, and to whom."""

import asyncio
import json
import logging
import re
from dataclasses import dataclass

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import AsyncRequestFactory, RequestFactory

from matinee import receipts
from matinee.exceptions import ConfigError
from matinee.receipts import Receipt, ReceiptMiddleware

# RFC 9110: token, token=token, token="quoted with \" and \\".
METRIC = r'[\w.-]+(;dur=\d+\.\d+)?(;desc="(?:[ !#-\[\]-~]|\\["\\])*")?'
HEADER = re.compile(rf"{METRIC}(, {METRIC})*")


@dataclass
class Plan:
    queries: int


@pytest.fixture(autouse=True)
def defaults(settings):
    settings.MATINEE = {}


def answer(response=None, *, path="/", method="GET"):
    """Send one request through the middleware and return the response and its receipt."""
    request = RequestFactory().generic(method, path)
    response = response or HttpResponse(b"twelve bytes")
    return ReceiptMiddleware(lambda _request: response)(request), request.receipt


def test_no_receipt_is_open_unless_asked_for():
    assert receipts.current() is None


def test_a_block_has_its_own_receipt_and_closes_it():
    with receipts.collect() as receipt:
        assert receipts.current() is receipt
    assert receipts.current() is None
    assert receipt.total_ms == receipt.total_ms


def test_a_receipt_is_closed_where_its_block_raises():
    with pytest.raises(ValueError, match="boo"), receipts.collect():
        raise ValueError("boo")
    assert receipts.current() is None


def test_receipts_around_a_block_see_its_marks_too():
    with receipts.collect() as outer:
        with receipts.collect() as inner:
            receipts.current().mark("reads", "FilmSerializer")
        outer.mark("render", "page")
    assert [mark.part for mark in inner.marks] == ["reads"]
    assert [mark.part for mark in outer.marks] == ["reads", "render"]


def test_a_timed_block_is_marked_even_where_it_raises():
    receipt = Receipt()
    with pytest.raises(ValueError, match="boo"), receipt.timed("render", "page"):
        raise ValueError("boo")
    assert [(mark.part, mark.name) for mark in receipt.marks] == [("render", "page")]
    assert receipt.marks[0].ms >= 0


def test_the_header_names_total_queries_and_what_each_part_did():
    receipt = Receipt()
    receipt.add_query("default", "SELECT 1", 4.46)
    receipt.mark("reads", "FilmSerializer", detail=Plan(queries=4))
    receipt.mark("render", "page", ms=2.04)
    total, *rest = receipt.server_timing().split(", ")
    assert re.fullmatch(r"total;dur=\d+\.\d", total)
    assert rest == [
        'sql;dur=4.5;desc="1 query"',
        'reads;desc="FilmSerializer: 4 queries"',
        'render;dur=2.0;desc="page"',
    ]


@pytest.mark.parametrize(
    "name",
    [
        'a "quoted" name',
        "back\\slash",
        "line\r\nInjected: yes",
        "Döner \x00 film",
        "x" * 999,
        '"' * 500,
    ],
)
def test_the_header_is_valid_whatever_a_mark_is_called(name):
    receipt = Receipt()
    receipt.mark(name, name)
    assert HEADER.fullmatch(receipt.server_timing())


def test_the_header_stays_short_however_many_marks_there_are():
    receipt = Receipt()
    for number in range(500):
        receipt.mark("reads", f"Serializer{number}" * 20)
    assert len(receipt.server_timing()) < 4000
    assert receipt.server_timing().endswith('more;desc="480 marks"')


def test_the_line_holds_the_facts_of_a_request():
    response, receipt = answer(path="/films/?q=secret")
    receipt.add_query("default", "SELECT 1", 4.46)
    assert response.status_code == 200
    assert re.fullmatch(
        r"receipt method=GET path=/films/ status=200 total_ms=\d+\.\d queries=1 sql_ms=4.5 bytes=12",
        receipt.line(),
    )


def test_the_line_ends_with_what_each_part_did():
    receipt = Receipt()
    receipt.mark("reads", "FilmSerializer", detail=Plan(queries=4))
    receipt.mark("render page", "film.html", ms=2.0)
    receipt.mark("reads", 'odd" x=\n')
    _, _, marks = receipt.line().partition("bytes=- ")
    assert marks == 'reads="FilmSerializer: 4 queries, odd\\" x=\\n" render-page=film.html'


def test_the_line_of_a_block_names_no_request():
    assert re.fullmatch(r"receipt total_ms=\d+\.\d queries=0 sql_ms=0.0 bytes=-", Receipt().line())


@pytest.mark.parametrize(
    "path", ["/a\r\nreceipt method=GET", '/a" status=200', "/a b", "/\x7f\u2028é", "/a=b"]
)
def test_a_path_cannot_forge_a_line_or_a_key(path):
    line = Receipt(method="GET", path=path, status=404).line()
    assert line.isascii()
    assert line.isprintable()
    quoted = re.fullmatch(r'receipt method=GET path=("(?:[^"\\]|\\.)*") status=404 .*', line)
    assert json.loads(quoted[1]) == path


def test_a_request_is_logged_in_one_line(caplog):
    with caplog.at_level(logging.INFO, logger="matinee.receipts"):
        _, receipt = answer()
    assert [record.message for record in caplog.records] == [receipt.line()]
    assert caplog.records[0].receipt is receipt


def test_a_request_that_raises_is_logged_without_a_status(caplog):
    def view(_request):
        raise SystemExit

    with caplog.at_level(logging.INFO, logger="matinee.receipts"), pytest.raises(SystemExit):
        ReceiptMiddleware(view)(RequestFactory().get("/"))
    assert "status=- " in caplog.text
    assert receipts.current() is None


def test_the_log_can_be_turned_off(caplog, settings):
    settings.MATINEE = {"receipts": {"log": False}}
    with caplog.at_level(logging.INFO, logger="matinee.receipts"):
        answer()
    assert caplog.records == []


def test_the_header_is_sent_where_debug_is_on(settings):
    settings.DEBUG = True
    assert HEADER.fullmatch(answer()[0].headers["Server-Timing"])


def test_the_header_is_not_sent_in_production(settings):
    settings.DEBUG = False
    assert "Server-Timing" not in answer()[0].headers


def test_the_header_can_be_asked_for_in_production(settings):
    settings.MATINEE = {"receipts": {"server_timing": True}}
    assert "Server-Timing" in answer()[0].headers


def test_what_others_say_in_the_header_is_kept(settings):
    settings.DEBUG = True
    response, _ = answer(HttpResponse(headers={"Server-Timing": "cache;dur=1"}))
    assert response.headers["Server-Timing"].startswith("cache;dur=1, total;dur=")


def test_a_stream_is_not_read():
    def parts():
        raise AssertionError("read")
        yield b""

    response, receipt = answer(StreamingHttpResponse(parts()))
    assert response.streaming
    assert receipt.bytes is None
    assert "bytes=-" in receipt.line()


def test_a_wrong_setting_stops_the_server_at_its_start(settings):
    settings.MATINEE = {"receipts": {"log": "yes"}}
    with pytest.raises(ConfigError, match=r"must be bool, got 'yes'"):
        ReceiptMiddleware(lambda _request: HttpResponse())


async def test_an_async_view_has_a_receipt_of_its_own_beside_others():
    async def view(request):
        await asyncio.sleep(0)
        receipts.current().mark("view", request.path)
        await asyncio.sleep(0)
        return HttpResponse()

    requests = [AsyncRequestFactory().get(f"/{number}") for number in range(5)]
    middleware = ReceiptMiddleware(view)
    await asyncio.gather(*(middleware(request) for request in requests))
    for request in requests:
        assert [mark.name for mark in request.receipt.marks] == [request.path]


def test_a_receipt_keeps_the_first_queries_and_counts_all(settings):
    settings.MATINEE = {"receipts": {"max_queries": 2}}
    receipt = Receipt()
    for number in range(5):
        receipt.add_query("default", f"SELECT {number}", 1.0)
    assert [query.sql for query in receipt.queries] == ["SELECT 0", "SELECT 1"]
    assert receipt.query_count == 5
    assert receipt.query_ms == 5.0
