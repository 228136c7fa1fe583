"""``Shape``: a typed answer whose fields say what is read.

For views without Django REST framework. It takes msgspec: ``django-matinee[json]``.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any, ClassVar, Self, cast, dataclass_transform, get_type_hints

import msgspec
from asgiref.sync import sync_to_async
from django.apps import apps
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from matinee import conf
from matinee.reads import words
from matinee.reads._members import Member, bad_shape, member
from matinee.reads._queryset import planned
from matinee.reads._request import answering
from matinee.reads.apply import Reader
from matinee.reads.plan import plan_of
from matinee.reads.projection import Projection, Unfit
from matinee.reads.shape import Ask, Draft, Rows
from matinee.reads.sqljson import statement_for
from matinee.reads.words import Part

__all__ = ["Shape", "computed", "related", "source"]

_OWN = (
    *("fetch", "json", "afetch", "ajson", "why_not", "reader", "model"),
    *("members", "declare", "maker", "projection"),
)


def computed(expression: Any) -> Any:
    """Compute a field's value in the database.

    ``review_count: int = computed(Count("reviews"))``

    Args:
        expression: As for ``QuerySet.annotate``; each aggregate becomes a subquery.
    """
    return words.computed(expression, to_attr="value")


def related(
    path: str = "",
    queryset: "QuerySet[Any] | None" = None,
    *,
    where: Q | None = None,
    order_by: Iterable[Any] | str = (),
    limit: int | None = None,
) -> Any:
    """Choose a field's rows.

    ``reviews: list[ReviewShape] = related(order_by="-stars", limit=3)``

    Args:
        path: The relation, or the way to it; the field's own name where it is "".
        queryset: The rows to begin with; those of the model's default manager where None.
        where: The condition that they meet.
        order_by: As for ``QuerySet.order_by``; the model's own ordering where there is none.
        limit: The most rows for one parent.
    """
    return words.related(
        path, queryset, where=where, order_by=order_by, limit=limit, to_attr="rows"
    )


def source(path: str) -> Any:
    """Read a field from elsewhere.

    ``studio: str | None = source("studio__name")``

    Args:
        path: The attributes that lead there, relations and a column at the end. Over a to-many
            relation the field is a list: ``tags: list[str] = source("tags__name")``.
    """
    return Part(path)


class _Meta(msgspec.StructMeta):
    """Takes the words out of a class body, so that msgspec sees fields without a default."""

    def __new__(
        mcs,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        model: type[Model] | None = None,
        rename: Any = None,
    ) -> Any:
        parts = {key: value for key, value in namespace.items() if isinstance(value, Part)}
        namespace = {key: value for key, value in namespace.items() if key not in parts}
        cls: Any = super().__new__(mcs, name, bases, namespace, kw_only=True, rename=rename)
        cls._parts = {**getattr(cls, "_parts", {}), **parts}
        cls._model = model or getattr(cls, "_model", None)
        cls._kept = {}
        if cls._model is not None and apps.models_ready:
            with suppress(NameError):  # a shape that is written further down
                cls.members()
        return cls


@dataclass_transform(kw_only_default=True, field_specifiers=(computed, related, source))
class Shape(msgspec.Struct, metaclass=_Meta):
    """A typed answer. Its annotated fields are what is read of the model's rows.

    ``class FilmShape(Shape, model=Film): title: str; studio: StudioShape | None``

    A field is a column, a nested shape, a list of nested shapes, or what ``computed``, ``related``
    and ``source`` say. ``rename`` is msgspec's: ``class FilmShape(Shape, model=Film,
    rename="camel")``. Declarations are held against the model as soon as there are models.

    Raises:
        ReadsError: A field is not in the model, or its annotation is not what is there: one for
            many, no ``None`` where there may be none, another type than the column's.
    """

    _model: ClassVar[type[Model]]
    _parts: ClassVar[dict[str, Part]]
    _kept: ClassVar[dict[str, Any]]

    def __init_subclass__(cls, *, model: type[Model] | None = None, rename: Any = None) -> None:
        super().__init_subclass__()

    @classmethod
    def fetch(cls, queryset: QuerySet[Any], *, request: Any = None) -> list[Self]:
        """Return a struct for each row of *queryset*.

        Args:
            queryset: Of the shape's model, not yet run.
            request: What each ``request_value`` is filled from.

        Queries: ``reader().plan.queries``.
        """
        make = cls.maker()
        return [make(row) for row in _rows(cls.reader(request), queryset)]

    @classmethod
    async def afetch(cls, queryset: QuerySet[Any], *, request: Any = None) -> list[Self]:
        """Return what ``fetch`` returns, in async code."""
        make = cls.maker()
        return [make(row) async for row in _rows(cls.reader(request), queryset)]

    @classmethod
    def json(cls, queryset: QuerySet[Any], *, request: Any = None) -> bytes:
        """Return the rows of *queryset* as a JSON list; points in time are in UTC.

        Parsed, it is what msgspec makes of ``fetch``. Where one statement can, PostgreSQL writes
        it and no instance is made; ``why_not`` says where it cannot.

        Queries: one; where that cannot be, those of ``fetch``.
        """
        try:
            with timezone.override(dt.UTC), answering(request):
                return statement_for(cls.projection(), queryset).fetch(queryset)
        except Unfit:
            return msgspec.json.encode(cls.fetch(queryset, request=request))

    @classmethod
    async def ajson(cls, queryset: QuerySet[Any], *, request: Any = None) -> bytes:
        """Return what ``json`` returns, in async code."""
        return await sync_to_async(cls.json)(queryset, request=request)

    @classmethod
    def why_not(cls, queryset: QuerySet[Any]) -> str:
        """Say why ``json`` makes instances for *queryset*, "" where it does not."""
        try:
            statement_for(cls.projection(), queryset).check(queryset)
        except Unfit as why:
            return str(why)
        return ""

    @classmethod
    def reader(cls, request: Any = None) -> Reader:
        """Return the shape's plan, ready to be applied, printed or explained."""
        if "reader" not in cls._kept:
            draft = Draft(cls.model())
            cls.declare(draft)
            cls._kept["reader"] = Reader(cls.__name__, plan_of(draft.freeze()))
        return cast("Reader", cls._kept["reader"]).for_request(request)

    @classmethod
    def model(cls) -> type[Model]:
        """Return the model whose rows it is made of."""
        if cls._model is None:
            bad_shape(f"{cls.__name__} has no model.", f"class {cls.__name__}(Shape, model=...)")
        return cls._model

    # What the shapes around this one, and the statement, are made with.

    @classmethod
    def members(cls) -> tuple[Member, ...]:
        """Return the fields, looked up in the model."""
        if "members" not in cls._kept:
            hints = get_type_hints(cls, include_extras=True)
            keys = zip(cls.__struct_fields__, cls.__struct_encode_fields__, strict=True)
            found = [
                member(
                    Ask(cls.__name__, name), key, _part(cls, name), hints[name], model=cls.model()
                )
                for name, key in keys
            ]
            _check(cls, found)
            cls._kept["members"] = tuple(found)
        return cast("tuple[Member, ...]", cls._kept["members"])

    @classmethod
    def declare(cls, draft: Draft) -> None:
        """Want what the fields read."""
        for each in cls.members():
            each.declare(draft)

    @classmethod
    def maker(cls) -> Callable[[Any], Self]:
        """Return what makes a struct of an instance."""
        if "maker" not in cls._kept:
            getters = [(each.ask.field, each.getter()) for each in cls.members()]
            cls._kept["maker"] = lambda row: cls(**{name: get(row) for name, get in getters})
        return cast("Callable[[Any], Self]", cls._kept["maker"])

    @classmethod
    def projection(cls) -> Projection:
        """Return what JSON is made of.

        Raises:
            Unfit: The database cannot write it.
        """
        if "projection" not in cls._kept:
            if hasattr(cls, "__post_init__"):
                raise Unfit(f"{cls.__name__}.__post_init__ is Python")
            entries = tuple(each.entry() for each in cls.members())
            cls._kept["projection"] = Projection(cls.model(), entries)
        return cast("Projection", cls._kept["projection"])


