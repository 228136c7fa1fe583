"""The answer of a serializer as JSON, from one statement."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from django.db.models import QuerySet

from matinee import conf
from matinee.reads._request import answering as for_request
from matinee.reads.drf._fingerprint import fingerprint, is_known_fixed, written_as
from matinee.reads.drf._finish import Finish
from matinee.reads.drf._forms import output_settings
from matinee.reads.drf._kept import Kept
from matinee.reads.drf._project import project
from matinee.reads.drf._rendering import rendering
from matinee.reads.projection import OMIT, RAISE, Form, Unfit
from matinee.reads.sqljson import Brought, Statement, is_utc, statement_for

__all__ = ["Answering", "answering", "answering_for", "why_not"]

# DRF's renderer refuses these numbers. PostgreSQL writes them as text, which a name may be too:
# where one stands, instances tell.
_NUMBERS = (b'"NaN"', b'"Infinity"', b'"-Infinity"')
_OMITTED = OMIT.encode()

# What serializers are made to, or why there is nothing: an error would keep its request.
_kept: Kept[Statement | str] = Kept(1_000)


@dataclass(frozen=True, slots=True)
class Answering:
    """The statement that answers for a serializer.

    Attributes:
        cls: The serializer's class.
        statement: The statement.
        finish: What is left to do to its answer; None if nothing.
        telltales: What an answer does not hold unless instances must make it.
        request: What each ``request_value`` is filled from.
        serializer: Returns the serializer whose code has to do that, not many.
        queries: How many that is, for receipts.
    """

    queries: ClassVar[int] = 1
    cls: type
    statement: Statement
    finish: Finish | None
    telltales: tuple[bytes, ...]
    request: Any
    serializer: Callable[[], Any]

    def json(self, queryset: QuerySet[Any, Any], *, comment: str = "") -> bytes:
        """Return what ``JSONRenderer`` would render of the rows of *queryset*, as a list.

        Args:
            queryset: Not yet run.
            comment: For the SQL: who asks.

        Queries: one.

        Raises:
            Unfit: Only instances can answer for these rows.
        """
        with for_request(self.request):
            body = self.statement.fetch(queryset, comment=comment)
        for token in self.telltales:
            if token in body:
                raise Unfit(f"there is {token.decode()} in the answer")
        finish = self.finish
        if finish is None or not (finish.always or _OMITTED in body):
            return _escaped(body)
        serializer = self.serializer()
        with rendering(serializer, comment):
            return _escaped(finish.finished(body, serializer))


def answering(serializer: Any, queryset: QuerySet[Any, Any]) -> Answering:
    """Return what answers for *serializer* over rows like those of *queryset*.

    Args:
        serializer: An instance, with the context it is rendered with, many or not.
        queryset: Of its rows; filters and order may still change, annotations may not.

    Raises:
        Unfit: One statement cannot.
    """
    one = getattr(serializer, "child", serializer)
    what = fingerprint(one, depth=conf.reads.max_depth, telling=written_as)
    brought = Brought(queryset)
    found = _kept.get(_key(what, queryset, brought), lambda: _compiled(one, queryset, brought))
    return _answering(type(one), found, one.context.get("request"), lambda: one)


def answering_for(
    cls: type, queryset: QuerySet[Any, Any], request: Any, serializer: Callable[[], Any]
) -> Answering | None:
    """Return what answers for any serializer of *cls*, None where that is not known.

    Args:
        cls: The class.
        queryset: As for ``answering``.
        request: The request.
        serializer: Makes the serializer, not many, if its code is needed.

    Raises:
        Unfit: One statement cannot.
    """
    if not is_known_fixed(cls):
        return None
    found = _kept.peek(_key(cls, queryset, Brought(queryset)))
    return None if found is None else _answering(cls, found, request, serializer)


def _key(what: Hashable, queryset: QuerySet[Any, Any], brought: Brought) -> Hashable:
    depth, settings = conf.reads.max_depth, output_settings()
    return what, queryset.model, depth, settings, queryset.db, is_utc(), brought.key


def _answering(
    cls: type, found: Statement | str, request: Any, serializer: Callable[[], Any]
) -> Answering:
    if isinstance(found, str):
        raise Unfit(found)
    # Of the kept statement: one that is made anew is for this request alone.
    finish, telltales = _finish(found), _telltales(found)
    return Answering(cls, found.current(), finish, telltales, request, serializer)


def why_not(serializer: Any, queryset: QuerySet[Any, Any]) -> str:
    """Say why one statement cannot answer *serializer* for *queryset*; "" where it can."""
    try:
        answering(serializer, queryset).statement.check(queryset)
    except Unfit as why:
        return str(why)
    return ""


def _compiled(serializer: Any, queryset: QuerySet[Any, Any], brought: Brought) -> Statement | str:
    try:
        statement = statement_for(project(serializer, queryset.model, brought), queryset)
        _finish(statement)
    except Unfit as why:
        return str(why)
    return statement


@lru_cache(maxsize=1024)
def _finish(statement: Statement) -> Finish | None:
    return Finish.of(statement.projection, statement.carried)


def _escaped(body: bytes) -> bytes:
    """Return *body* as the renderer has it, so that the JSON may stand in a script."""
    if body.isascii():
        return body
    return body.replace(b"\xe2\x80\xa8", b"\\u2028").replace(b"\xe2\x80\xa9", b"\\u2029")


@lru_cache(maxsize=1024)
def _telltales(statement: Statement) -> tuple[bytes, ...]:
    projection = statement.projection
    found = [RAISE.encode()] if any(entry.broken == RAISE for entry in projection.walk()) else []
    floats = any(value.form is Form.FLOAT for value in projection.values())
    return (*found, *_NUMBERS) if floats else tuple(found)
