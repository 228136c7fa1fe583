"""What can be said of the project's serializers and views before anybody asks them for anything.

``manage.py check`` and the audit report the same findings. No query is sent: what tries to is
told that there is no database.
"""

import inspect
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Never

from django.db import connections
from django.urls import get_resolver
from rest_framework import serializers

from matinee._findings import Finding
from matinee._project import attribute_line, is_own, shown
from matinee.reads.drf._reader import plan_for
from matinee.reads.plan import Plan
from matinee.reads.shape import Ask, Kind, Note

__all__ = ["findings"]

_IDS = {Kind.UNSEEN: "matinee.W111", Kind.APART: "matinee.W112", Kind.HINT: "matinee.I113"}
_COSTS = {Kind.UNSEEN: "up to 1 query a row", Kind.APART: "1 query a row", Kind.HINT: ""}


def findings() -> Iterator[Finding]:
    """Yield what is to say of every serializer that names a model, and of every view."""
    with without_database():
        # Imports the project's views, and with them the serializers that they use.
        _ = get_resolver().url_patterns
        for cls in model_serializers():
            yield from _of_serializer(cls)


def model_serializers() -> Iterator[type[Any]]:
    """Yield the project's own subclasses of ``ModelSerializer`` that name a model, as defined."""
    for cls in _subclasses(serializers.ModelSerializer):
        module = sys.modules.get(cls.__module__)
        own = module is not None and is_own(
            Path(getattr(module, "__file__", None) or "/").resolve()
        )
        if own and getattr(getattr(cls, "Meta", None), "model", None) is not None:
            yield cls


@contextmanager
def without_database() -> Iterator[None]:
    """Let no query through: a check must work where there is no database."""

    def refuse(*_args: Any) -> Never:
        raise RuntimeError("it asks the database, and a check has none")

    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(refuse))
        yield


def _subclasses(cls: type[Any]) -> Iterator[type[Any]]:
    for each in cls.__subclasses__():
        yield each
        yield from _subclasses(each)


def _of_serializer(cls: type[Any]) -> Iterator[Finding]:
    try:
        plan = plan_for(cls()).plan
    except Exception as error:  # noqa: BLE001  the project's own code, run outside a request
        file, line = _class_line(cls)
        yield Finding(
            file,
            line,
            "matinee.I118",
            f"{cls.__name__} was not checked: {type(error).__name__}: {error}",
            "It is planned for each request, with its context.",
        )
        return
    for note in _notes(plan):
        if note.ask.owner == cls.__name__:
            yield _of_note(cls, note)


def _of_note(cls: type[Any], note: Note) -> Finding:
    file, line = _place(cls, note.ask)
    name = f"{note.ask.owner}.{note.ask.field}" if note.ask.field else note.ask.owner
    return Finding(
        file,
        line,
        _IDS[note.kind],
        f"{name}: {note.text}",
        note.remedy or "State what it needs with @needs(...), or @needs() if it is nothing.",
        _COSTS[note.kind],
    )


def _notes(plan: Plan) -> Iterator[Note]:
    yield from plan.notes
    for step in (*plan.joins, *plan.fetches):
        if step.plan is not None:
            yield from _notes(step.plan)


def _place(cls: type[Any], ask: Ask) -> tuple[str, int]:
    """Return where the code is that asked; where it says nothing, the field's own line."""
    file, _, line = ask.line.rpartition(":")
    if file and line.isdigit():
        return file, int(line)
    return attribute_line(cls, ask.field) if ask.field else _class_line(cls)


@cache
def _class_line(cls: type[Any]) -> tuple[str, int]:
    try:
        return shown(Path(inspect.getfile(cls))), inspect.getsourcelines(cls)[1]
    except (OSError, TypeError):
        return "", 0
