"""``@needs``: what code reads, said where it cannot be seen."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from django.db.models import Model

from matinee.exceptions import ReadsError
from matinee.reads import _facts as facts
from matinee.reads.shape import Hop

__all__ = ["Needs", "needs", "needs_of", "problems_of"]

_NAME = "__matinee_needs__"


@dataclass(frozen=True, slots=True)
class Needs:
    """What a function reads of the object it is given.

    Attributes:
        wants: Paths of attributes, "directors__name", and parts.
    """

    wants: tuple[Any, ...] = ()


def needs[F: Callable[..., Any]](*wants: Any) -> Callable[[F], F]:
    """Say what a function reads of the object it is given; its body is then not looked at.

    For serializer methods, methods and properties of models (below ``@property``), a field's
    ``to_representation``, and any function: the paths start at the first model instance among its
    arguments. ``@needs()`` says that it reads nothing.

    Args:
        wants: Paths of attributes joined by two underscores. One that ends at a relation means
            the object there, or the rows, with every column. ``related`` and the other words of
            ``matinee.reads`` say what a path cannot.

    Raises:
        ReadsError: It stands above ``@property`` and not below; at planning, a path is wrong.
    """

    def mark(function: F) -> F:
        target: Any = getattr(function, "__func__", function)
        if not callable(target):
            raise ReadsError(
                f"@needs must stand on a function, got a {type(function).__name__}.",
                hint="Put it below @property, next to the def.",
                code="reads.bad_needs",
            )
        before = needs_of(target)
        setattr(target, _NAME, Needs((*(before.wants if before else ()), *wants)))
        return function

    return mark


def needs_of(function: Any) -> Needs | None:
    """Return what is stated of *function*, None where nothing is."""
    found = inspect.getattr_static(function, _NAME, None)
    return found if isinstance(found, Needs) else None


def problems_of(stated: Needs, model: type[Model]) -> Iterator[str]:
    """Yield what is wrong with the paths of *stated* where they start at *model*."""
    for want in stated.wants:
        if isinstance(want, str) and (problem := _problem(want, model)):
            yield problem


def _problem(path: str, model: Any) -> str:
    for name in path.split("__"):
        found = facts.attribute(model, name)
        if found is None and not hasattr(model, name):
            near = get_close_matches(name, [n for n in dir(model) if n[0] != "_"], 1)
            guess = f" Do you mean {near[0]}?" if near else ""
            return f'"{path}": {model.__name__} has no attribute {name}.{guess}'
        if not isinstance(found, Hop) or found.model is None:
            return ""  # a column's value, or code: what is beyond cannot be looked up
        model = found.model
    return ""
