"""What is read, said by hand: the words that ``needs``, ``Meta.reads``, views and shapes share.

Each word makes a ``Part``, one thing that is read and how. Names of relations are those of Python
attributes, joined by ``__``; what is inside a ``Q`` or an expression is named as the ORM names it.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Never, cast

from django.core.exceptions import FieldError
from django.db.models import Model, Q, QuerySet

from matinee.exceptions import ReadsError
from matinee.reads._expressions import apart, crosses, names
from matinee.reads._facts import Code, attribute, columns, relations
from matinee.reads._request import RequestValue, probing, request_value
from matinee.reads.shape import Ask, Draft, Hop, How, Link, Rows

__all__ = [
    "Part",
    "RequestValue",
    "computed",
    "declare",
    "fetched",
    "joined",
    "lazy",
    "related",
    "request_value",
    "rows_of",
    "state",
]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One thing that is read.

    Attributes:
        path: The attributes that lead to it, "studio__name"; "" where it is computed.
        rows: Which rows of the relation that *path* ends at, and where they are put.
        how: How that relation is loaded, None where the plan decides.
        expression: What the database computes for the object, to be found where *rows* says;
            None where nothing is computed.
    """

    path: str = ""
    rows: Rows = Rows()  # noqa: RUF009  frozen
    how: How | None = None
    expression: Any = None

    def __deepcopy__(self, memo: object) -> "Part":
        return self  # a value; fields of Django REST framework copy what they are given


def computed(expression: Any, *, to_attr: str) -> Part:
    """Compute *expression* in the database, for each object.

    Args:
        expression: As for ``QuerySet.annotate``. Each aggregate becomes a subquery, so two of
            them never multiply each other.
        to_attr: The attribute that the value is found at.

    Queries: none; it is a column more in the query of the objects.
    """
    return Part(rows=Rows(to_attr), expression=expression)


def related(  # noqa: PLR0913  a clause each
    path: str,
    queryset: "QuerySet[Any] | None" = None,
    *,
    where: Q | None = None,
    order_by: Iterable[Any] | str = (),
    limit: int | None = None,
    to_attr: str = "",
) -> Part:
    """Choose the rows of a to-many relation.

    Args:
        path: The relation, or the way to it: "reviews", "studio__films".
        queryset: The rows to begin with; those of the model's default manager where None.
        where: The condition that they meet.
        order_by: As for ``QuerySet.order_by``; the model's own ordering where there is none.
        limit: The most rows for one parent. The primary key then ends the order, so that rows
            which are equal in it come out the same each time.
        to_attr: The attribute that the rows are found at, as a list; "" for the relation itself,
            so that ``.all()`` gives these rows and no others.

    Queries: one, for all parents.

    Raises:
        ReadsError: A *limit* is given and no *to_attr*.
    """
    if limit is not None and not to_attr:
        raise ReadsError(
            f"The {limit} rows of {path} have no place of their own, and the relation's manager "
            "cannot hold a part of its rows by number.",
            hint=f'Name one: related({path!r}, limit={limit}, to_attr="...").',
            code="reads.limit_without_place",
        )
    order = (order_by,) if isinstance(order_by, str) else tuple(order_by)
    return Part(path, Rows(to_attr, where, order, limit, queryset))


def joined(path: str) -> Part:
    """Read the to-one relation *path* by a join, in the query of the level above."""
    return Part(path, how=How.JOINED)


def fetched(path: str) -> Part:
    """Read the relation *path* by a query of its own: often faster where many share few."""
    return Part(path, how=How.FETCHED)


def lazy(path: str) -> Part:
    """Leave the column or relation *path* out; it is read when somebody asks for it."""
    return Part(path, how=How.LAZY)


def declare(draft: Draft, part: Part | str, ask: Ask) -> Draft | None:
    """Want *part* of the object that *draft* is of.

    Args:
        draft: The draft of the object.
        part: The part; a string is a path that is read as it comes.
        ask: Who says so.

    Returns:
        The draft of the other end, where the path ends at a relation whose model is known.

    Raises:
        ReadsError: There is no such attribute, field or relation, or it cannot be read that way.
    """
    part = Part(part) if isinstance(part, str) else part
    *way, last = part.path.split("__") if part.path else [""]
    for name in way:
        draft = _beyond(draft, name, ask)
    if part.expression is not None:
        _check_expression(draft.model, part.expression, ask)
        draft.compute(part.rows.place, part.expression, ask)
        return None
    return _read(draft, last, part, ask)


def state(draft: Draft, part: Part | str, ask: Ask) -> None:
    """Want *part* as somebody said it who says no more: rows that it names, with every column.

    A part that only says how a relation is loaded, or which rows it has, leaves the columns to
    whatever reads them.

    Raises:
        ReadsError: As ``declare`` does.
    """
    far = declare(draft, part, ask)
    if far is not None and (isinstance(part, str) or part.rows.place):
        far.hand_over(ask)


