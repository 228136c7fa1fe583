"""The answer of a serializer as JSON, from one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from matinee import conf
from matinee.reads.drf._finish import Finish, decoded, encoded
from matinee.reads.drf._forms import output_settings
from matinee.reads.drf._inspect import is_static
from matinee.reads.drf._project import project
from matinee.reads.projection import OMIT, RAISE, Form, Projection, Unfit
from matinee.reads.sqljson import Statement, annotations, statement_for

__all__ = ["Answering", "answering", "why_not"]

# DRF's renderer refuses these numbers. PostgreSQL writes them as text, which a name may be too:
# where one stands, instances tell.
_NUMBERS = ('"NaN"', '"Infinity"', '"-Infinity"')

# What the serializers are made to, of which all instances are alike.
_static: dict[Any, Projection | Unfit] = {}


@dataclass(frozen=True, slots=True)
class Answering:
    """A serializer and the statement that answers for it.

    Attributes:
        serializer: Bound to its context, not many.
        statement: The statement.
    """

    serializer: Any
    statement: Statement

    def json(self, queryset: QuerySet[Any, Any], *, comment: str = "") -> bytes:
        """Return what ``JSONRenderer`` would render of the rows of *queryset*, as a list.

        Args:
            queryset: Not yet run.
            comment: For the SQL: who asks.

        Queries: one.

        Raises:
            Unfit: Only instances can answer for these rows.
        """
        text = self.statement.fetch(queryset, comment=comment)
        for token in _telltales(self.statement.projection):
            if token in text:
                raise Unfit(f"there is {token} in the answer")
        found = self._finished(text)
        # As the renderer does, so that the JSON may stand in a script.
        return found.replace(b"\xe2\x80\xa8", b"\\u2028").replace(b"\xe2\x80\xa9", b"\\u2029")

    def _finished(self, text: str) -> bytes:
        finish = Finish.of(self.statement.projection, self.statement.carried)
        if finish is None or not (finish.always or OMIT in text):
            return text.encode()
        bound = finish.bound(self.serializer)
        return encoded([bound(row) for row in decoded(text)])


def answering(serializer: Any, queryset: QuerySet[Any, Any]) -> Answering:
    """Return what answers for *serializer* over rows like those of *queryset*.

    Args:
        serializer: An instance, with the context it is rendered with, many or not.
        queryset: Of its rows; filters and order may still change, annotations may not.

    Raises:
        Unfit: One statement cannot.
    """
    one = getattr(serializer, "child", serializer)
    projection = _projection(one, queryset.model, annotations(queryset))
    return Answering(one, statement_for(projection, queryset))


def why_not(serializer: Any, queryset: QuerySet[Any, Any]) -> str:
    """Say why one statement cannot answer *serializer* for *queryset*; "" where it can."""
    try:
        answering(serializer, queryset).statement.sql(queryset)
    except Unfit as why:
        return str(why)
    return ""


def _projection(serializer: Any, model: type[Model], brought: Mapping[str, Any]) -> Projection:
    key = (
        *(type(serializer), model, conf.reads.max_depth, output_settings()),
        *((name, type(each)) for name, each in brought.items()),
    )
    known = _static.get(key) if is_static(serializer) else None
    if known is None:
        known, static = _projected(serializer, model, brought)
        if static:
            _static[key] = known
    if isinstance(known, Unfit):
        raise known
    return known


def _projected(
    serializer: Any, model: type[Model], brought: Mapping[str, Any]
) -> tuple[Projection | Unfit, bool]:
    try:
        return project(serializer, model, brought)
    except Unfit as why:
        return why, False


def _telltales(projection: Projection) -> list[str]:
    """Return what an answer does not hold unless instances must make it."""
    found = [RAISE] if any(entry.broken == RAISE for entry in projection.walk()) else []
    floats = any(value.form is Form.FLOAT for value in projection.values())
    return [*found, *_NUMBERS] if floats else found
