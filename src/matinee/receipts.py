"""What a piece of work cost: queries, time, bytes, and what each part of Matinee did.

A receipt is opened for every request by :class:`ReceiptMiddleware`, or for a block of code by
:func:`collect`. It sees each statement that Django's connections execute while it is open, in this
thread, coroutine or any that inherits its context. Statements are counted as they are sent:
``executemany`` is one, a savepoint is one, BEGIN and COMMIT are none.
"""

import json
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from inspect import iscoroutinefunction, markcoroutinefunction
from logging import INFO, getLogger
from threading import Lock
from time import perf_counter
from typing import Any, cast

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from psycopg.sql import Composable

from matinee import conf

__all__ = ["Mark", "Query", "Receipt", "ReceiptMiddleware", "collect", "current"]

logger = getLogger("matinee.receipts")

SHOWN_MARKS = 20  # Headers of more than 4 to 8 kB are refused by common proxies.
SHOWN_TEXT = 120

type GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


@dataclass(frozen=True, slots=True)
class Query:
    """One statement as it was sent, with placeholders; *ms* ends with the first answer."""

    alias: str
    sql: str
    ms: float


@dataclass(frozen=True, slots=True)
class Mark:
    """What one part did: *part* is the package or stage, *detail* whatever it has to show.

    A *detail* with an integer attribute ``queries`` is shown with that number.
    """

    part: str
    name: str
    ms: float | None = None
    detail: object = None

    def __str__(self) -> str:
        queries = getattr(self.detail, "queries", None)
        if isinstance(queries, int):
            return f"{self.name}: {_number(queries, 'query', 'queries')}"
        return self.name


@dataclass(eq=False)
class Receipt:
    """The account of one request or block; safe to write to from several threads.

    Attributes:
        queries: The first *max_queries* statements, in order of completion.
        query_count: All statements, also those past the cap.
        query_ms: Their time in milliseconds; beside one another they may exceed the total.
        marks: What the parts reported.
        bytes: Length of the response's body; None for a stream, or outside a request.
    """

    method: str = ""
    path: str = ""
    status: int | None = None
    bytes: int | None = None
    outer: "Receipt | None" = field(default=None, repr=False)
    max_queries: int = field(default_factory=lambda: conf.receipts.max_queries, repr=False)
    queries: list[Query] = field(default_factory=list, repr=False)
    query_count: int = 0
    query_ms: float = 0.0
    marks: list[Mark] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self._lock = Lock()
        self._opened = perf_counter()
        self._total_ms: float | None = None

    @property
    def total_ms(self) -> float:
        """Wall time since it was opened, until it was closed."""
        return _ms_since(self._opened) if self._total_ms is None else self._total_ms

    def close(self) -> None:
        self._total_ms = self.total_ms

    def mark(self, part: str, name: str, *, ms: float | None = None, detail: object = None) -> None:
        """Put down what *part* did, here and on the receipts around this one."""
        self._add_mark(Mark(part, name, ms, detail))

    @contextmanager
    def timed(self, part: str, name: str) -> Iterator[None]:
        """Put down how long the block took, also where it raises."""
        start = perf_counter()
        try:
            yield
        finally:
            self.mark(part, name, ms=_ms_since(start))

    def server_timing(self) -> str:
        """Return the value of a Server-Timing header (https://www.w3.org/TR/server-timing/)."""
        metrics = [
            _metric("total", ms=self.total_ms),
            _metric("sql", ms=self.query_ms, text=_number(self.query_count, "query", "queries")),
            *(_metric(mark.part, ms=mark.ms, text=str(mark)) for mark in self.marks[:SHOWN_MARKS]),
        ]
        if (more := len(self.marks) - SHOWN_MARKS) > 0:
            metrics.append(_metric("more", text=_number(more, "mark", "marks")))
        return ", ".join(metrics)

    def line(self) -> str:
        """Return the receipt as one line of key=value pairs, safe to log."""
        pairs: list[tuple[str, object]] = []
        if self.method:
            status = "-" if self.status is None else self.status
            pairs += [("method", self.method), ("path", self.path), ("status", status)]
        pairs += [
            ("total_ms", f"{self.total_ms:.1f}"),
            ("queries", self.query_count),
            ("sql_ms", f"{self.query_ms:.1f}"),
            ("bytes", "-" if self.bytes is None else self.bytes),
        ]
        parts: dict[str, list[str]] = {}
        for mark in self.marks[:SHOWN_MARKS]:
            parts.setdefault(_token(mark.part), []).append(str(mark)[:SHOWN_TEXT])
        pairs += [(part, ", ".join(marks)) for part, marks in parts.items()]
        return " ".join(["receipt", *(f"{key}={_logfmt(str(value))}" for key, value in pairs)])

    def _add_mark(self, mark: Mark) -> None:
        self.marks.append(mark)
        if self.outer is not None:
            self.outer._add_mark(mark)  # noqa: SLF001  # its own class

    def add_query(self, alias: str, sql: object, ms: float) -> None:
        """Count a statement; for code that sends SQL past Django's cursors."""
        with self._lock:
            self.query_count += 1
            self.query_ms += ms
            if len(self.queries) < self.max_queries:
                self.queries.append(Query(alias, _text(sql), ms))
        if self.outer is not None:
            self.outer.add_query(alias, sql, ms)