def _rows(reader: Reader, queryset: QuerySet[Any]) -> QuerySet[Any]:
    # Not by apply(): what unplanned() leaves out no instance has, and a struct needs it.
    with answering(reader.request):
        return planned(reader.plan, queryset, narrow=conf.reads.narrow)


def _part(cls: type[Shape], name: str) -> Part:
    """Return what the field *name* reads, put where no attribute is in its way."""
    part = cls._parts.get(name, Part(name))
    rows = part.rows
    if rows != Rows():
        rows = replace(rows, place=f"{cls.__name__}_{name}")
    path = part.path or ("" if part.expression is not None else name)
    return replace(part, path=path, rows=rows)


def _check(
    cls: type[Shape], members: Iterable[Member], above: tuple[type[Shape], ...] = ()
) -> None:
    """Refuse names that are taken and shapes that never end."""
    if taken := [name for name in cls.__struct_fields__ if name in _OWN]:
        bad_shape(
            f"{cls.__name__}.{taken[0]} is a method of every shape.",
            f'Call it otherwise: {taken[0]}_: ... = source("{taken[0]}").',
        )
    for each in members:
        if each.shape in (cls, *above):
            bad_shape(f"{each.ask} leads to {each.shape.__name__} again.", "End it somewhere.")
        if each.shape is not None:
            _check(each.shape, each.shape.members(), (cls, *above))
