"""Names each query that rendering runs and the plan did not foresee.

A connection's ``execute_wrapper`` sees every statement, whatever caused it: a related manager, a
deferred column, ``Model.objects`` in a method. Who caused it is read off the stack, which costs a
microsecond a query, and nothing where there is none.
"""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import FrameType, TracebackType
from typing import Any

from django.core.exceptions import SynchronousOnlyOperation
from django.db import connections
from django.db.models import Model

from matinee import conf
from matinee.exceptions import ReadsError
from matinee.reads.plan import Plan
from matinee.reads.shape import Kind, Note

__all__ = ["Place", "UnforeseenQueryError", "Watch", "foreseen", "healed", "heals", "watching"]

logger = logging.getLogger("matinee.reads")

# A site that was reported is not reported again for so long.
QUIET_S = 300.0
SHOWN_CHARACTERS = 200
_LIBRARIES = {"asgiref", "contextlib", "django", "matinee", "psycopg", "rest_framework"}

_current: ContextVar["Watch | None"] = ContextVar("matinee_watch", default=None)
_reported: dict["Place", float] = {}


class UnforeseenQueryError(ReadsError):
    """Rendering ran a query that its plan did not foresee."""

    code = "reads.miss"


@dataclass(frozen=True, slots=True)
class Place:
    """Where rendering was when it asked the database.

    Attributes:
        path: The fields on the way, ("FilmSerializer.reviews", "ReviewSerializer.label").
        line: The code that asked, "films/models.py:41 in label"; "" where the field itself did.
    """

    path: tuple[str, ...]
    line: str = ""

    def __str__(self) -> str:
        at = f", {self.line}" if self.line else ""
        return f"{' > '.join(self.path)}{at}"


# Says of a stack frame which field it renders, "FilmSerializer.reviews", or None.
type Rendering = Callable[[FrameType], str | None]


@dataclass(slots=True)
class Watch:
    """What one rendering ran beside its plan.

    Attributes:
        name: Whose plan it is.
        plan: Returns the plan, whose notes are not reported again.
        rendering: Reads the stack.
        on_miss: What the setting says.
        misses: How often each place asked, and the first statement.
        foreseeing: Whether what runs now is nothing to report.
        outermost: The frame that began to render; nothing further out did.
    """

    name: str
    plan: Callable[[], Plan]
    rendering: Rendering
    on_miss: str = field(default_factory=lambda: conf.reads.on_miss)
    misses: dict[Place, tuple[int, str]] = field(default_factory=dict)
    foreseeing: bool = False
    outermost: FrameType | None = None
    _apart: frozenset[str] | None = None

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not self.foreseeing:
            self.seen(self.place(sys._getframe(1)), str(sql))  # noqa: SLF001
        return execute(sql, params, many, context)

    def place(self, frame: FrameType) -> Place | None:
        """Return where rendering is, seen from *frame*."""
        return place(frame, self.rendering, self.outermost)

    def seen(self, place: Place | None, sql: str) -> None:
        """Take note of a query, unless it is not rendering's or the plan says so already."""
        if place is None or place.path[-1] in self.apart():
            return
        count, first = self.misses.get(place, (0, sql))
        self.misses[place] = (count + 1, first)
        if self.on_miss == "raise":
            raise self.error(place, first)

    def apart(self) -> frozenset[str]:
        """Return the fields that run queries of their own, as the plan says."""
        if self._apart is None:
            try:
                self._apart = frozenset(_apart(self.plan()))
            except ReadsError:  # what cannot be planned has no notes
                self._apart = frozenset()
        return self._apart

    def error(self, place: Place, sql: str) -> UnforeseenQueryError:
        return UnforeseenQueryError(
            f"{self.name} must read what its plan foresaw, got one more query for {place}: "
            f"{_shortened(sql)}",
            hint="State what the code needs with @needs(...), or read it before rendering.",
        )

    def close(self) -> None:
        """Report what was seen; raise what the code rendered swallowed."""
        for place, (count, sql) in self.misses.items():
            if self.on_miss == "raise":
                raise self.error(place, sql)
            if _is_due(place):
                self.warn(place, count, sql)

    def warn(self, place: Place, count: int, sql: str) -> None:
        queries = "1 query" if count == 1 else f"{count} queries"
        logger.warning(
            "%s ran %s its plan did not foresee, for %s. State what the code needs with "
            "@needs(...). The first was: %s",
            self.name,
            queries,
            place,
            _shortened(sql),
            extra={"place": place, "count": count, "sql": sql},
        )