def _beyond(draft: Draft, name: str, ask: Ask) -> Draft:
    found = attribute(draft.model, name)
    far = draft.follow(found, ask) if isinstance(found, Hop) else None
    return far or _unknown(draft.model, name, relations(draft.model), ask, "relation")


def _read(draft: Draft, name: str, part: Part, ask: Ask) -> Draft | None:
    found = attribute(draft.model, name)
    if isinstance(found, Hop):
        return draft.follow(found, ask, rows=rows_of(found, part, ask), how=part.how)
    if part.rows != Rows() or part.how in (How.JOINED, How.FETCHED):
        _unknown(draft.model, name, relations(draft.model), ask, "relation")
    if found is None:
        everything = (*columns(draft.model), *relations(draft.model))
        _unknown(draft.model, name, everything, ask, "field or relation")
    if part.how is How.LAZY:
        _leave(draft, name, found, ask)
    elif isinstance(found, str):
        draft.want([found], ask)
    else:
        draft.want(found.columns, ask)
        if not found.known:
            draft.hand_over(Ask(ask.owner, ask.field, f"{draft.model.__name__}.{name}"))
    return None


def _leave(draft: Draft, name: str, found: str | Code, ask: Ask) -> None:
    if not isinstance(found, str):
        _misfit(f"{ask} leaves {name} out, which is code.", "Leave out the columns that it reads.")
    field = cast("type[Model]", draft.model)._meta.get_field(found)
    if field.is_relation or getattr(field, "unique", False):
        _misfit(f"{ask} leaves {name} out, and rows are found by it.", "Leave it in: it is short.")
    draft.leave(found, ask)


def rows_of(hop: Hop, part: Part, ask: Ask) -> Rows:
    """Return which rows *part* chooses, in an order that leaves nothing open where it counts.

    Raises:
        ReadsError: *hop* has no such rows to choose from.
    """
    rows, many = part.rows, hop.link is Link.MANY
    if rows != Rows() and not many:
        _misfit(f"{ask} chooses rows of {hop.attribute}, which leads to one.", "Leave that out.")
    if part.how is How.JOINED and (many or hop.model is None):
        what = "many rows" if many else "rows of any model"
        _misfit(f"{ask} joins {hop.attribute}, which leads to {what}.", "Leave it to the plan.")
    if rows == Rows() or hop.model is None:
        return rows
    _check_rows(hop.model, rows, ask)
    if rows.limit is None:
        return rows
    order = rows.order_by or cast("type[Model]", hop.model)._meta.ordering or ()
    end = () if any(each in ("pk", "-pk") for each in order) else ("pk",)
    return Rows(rows.place, rows.where, (*order, *end), rows.limit, rows.queryset)


# Names inside expressions are Django's to judge: the queryset is built and thrown away.


def _check_expression(model: type[Model], expression: Any, ask: Ask) -> None:
    rows: QuerySet[Any] = QuerySet(model)
    with probing(), _judged(ask):
        rows.annotate(_value=apart(expression, model))
        many = [name for name in names(expression) if crosses(rows.query, name)]
    if many:
        _misfit(
            f"{ask} computes {expression!r}, and there may be many {many[0]} for one "
            f"{model.__name__}.",
            "Say which: Count, Max, Exists, or a Subquery.",
        )


def _check_rows(model: type[Model], rows: Rows, ask: Ask) -> None:
    chosen: Any = QuerySet(model) if rows.queryset is None else rows.queryset
    with probing(), _judged(ask):
        chosen = chosen.filter(rows.where) if rows.where is not None else chosen
        chosen.order_by(*rows.order_by)


@contextmanager
def _judged(ask: Ask) -> Iterator[None]:
    """Turn what Django says of a name into an error of ours."""
    try:
        yield
    except FieldError as error:
        first, *choices = re.split(r"Choices are: |, ", str(error))
        name = re.search(r"'(\w+)'", first)
        raise ReadsError(
            f"{ask}: {first.strip()}",
            hint=_nearest(name[1], choices) if name else "",
            code="reads.unknown_path",
        ) from error


def _unknown(model: type, name: str, known: Iterable[str], ask: Ask, what: str) -> Never:
    raise ReadsError(
        f"{ask} names {model.__name__}.{name}, and there is no such {what}.",
        hint=_nearest(name, known),
        code="reads.unknown_path",
    )


def _nearest(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=1)
    return f"Did you mean {near[0]!r}?" if near else "Look for its name in the model."


def _misfit(message: str, hint: str) -> Never:
    raise ReadsError(message, hint=hint, code="reads.misfit")
