"""Several ranges as text: a line each, ``start .. end`` or the way PostgreSQL writes one."""

import re
from collections.abc import Iterator
from typing import Any

from matinee.ranges import _literal

__all__ = ["EMPTY", "parts", "written"]

# A multirange of no ranges; a blank text is none.
EMPTY = "{}"
# Dots, an ellipsis or a dash, as word processors make them, or a word.
_BETWEEN = re.compile(r"\.\.\.?|\u2026|\u2013|\u2014|\sto\s")
_SPECIAL = re.compile(r'[",\\()\[\]]')


def parts(line: str, default: str) -> Iterator[list[Any]]:
    """Yield the start, the end and the bounds of the ranges in a line: one, mostly.

    Args:
        line: Not blank.
        default: The bounds that ``start .. end`` has.

    Raises:
        RangesError: It begins like PostgreSQL's text and is none.
    """
    if line[0] == "{":
        yield from (_parts(each) for each in _literal.read_many(line))
    elif _literal.is_literal(line):
        yield _parts(_literal.read(line))
    elif found := _BETWEEN.search(line):
        yield [line[: found.start()], line[found.end() :], default]
    else:
        yield [line, line, "[]"]


def written(shown: list[str], default: str) -> str:
    """Return the line of a range: its start, its end and its bounds as text."""
    lower, upper, bounds = shown
    if bounds == default:
        return f"{lower} .. {upper}".strip()
    if bounds == "(,)":
        return bounds
    if _SPECIAL.search(lower + upper):
        return _literal.write(lower or None, upper or None, bounds, str)
    return f"{bounds[0]}{lower}, {upper}{bounds[1]}"


def _parts(found: _literal.Literal) -> list[Any]:
    lower, upper = (each and each.strip() for each in found[:2])
    if not found.bounds:
        return [None, None, "empty"]
    return [lower, upper, found.bounds if lower or upper else "(,)"]
