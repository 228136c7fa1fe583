"""Planning never breaks what worked without it."""

from collections.abc import Callable
from logging import getLogger

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404
from rest_framework.exceptions import APIException

__all__ = ["attempt"]

logger = getLogger("matinee.reads")

_reported: set[tuple[str, type[Exception]]] = set()


def attempt[T](name: str, plan: Callable[[], T], otherwise: T) -> T:
    """Return what *plan* returns, or *otherwise* where it fails, which is reported once.

    Answers that are raised (a 404, a refused permission, an invalid parameter) are not reported:
    the view raises them again when it gets there. Nor are a database's errors caught: those are
    no errors of planning.

    Args:
        name: Whose plan it is, for the report: "FilmViewSet.list".
        plan: Plans, and reads by the plan where there are objects already.
        otherwise: What there is without a plan.
    """
    try:
        return plan()
    except (APIException, Http404, PermissionDenied):
        return otherwise
    except DatabaseError:
        raise
    except Exception as error:
        if (name, type(error)) not in _reported:
            _reported.add((name, type(error)))
            logger.warning(
                "%s is not planned: %s: %s", name, type(error).__name__, error, exc_info=True
            )
        return otherwise