@contextmanager
def watching(name: str, plan: Callable[[], Plan], rendering: Rendering) -> Iterator[Watch]:
    """Watch this thread's connections while a planned answer is rendered inside the block.

    What to do with a query that the plan did not foresee, ``MATINEE["reads"]["on_miss"]`` says.
    A watch within a watch is the outer one's business.

    Args:
        name: Whose plan it is, for the report.
        plan: Returns the plan; called when there is a query it may not have foreseen.
        rendering: Says which field a stack frame renders.

    Raises:
        UnforeseenQueryError: The setting says "raise".
    """
    outer = _current.get()
    if outer is not None:
        yield outer
        return
    watch = Watch(name, plan, rendering, outermost=sys._getframe(2))  # noqa: SLF001
    token = _current.set(watch)
    try:
        with ExitStack() as stack:
            for connection in connections.all():
                stack.enter_context(connection.execute_wrapper(watch))
            yield watch
    except SynchronousOnlyOperation as error:
        if asked := _raised_at(error.__traceback__, rendering):
            error.add_note(f"{name} asked the database for {asked}, which its plan lacks.")
        raise
    finally:
        _current.reset(token)
        watch.outermost = None  # which holds all that this one does
    watch.close()


@contextmanager
def foreseen() -> Iterator[None]:
    """Run queries inside the block that no watch is to report."""
    watch = _current.get()
    if watch is None or watch.foreseeing:
        yield
        return
    watch.foreseeing = True
    try:
        yield
    finally:
        watch.foreseeing = False


def heals() -> bool:
    """Whether what was not planned is to be loaded for all rows at once, here and now."""
    watch = _current.get()
    return watch is not None and watch.on_miss == "heal"


def healed(instance: Model, name: str, peers: int) -> None:
    """Report that *name* of *instance* was loaded for *peers* rows at once, once a place."""
    watch = _current.get()
    found = watch.place(sys._getframe(1)) if watch else None  # noqa: SLF001
    if watch is not None and found is not None and _is_due(found):
        logger.warning(
            '%s loaded %s.%s for %s rows at once, for %s. Add @needs("%s").',
            *(watch.name, type(instance).__name__, name, peers, found, name),
            extra={"place": found, "count": peers},
        )


def place(
    frame: FrameType | None, rendering: Rendering, outermost: FrameType | None = None
) -> Place | None:
    """Return where rendering is, seen from *frame* outwards; None where nothing is rendered."""
    path: list[str] = []
    line = ""
    while frame is not None and frame is not outermost:
        if label := rendering(frame):
            # A method around the fields' own loop says nothing that the field does not.
            if not (path and label.endswith(".to_representation") and _same_owner(label, path[-1])):
                path.append(label)
        elif not path and not line and _is_the_projects(frame):
            line = _line(frame)
        frame = frame.f_back
    return Place(tuple(reversed(path)), line) if path else None


def _same_owner(label: str, other: str) -> bool:
    return label.partition(".")[0] == other.partition(".")[0]


def _raised_at(traceback: TracebackType | None, rendering: Rendering) -> Place | None:
    innermost = None
    while traceback is not None:
        innermost, traceback = traceback.tb_frame, traceback.tb_next
    return place(innermost, rendering)


def _is_the_projects(frame: FrameType) -> bool:
    name = str(frame.f_globals.get("__name__", ""))
    return name.partition(".")[0] not in _LIBRARIES


def _line(frame: FrameType) -> str:
    return f"{frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_name}"


def _apart(plan: Plan) -> set[str]:
    """Return the fields that run queries of their own, as the plan says, and nothing unseen."""
    noted: dict[Kind, set[str]] = {kind: set() for kind in Kind}
    for note in _notes(plan):
        noted[note.kind].add(f"{note.ask.owner}.{note.ask.field}")
    return noted[Kind.APART] - noted[Kind.UNSEEN]


def _notes(plan: Plan) -> Iterator[Note]:
    yield from plan.notes
    for step in (*plan.joins, *plan.fetches):
        if step.plan is not None:
            yield from _notes(step.plan)


def _is_due(place: Place) -> bool:
    """Whether *place* was not reported lately."""
    now = time.monotonic()
    if now - _reported.get(place, -QUIET_S) < QUIET_S:
        return False
    _reported[place] = now
    return True


def _shortened(sql: str) -> str:
    return sql if len(sql) <= SHOWN_CHARACTERS else f"{sql[:SHOWN_CHARACTERS]}..."
