"""Fixes the drawer to every page, once the page is made and its receipt known."""

from collections.abc import Callable
from contextlib import nullcontext
from inspect import iscoroutinefunction

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.decorators import sync_and_async_middleware

from cinema.backstage.account import account
from cinema.backstage.routes import printed
from matinee.reads import unplanned

WITHOUT = "without-matinee"
# Pages of others' making, and the one that makes other pages.
BARE_APPS = {"admin"}
BARE_VIEWS = {"backstage:compare"}


@sync_and_async_middleware
def drawer(get_response: Callable) -> Callable:
    """Add the drawer; with ``?without-matinee`` run the view without any plan.

    Place it right below the receipt's middleware, which opens the account it shows.
    """
    if not settings.CINEMA_BACKSTAGE:
        raise MiddlewareNotUsed

    if iscoroutinefunction(get_response):

        async def respond(request: HttpRequest) -> HttpResponseBase:
            request.backstage_chain = get_response
            naive = _take_out_wish(request)
            with unplanned() if naive else nullcontext():
                response = await get_response(request)
            return _dress(request, response, naive=naive)
    else:

        def respond(request: HttpRequest) -> HttpResponseBase:
            request.backstage_chain = get_response
            naive = _take_out_wish(request)
            with unplanned() if naive else nullcontext():
                response = get_response(request)
            return _dress(request, response, naive=naive)

    return respond


def _take_out_wish(request: HttpRequest) -> bool:
    """Return whether the page is wanted without Matinee; views need not know of the parameter."""
    if WITHOUT not in request.GET:
        return False
    query = request.GET.copy()
    del query[WITHOUT]
    request.GET = query
    request.META["QUERY_STRING"] = query.urlencode()
    return True


def _dress(request: HttpRequest, response: HttpResponseBase, *, naive: bool) -> HttpResponseBase:
    if not _is_page(request, response):
        return response
    facts = {
        "account": account(request.receipt, size=len(response.content), planned=not naive),
        "page": response.headers.get("HX-Push-Url", request.get_full_path()),
        "naive": naive,
        "route": None if naive else printed(request),
        "repeatable": request.method == "GET",
        "break_it": settings.CINEMA_BREAK_IT,
    }
    with request.receipt.timed("drawer", "drawer"), translation.override(_language(request)):
        response.content = _with_drawer(request, response.content, facts)
    # What these said of the page is no longer true of the page with its drawer.
    del response.headers["ETag"]
    if "Content-Length" in response.headers:
        response.headers["Content-Length"] = str(len(response.content))
    return response


def _is_page(request: HttpRequest, response: HttpResponseBase) -> bool:
    match = request.resolver_match
    if match and (match.app_name in BARE_APPS or match.view_name in BARE_VIEWS):
        return False
    return (
        isinstance(response, HttpResponse)
        and response.headers.get("Content-Type", "").startswith("text/html")
        and "Content-Encoding" not in response.headers
    )


def _with_drawer(request: HttpRequest, content: bytes, facts: dict[str, object]) -> bytes:
    head, head_tag, rest = content.partition(b"</head>")
    body, body_tag, tail = rest.rpartition(b"</body>")
    if head_tag and body_tag:
        links = render_to_string("backstage/head.html").encode()
        panel = render_to_string("backstage/drawer.html", facts).encode()
        return b"".join([head, links, head_tag, body, panel, body_tag, tail])
    if content and "HX-Request" in request.headers:
        # A part of a page: htmx puts the new figures into the drawer that is there.
        return content + render_to_string("backstage/refresh.html", facts).encode()
    return content


def _language(request: HttpRequest) -> str:
    return getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
