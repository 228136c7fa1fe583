"""What can be said of the project's serializers and views before anybody asks them for anything.

``manage.py check`` and the audit report the same findings. No query is sent: what tries to is
told that there is no database.
"""

import inspect
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Never

from django.db import connections
from django.db.models import QuerySet
from rest_framework.generics import GenericAPIView

from matinee._findings import Finding
from matinee._project import attribute_line, is_own, is_test, shown
from matinee.exceptions import ReadsError
from matinee.reads import _by_hand as hand
from matinee.reads.drf._handlers import handler_of
from matinee.reads.drf._reader import plan_for
from matinee.reads.drf._routes import no_queryset, no_serializer, views
from matinee.reads.drf._serializers import model_serializers
from matinee.reads.drf._views import PlannedReads
from matinee.reads.plan import Plan
from matinee.reads.shape import Ask, Kind, Note

__all__ = ["findings"]

_IDS = {Kind.UNSEEN: "matinee.W111", Kind.APART: "matinee.W112", Kind.HINT: "matinee.I113"}
_COSTS = {Kind.UNSEEN: "up to 1 query a row", Kind.APART: "1 query a row", Kind.HINT: ""}


def findings(*, unplannable: bool = False) -> Iterator[Finding]:
    """Yield what is to say of every view, and of every serializer that names a model.

    Args:
        unplannable: Say of which views no plan can be made, and why.
    """
    with _without_database():
        # The views first: looking at them imports them, and with them their serializers.
        yield from dict.fromkeys(_of_views(unplannable=unplannable))
        for cls in model_serializers():
            if not is_test(cls.__module__):
                yield from _of_serializer(cls)


def _of_views(*, unplannable: bool) -> Iterator[Finding]:
    for _, name, view in views():
        if not is_own(Path(inspect.getfile(type(view)))):
            continue
        if isinstance(view, GenericAPIView):
            yield from _of_view(view)
        if unplannable and (problem := _unplannable(view)):
            why, _, hint = problem.partition("; ")
            place = _class_line(type(view))
            yield Finding(*place, "matinee.I119", f"{name} cannot be planned: {why}.", f"{hint}.")


@contextmanager
def _without_database() -> Iterator[None]:
    """Let no query through: a check must work where there is no database."""

    def refuse(*_args: Any) -> Never:
        raise RuntimeError("it asks the database, and a check has none")

    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(refuse))
            if connection.connection is None:
                # Nor wait for a database that is not there.
                vars(connection)["connect"] = refuse
                stack.callback(vars(connection).pop, "connect")
        yield


# Serializers


def _of_serializer(cls: type[Any]) -> Iterator[Finding]:
    try:
        plan = plan_for(cls()).plan
    except ReadsError as error:
        yield Finding(*_class_line(cls), "matinee.E114", error.message, error.hint)
        return
    except Exception as error:  # noqa: BLE001  the project's own code, run outside a request
        yield Finding(
            *_class_line(cls),
            "matinee.I118",
            f"{cls.__name__} was not checked: {type(error).__name__}: {error}",
            "It is planned for each request, with its context.",
        )
        return
    for note in dict.fromkeys(_notes(plan)):
        if note.ask.owner == cls.__name__:
            yield _of_note(cls, note)


def _of_note(cls: type[Any], note: Note) -> Finding:
    name = f"{note.ask.owner}.{note.ask.field}" if note.ask.field else note.ask.owner
    return Finding(
        *_place(cls, note.ask),
        _IDS[note.kind],
        f"{name}: {note.text}",
        note.remedy or "State what it needs with @needs(...), or @needs() if that is nothing.",
        _COSTS[note.kind],
    )


def _notes(plan: Plan) -> Iterator[Note]:
    yield from plan.notes
    for step in (*plan.joins, *plan.fetches):
        if step.plan is not None:
            yield from _notes(step.plan)


# Views


def _of_view(view: Any) -> Iterator[Finding]:
    cls = type(view)
    loading: hand.Loading | None
    try:
        rows = view.get_queryset()
        plan = plan_for(view.get_serializer(), model=rows.model).plan
        loading = hand.of_queryset(rows) if isinstance(rows, QuerySet) else None
    except Exception as error:  # noqa: BLE001  the view's own code, run outside a request
        plan, loading = _by_source(view)
        if plan is None or loading is None:
            yield Finding(
                *_method_line(cls, "get_queryset"),
                "matinee.I118",
                f"{cls.__name__} was not checked: {type(error).__name__}: {error}",
                "Let get_queryset() do without a request where swagger_fake_view is true.",
            )
            return
    if loading is None or not getattr(view, "planned_reads", True):
        return
    if not isinstance(view, PlannedReads):
        yield from _lacking(cls, plan, loading)
    for written in hand.unneeded(plan, loading):
        yield Finding(
            *_method_line(cls, "get_queryset"),
            "matinee.W116",
            f"{cls.__name__}: {written} is for nothing: nothing of it is read.",
            f"Delete {written}.",
        )
    for path, step in hand.defeated(plan, loading):
        asked = ", ".join(f"{path}{call.text}" for call in step.calls)
        yield Finding(
            *_method_line(cls, "get_queryset"),
            "matinee.W117",
            f'{cls.__name__}: prefetch_related("{path}") is defeated by {asked}.',
            f"Delete it: {step.calls[0].asks[0]} is answered without. Or use {path}.all().",
            "1 query a row" if not isinstance(view, PlannedReads) else "1 query",
        )


def _lacking(cls: type[Any], plan: Plan, loading: hand.Loading) -> Iterator[Finding]:
    for path, step in hand.lacking(plan, loading):
        method = "select_related" if step.hop.join else "prefetch_related"
        yield Finding(
            *_method_line(cls, "get_queryset"),
            "matinee.W115",
            f"{cls.__name__} reads {path} for each row"
            + (f", asked for by {step.asks[0]}." if step.asks else "."),
            f'class {cls.__name__}(PlannedReads, ...), or .{method}("{path}").',
            "1 query a row",
        )


def _unplannable(view: Any) -> str:
    """Say why no plan can be made for *view*, and what to do; "" where one can."""
    answers = inspect.unwrap(getattr(type(view), handler_of(view).name))
    if not isinstance(view, GenericAPIView) and not is_own(
        Path(inspect.getfile(answers)).resolve()
    ):
        return ""  # a schema, the root of an API: there is nothing to plan
    try:
        return no_serializer(view) or no_queryset(view.get_queryset())
    except Exception:  # noqa: BLE001  said by the check already
        return ""


def _by_source(view: Any) -> tuple[Any, hand.Loading | None]:
    """Return the plan and the loading as far as they can be told without running the view."""
    try:
        plan = plan_for(view.get_serializer()).plan
    except Exception:  # noqa: BLE001  as above
        return None, None
    return plan, hand.of_source(type(view).get_queryset)


# Places


def _place(cls: type[Any], ask: Ask) -> tuple[str, int]:
    """Return where the code is that asked; where it says nothing, the field's own line."""
    file, _, line = ask.line.rpartition(":")
    if file and line.isdigit():
        return file, int(line)
    return attribute_line(cls, ask.field) if ask.field else _class_line(cls)


def _method_line(cls: type[Any], name: str) -> tuple[str, int]:
    """Return the line of the project's own method, or of its class."""
    method = inspect.unwrap(getattr(cls, name))
    file = Path(inspect.getfile(method)).resolve()
    if is_own(file):
        return shown(file), inspect.getsourcelines(method)[1]
    return attribute_line(cls, "queryset")


def _class_line(cls: type[Any]) -> tuple[str, int]:
    return attribute_line(cls, "")
