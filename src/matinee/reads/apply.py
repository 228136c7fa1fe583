"""``Reader``: a plan, applied to a queryset or to objects that are there already."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from asgiref.sync import sync_to_async
from django.db.models import Model, QuerySet

from matinee import conf, receipts
from matinee.reads._load import load
from matinee.reads._queryset import planned
from matinee.reads._request import answering
from matinee.reads._statements import statements
from matinee.reads.plan import Plan

__all__ = ["Reader", "is_unplanned", "unplanned"]

_unplanned: ContextVar[bool] = ContextVar("matinee_unplanned", default=False)


@contextmanager
def unplanned() -> Iterator[None]:
    """Read the naive way inside this block: every ``apply`` returns its queryset as it came.

    For comparing, and for finding out whether a plan is to blame.
    """
    token = _unplanned.set(True)
    try:
        yield
    finally:
        _unplanned.reset(token)


def is_unplanned() -> bool:
    """Whether this code runs inside an ``unplanned()`` block."""
    return _unplanned.get()


@dataclass(frozen=True, slots=True)
class Reader:
    """A plan with a name, ready to be applied.

    Attributes:
        name: Whose plan it is, for receipts and prints: "FilmSerializer".
        plan: The plan.
        request: What each ``request_value`` of the plan is filled from; None where there is none.
    """

    name: str
    plan: Plan
    request: Any = None

    def for_request(self, request: Any) -> "Reader":
        """Return the same reader for *request*; the plan stays the shared one."""
        return self if request is self.request else replace(self, request=request)

    def apply[M: Model](self, queryset: QuerySet[M], *, narrow: bool = True) -> QuerySet[M]:
        """Return *queryset* with all that the plan needs; nothing is run yet.

        What the queryset says already is kept: filters, order, slices, annotations, its own
        ``select_related``, ``prefetch_related``, ``only`` and ``defer``. A queryset that cannot
        be planned (``values()``, a union, a raw query) comes back as it is. It is read as any
        queryset is, in async code by ``async for``.

        Args:
            queryset: Of the plan's model, or of a model that inherits from it.
            narrow: Load only the columns that are wanted. Pass False where the instances will be
                saved, or handed to code that reads other columns.

        Queries: none here; ``plan.queries`` when the queryset is run.
        """
        if is_unplanned():
            return queryset
        self._mark()
        with answering(self.request):
            return planned(self.plan, queryset, narrow=narrow and conf.reads.narrow)

    def load[T](self, objects: T, *, narrow: bool = True) -> T:
        """Load what the plan needs of *objects* and they have not; return them.

        Deferred columns and computed values come by one query, each relation by one more. What
        is loaded already is kept, and gone on from. What is not saved, or of another model, is
        left alone.

        Args:
            objects: One instance; or a list, a page, a queryset that has been run, of instances
                of the plan's model or of models that inherit from it.
            narrow: Of what is related, load only the columns that are wanted.

        Queries: ``plan.queries`` at most, where nothing is joined, for each class of objects;
        none for what is there.
        """
        if not is_unplanned():
            self._mark()
            with answering(self.request):
                load(self.plan, _listed(objects), narrow=narrow and conf.reads.narrow)
        return objects

    async def aload[T](self, objects: T, *, narrow: bool = True) -> T:
        """Do what ``load`` does, in async code."""
        return await sync_to_async(self.load)(objects, narrow=narrow)

    def statements(self, queryset: QuerySet[Any]) -> Iterator[tuple[str, str]]:
        """Yield (path, SQL) of each query the plan will run, the queryset's own first.

        ``…`` stands for the keys that are known only once the level above has been read.
        """
        with answering(self.request):
            rows = planned(self.plan, queryset, narrow=conf.reads.narrow)
        yield from statements(rows)

    def __str__(self) -> str:
        return str(self.plan)

    def _mark(self) -> None:
        if (receipt := receipts.current()) is not None:
            receipt.mark("reads", self.name, detail=self.plan)


def _listed(objects: Any) -> Iterable[Any]:
    return [objects] if isinstance(objects, Model) else objects
