"""Managers and querysets: which questions fetched rows answer, and which are queries."""

import inspect
from typing import Any, cast

from django.db.models import Manager, Model, QuerySet

from matinee.reads._analysis.reading import Reading
from matinee.reads._analysis.values import (
    PLAIN,
    Apart,
    Arguments,
    Bound,
    Foreign,
    Items,
    Live,
    Rows,
    Value,
    Values,
    union,
)

__all__ = ["QUESTIONS", "ask", "elements", "own_method", "sliced"]

CACHED = frozenset({"count", "exists", "contains"})
CHAINED = frozenset(
    [
        "alias",
        "annotate",
        "complex_filter",
        "defer",
        "difference",
        "distinct",
        "exclude",
        "extra",
        "fetch_mode",
        "filter",
        "intersection",
        "iterator",
        "only",
        "order_by",
        "prefetch_related",
        "raw",
        "reverse",
        "select_for_update",
        "select_related",
        "union",
        "using",
    ]
)
VALUED = frozenset({"values", "values_list", "dates", "datetimes"})
SINGLE = frozenset({"first", "last", "get", "latest", "earliest"})
ANSWERS = frozenset({"aggregate", "explain", "in_bulk"})
WRITES = frozenset(
    [
        "add",
        "bulk_create",
        "bulk_update",
        "clear",
        "create",
        "delete",
        "get_or_create",
        "remove",
        "set",
        "update",
        "update_or_create",
    ]
)
OTHERS = frozenset({"all", "none", "raw", "cursor", "execute"})
QUESTIONS = (CHAINED | VALUED | SINGLE | ANSWERS | WRITES | CACHED | OTHERS) - {
    "add",
    "clear",
    "get",
    "remove",
    "set",
    "union",
    "update",
    "values",
    "difference",
    "intersection",
    "reverse",
    "count",
    "iterator",
    "extra",
}  # fmt: skip  those that are no method of a list, a dict or a set as well


def elements(reading: Reading, rows: Rows | Apart) -> Values:
    """Run the query; return what one of its rows may be."""
    if isinstance(rows, Apart):
        reading.apart(rows.text)
        return PLAIN if rows.plain else reading.stray(rows.model)
    if not rows.text:
        return reading.follow(rows.owner, rows.hop)
    found = reading.question(rows, rows.text)
    return PLAIN if rows.plain else found


def sliced(reading: Reading, rows: Rows | Apart, text: str, *, one: bool) -> Values:
    """Return ``rows[...]``: one of them, or several."""
    if isinstance(rows, Rows) and not rows.text:
        found = elements(reading, rows)
        return found if one else (Items(list(found)),)
    asked = rows.asking(f"[{text}]")
    return elements(reading, asked) if one else (asked,)


def ask(reading: Reading, rows: Rows | Apart, name: str, given: Arguments) -> Values:  # noqa: PLR0911  one for each kind
    """Return what the method *name* of a manager or queryset answers."""
    if name[0] == "a" and name[1:] in SINGLE | CACHED | ANSWERS | WRITES:
        name = name[1:]
    if name in {"all", "get_queryset", "_clone", "_chain"}:
        return (_all(rows),)
    if name == "none":
        return (Items(),)
    if name in WRITES:
        reading.unseen(f"{_text(rows)}.{name}{given.text} writes", given.all())
        return (Foreign(name),)
    asked = rows.asking(f".{name}{given.text}", plain=name in VALUED)
    if name in CHAINED | VALUED:
        return (asked,)
    if _is_fetched(rows, name):
        elements(reading, rows)
        return PLAIN if name != "first" else union(elements(reading, rows), (Live(None),))
    if name in SINGLE:
        return union(elements(reading, asked), (Live(None),))
    if name in CACHED | ANSWERS:
        found = elements(reading, asked)
        return (Items(list(found)),) if name == "in_bulk" else PLAIN
    return _custom(reading, rows, asked, name, given)


def own_method(rows: Rows | Apart, name: str) -> Any:
    """Return the method that a manager of the project adds, None where there is none."""
    model = rows.hop.model if isinstance(rows, Rows) else rows.model
    if model is None:
        return None
    manager = cast("type[Model]", model)._default_manager
    for cls in (type(manager), manager._queryset_class):  # type: ignore[attr-defined]  # noqa: SLF001
        found = inspect.getattr_static(cls, name, None)
        if found is not None and not hasattr(found, "__code__"):
            continue
        if found is not None:
            return inspect.unwrap(found)
    return None


def _custom(
    reading: Reading, rows: Rows | Apart, asked: Rows | Apart, name: str, given: Arguments
) -> Values:
    """Read a method of the project's own manager; a question it returns bears its name."""
    method = own_method(rows, name)
    if method is None or getattr(Manager, name, None) or getattr(QuerySet, name, None):
        reading.unseen(f"{_text(rows)}.{name} is not known", (*given.all(), rows))
        return (Foreign(name),)
    found = reading.call(reading, Bound(Live(method), ((_all(rows),),)), given)
    return union([asked_as(each, rows, asked) for each in found])


def asked_as(found: Value, rows: Rows | Apart, asked: Rows | Apart) -> Value:
    """Return *found* under the text of *asked*, where it is *rows* with more asked of them."""
    match found, asked:
        case Rows(owner, hop, text), Rows() if (owner, hop) == (asked.owner, asked.hop):
            return asked.asking("", plain=found.plain) if text != rows.text else found
        case Apart(model), Apart() if model is asked.model:
            return asked.asking("", plain=found.plain)
    return found


def _all(rows: Rows | Apart) -> Rows | Apart:
    if isinstance(rows, Apart):
        return rows
    return Rows(rows.owner, rows.hop, rows.text, plain=rows.plain)


def _is_fetched(rows: Rows | Apart, name: str) -> bool:
    """Whether rows that were fetched answer: ``first`` does so where the model has an order."""
    if isinstance(rows, Apart) or rows.text:
        return False
    model = cast("type[Model]", rows.hop.model)
    return name in CACHED or (name == "first" and bool(model._meta.ordering))


def _text(rows: Rows | Apart) -> str:
    return rows.text if isinstance(rows, Apart) else f"{rows.hop.attribute}{rows.text}"
