"""Plans every generic view of a project, from one line in ``MIDDLEWARE``."""

from collections.abc import Awaitable, Callable
from functools import cache
from inspect import Parameter, iscoroutinefunction, markcoroutinefunction, signature
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string
from rest_framework.generics import GenericAPIView

from matinee.exceptions import ReadsError
from matinee.reads.drf._attempt import attempt
from matinee.reads.drf._views import PlannedReads

__all__ = ["PlannedReadsMiddleware"]

type GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


class PlannedReadsMiddleware:
    """Has every generic view, viewset and action behave as if it inherited from ``PlannedReads``.

    Its place in ``MIDDLEWARE`` is of no importance. Views that set their own ``filter_backends``
    are planned too, and those in cache decorators; ``planned_reads = False`` leaves one alone.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.process_view: Callable[..., Any] = _process
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)
            self.process_view = _aprocess  # Django would take a thread for the other

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        return self.get_response(request)


def _process(_request: HttpRequest, view: Any, *_given: Any) -> None:
    plan(view)


async def _aprocess(_request: HttpRequest, view: Any, *_given: Any) -> None:
    plan(view)


def plan(callback: Any) -> None:
    """Have the views that *callback* makes inherit from ``PlannedReads``.

    ``as_view()`` sets whatever it was given on each view it makes; it is given one thing more, the
    class. Those dicts are shared by every decorator around the callback, and the class that the
    project wrote stays as it is.
    """
    cls = getattr(callback, "cls", None)
    if not isinstance(cls, type) or not issubclass(cls, GenericAPIView):
        return
    planned = None if issubclass(cls, PlannedReads) else _planned(cls)
    if planned is not None:
        for given in (callback.initkwargs, getattr(callback, "view_initkwargs", {})):
            given.setdefault("__class__", planned)


def is_installed() -> bool:
    """Whether the project's ``MIDDLEWARE`` plans its views."""
    middleware = map(import_string, settings.MIDDLEWARE)
    return any(
        isinstance(each, type) and issubclass(each, PlannedReadsMiddleware) for each in middleware
    )


@cache
def _planned(cls: type) -> type | None:
    """Return *cls* with ``PlannedReads`` before it, by its own name; None where that can't be."""
    return attempt(cls.__name__, lambda: _subclass(cls), None)


def _subclass(cls: type) -> type:
    takes = signature(cls).parameters.values()
    if not any(each.kind is Parameter.VAR_KEYWORD for each in takes):
        raise ReadsError(
            f"{cls.__name__}.__init__() must take any keyword arguments, as View's does.",
            hint="Have the class inherit from PlannedReads, or take and hand on **kwargs.",
            code="reads.view_init",
        )
    names: dict[str, Any] = {
        name: getattr(cls, name)
        for name in ("__module__", "__qualname__", "__doc__", "__firstlineno__")
        if hasattr(cls, name)  # Python 3.12 has no __firstlineno__, and looks in the source
    }
    planned: type = type(cls)(cls.__name__, (PlannedReads, cls), names)
    return planned
