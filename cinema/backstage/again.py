"""One page, made twice in this process: as planned, and as Django does it by itself."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from inspect import iscoroutinefunction
from urllib.parse import unquote, urlsplit

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.request import HttpHeaders

from cinema.backstage.account import Account, account
from matinee.reads import unplanned
from matinee.receipts import collect

ROUNDS = 2
COPIED = ("HTTP_HOST", "HTTP_COOKIE", "HTTP_ACCEPT_LANGUAGE", "HTTP_USER_AGENT", "REMOTE_ADDR")

# Django masks its CSRF token anew each time it is shown.
_TOKEN = re.compile(rb"\b[A-Za-z0-9]{64}\b")


@dataclass(frozen=True)
class Run:
    account: Account
    status: int
    body: bytes


@dataclass(frozen=True)
class Comparison:
    planned: Run
    naive: Run

    @property
    def same(self) -> bool:
        """Whether both ways made the same page, byte for byte."""
        return (self.planned.status, self.planned.body) == (self.naive.status, self.naive.body)

    @property
    def longest_ms(self) -> float:
        return max(self.planned.account.total_ms, self.naive.account.total_ms)


def compare(request: HttpRequest, page: str, *, chain: Callable) -> Comparison:
    """Make *page* for the visitor of *request* both ways, in turns, and keep the faster of each.

    The first turn fills caches for the second, on both sides alike.
    """
    turns = [
        (_run(request, page, chain, planned=True), _run(request, page, chain, planned=False))
        for _ in range(ROUNDS)
    ]
    return Comparison(*(min(runs, key=_total) for runs in zip(*turns, strict=True)))


def _total(run: Run) -> float:
    return run.account.total_ms


def _run(request: HttpRequest, page: str, chain: Callable, *, planned: bool) -> Run:
    respond = async_to_sync(chain) if iscoroutinefunction(chain) else chain
    again = _get(request, page)
    with collect() as receipt:
        if planned:
            response = respond(again)
        else:
            with unplanned():
                response = respond(again)
    body = _TOKEN.sub(b"", response.content) if isinstance(response, HttpResponse) else b""
    summed = account(receipt, size=len(response.content) if body else 0, planned=planned)
    return Run(summed, response.status_code, body)


def _get(request: HttpRequest, page: str) -> HttpRequest:
    url = urlsplit(page)
    again = HttpRequest()
    again.method = "GET"
    again.path = again.path_info = unquote(url.path)
    again.META = {name: request.META[name] for name in COPIED if name in request.META} | {
        "HTTP_ACCEPT": "text/html",
        "REQUEST_METHOD": "GET",
        "PATH_INFO": again.path,
        "QUERY_STRING": url.query,
        "SERVER_NAME": request.META["SERVER_NAME"],
        "SERVER_PORT": request.META["SERVER_PORT"],
    }
    again.headers = HttpHeaders(again.META)
    again.GET = QueryDict(url.query)
    again.COOKIES = request.COOKIES.copy()
    return again
