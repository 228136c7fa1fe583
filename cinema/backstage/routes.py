"""What ``manage.py reads`` says of the view behind a page."""

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_urlconf
from django.utils.safestring import SafeString

from cinema.backstage.sql import readable
from matinee.reads.drf import routes

__all__ = ["Printed", "printed"]


@dataclass(frozen=True)
class Printed:
    """A route as the drawer shows it; *json* is the statement that answers programs."""

    text: str
    json: SafeString


def printed(request: HttpRequest) -> Printed | None:
    """Return what is to say of the API's view that answered *request*; None of other pages."""
    view = getattr(request.resolver_match, "func", None)
    action = (getattr(view, "actions", None) or {}).get("get")
    urls = get_urlconf() or settings.ROOT_URLCONF
    return _by_name(urls).get(f"{view.cls.__name__}.{action}") if action else None


@cache
def _by_name(urls: str) -> dict[str, Printed]:  # noqa: ARG001  routes() looks at these
    return {
        route.name: Printed("\n".join(route.lines()), readable(route.json))
        for route in routes()
        if route.reader is not None
    }