_current: ContextVar[Receipt | None] = ContextVar("matinee_receipt", default=None)


def current() -> Receipt | None:
    """Return the innermost receipt open here, or None."""
    return _current.get()


@contextmanager
def collect(*, max_queries: int | None = None) -> Iterator[Receipt]:
    """Open a receipt for a block. Receipts already open see its queries and marks too.

    Args:
        max_queries: How many queries to keep with their SQL; ``conf.receipts.max_queries``
            where it is not said.
    """
    room = conf.receipts.max_queries if max_queries is None else max_queries
    with _opened(Receipt(max_queries=room, outer=_current.get())) as receipt:
        yield receipt


@contextmanager
def _opened(receipt: Receipt) -> Iterator[Receipt]:
    for connection in connections.all(initialized_only=True):
        _watch(connection)
    token = _current.set(receipt)
    try:
        yield receipt
    finally:
        _current.reset(token)
        receipt.close()


class ReceiptMiddleware:
    """Open a receipt for each request, as ``request.receipt``; send and log it.

    Put it high in MIDDLEWARE: it sees what the middleware below it and the view do. Of a streaming
    response it sees what happens until the stream starts. Works with sync and async views.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)
        # A wrong setting stops the server at its start, not the first visitor.
        for setting in conf.receipts.settings():
            getattr(conf.receipts, setting)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self.__acall__(request)
        with self._account(request) as finish:
            return finish(cast("HttpResponseBase", self.get_response(request)))

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        with self._account(request) as finish:
            return finish(await cast("Awaitable[HttpResponseBase]", self.get_response(request)))

    @contextmanager
    def _account(
        self, request: HttpRequest
    ) -> Iterator[Callable[[HttpResponseBase], HttpResponseBase]]:
        # A test counts what its client's requests send: its receipt is around this one.
        receipt = Receipt(method=request.method or "", path=request.path, outer=_current.get())
        request.receipt = receipt  # type: ignore[attr-defined]  # for views and templates
        try:
            with _opened(receipt):
                yield lambda response: _finish(receipt, response)
        finally:
            if logger.isEnabledFor(INFO) and conf.receipts.log:
                logger.info(receipt.line(), extra={"receipt": receipt})


def _finish(receipt: Receipt, response: HttpResponseBase) -> HttpResponseBase:
    receipt.status = response.status_code
    if not response.streaming:
        receipt.bytes = len(response.content)  # type: ignore[attr-defined]  # no stream has it
    receipt.close()
    if conf.receipts.server_timing:
        others = response.headers.get("Server-Timing")
        ours = receipt.server_timing()
        response.headers["Server-Timing"] = f"{others}, {ours}" if others else ours
    return response


def _account_for(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Count a statement: see "Database instrumentation" in Django's documentation."""
    receipt = _current.get()
    if receipt is None:
        return execute(sql, params, many, context)
    start = perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        receipt.add_query(context["connection"].alias, sql, _ms_since(start))


def _watch(connection: BaseDatabaseWrapper, **_signal: object) -> None:
    # In front: execute_wrapper() takes off the last one, which must be the one it put on.
    if _account_for not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _account_for)


connection_created.connect(_watch, dispatch_uid="matinee.receipts")


def _metric(part: str, *, ms: float | None = None, text: str = "") -> str:
    duration = "" if ms is None else f";dur={ms:.1f}"
    shown = re.sub(r"[^ -~]", "?", text)[:SHOWN_TEXT].replace("\\", "\\\\").replace('"', '\\"')
    return f'{_token(part)}{duration};desc="{shown}"' if shown else f"{_token(part)}{duration}"


def _token(part: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]", "-", part) or "-"


def _logfmt(value: str) -> str:
    if re.fullmatch(r"[!#-<>-\[\]-~]+", value):  # printable ASCII without space " = \
        return value
    return json.dumps(value).replace("\x7f", "\\u007f")


def _text(sql: object) -> str:
    if isinstance(sql, str):
        return sql
    return sql.as_string() if isinstance(sql, Composable) else str(sql)


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _ms_since(start: float) -> float:
    return (perf_counter() - start) * 1000
