"""What the database's refusals mean: from an SQLSTATE to an error that can be shown.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from typing import Any, NamedTuple

import psycopg
from django.apps import apps
from django.db import DataError
from django.db.models.constraints import BaseConstraint
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from matinee.exceptions import ConflictError

__all__ = ["conflict", "is_named"]

# PostgreSQL cuts names that are longer.
LONGEST = 63


class Kind(NamedTuple):
    """What is said of one SQLSTATE."""

    code: str
    message: str | Promise
    status: int = 409
    again: bool = False


_DATA = Kind("conflict.data", _("The database cannot take these values."), status=400)
_OVERFLOW = Kind("conflict.overflow", _("A value is too large for the database."), status=400)
_KINDS = {
    "23P01": Kind("conflict.overlap", _("Another one overlaps.")),
    "23505": Kind("conflict.unique", _("There is one with these values already.")),
    "23503": Kind("conflict.reference", _("What belongs to it is missing, or still needs it.")),
    "23514": Kind("conflict.check", _("These values are not allowed."), status=400),
    "23502": Kind("conflict.null", _("A value is missing."), status=400),
    "40P01": Kind("conflict.deadlock", _("Others wanted the same at once. Try again."), again=True),
    "40001": Kind("conflict.serialization", _("Others changed the same. Try again."), again=True),
    "55P03": Kind("conflict.locked", _("Others are changing the same. Try again.")),
    "22003": _OVERFLOW,
    "22008": _OVERFLOW,
}


def conflict(error: BaseException) -> ConflictError | None:
    """Return what is to be said of the database's *error*; None where it is no refusal.

    No query. The message is in the active language, and never holds values of rows.

    Args:
        error: Django's error or psycopg's.
    """
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    if isinstance(error, ConflictError) or not isinstance(cause, psycopg.Error):
        return error if isinstance(error, ConflictError) else None
    kind = _kind(cause)
    if kind is None:
        return None
    constraint, table = cause.diag.constraint_name or "", cause.diag.table_name or ""
    return ConflictError(
        str(_declared(table, constraint) or kind.message),
        code=kind.code,
        status=kind.status,
        constraint=constraint,
        table=table,
        again=kind.again,
    )


def is_named(constraint: Any, name: str) -> bool:
    """Whether the database calls *constraint* by *name*, which it may have cut."""
    declared: str = constraint.name
    return bool(name) and declared.encode()[:LONGEST] == name.encode()


def _kind(error: psycopg.Error) -> Kind | None:
    # What psycopg refuses to send is like what PostgreSQL refuses to read.
    if error.sqlstate is None:
        return _DATA if isinstance(error, psycopg.DataError | DataError) else None
    return _KINDS.get(error.sqlstate) or (_DATA if error.sqlstate.startswith("22") else None)


def _declared(table: str, name: str) -> str:
    """Return what the constraint itself says, if somebody wrote that; else ""."""
    if not name:
        return ""
    for model in apps.get_models():
        for each in model._meta.constraints if model._meta.db_table == table else ():
            said = each.violation_error_message != BaseConstraint.default_violation_error_message
            if said and is_named(each, name):
                return str(each.get_violation_error_message())
    return ""
