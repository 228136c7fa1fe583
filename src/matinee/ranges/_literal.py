"""Ranges as text, the way PostgreSQL reads and writes them.

https://www.postgresql.org/docs/current/rangetypes.html#RANGETYPES-IO
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from matinee.exceptions import RangesError

__all__ = ["Literal", "is_literal", "read", "read_many", "write"]


class Literal(NamedTuple):
    """A range whose elements are text still.

    Attributes:
        lower: None where there is none.
        upper: None where there is none.
        bounds: "[)" and the like; "" of the empty range.
    """

    lower: str | None
    upper: str | None
    bounds: str


# Quantifiers give nothing back: text that is no range is refused in one pass.
_ELEMENT = r'((?:[^"\\,()\[\]]|\\.|"(?:[^"\\]|\\.|"")*+")*+)'
_RANGE = re.compile(
    rf"\s*+(?:([\[(]){_ELEMENT},{_ELEMENT}([\])])|(empty))\s*+", re.IGNORECASE | re.DOTALL
)
_QUOTED = re.compile(r'\\(.)|"((?:[^"\\]|\\.|"")*+)"', re.DOTALL)
_ESCAPED = re.compile(r'\\(.)|"(")', re.DOTALL)
_TO_QUOTE = re.compile(r'[",\\\s()\[\]]')
_TO_ESCAPE = re.compile(r'(["\\])')


def is_literal(text: str) -> bool:
    """Whether *text* looks like a range or a multirange, not like an element."""
    start = text.lstrip()[:5].lower()
    return start[:1] in {"[", "(", "{"} or start == "empty"


def read(text: str) -> Literal:
    """Return what a range's text says.

    Raises:
        RangesError: It is none.
    """
    found = _RANGE.fullmatch(text)
    if found is None:
        raise _malformed(text, "a range", "[1,5)")
    return _literal(found)


def read_many(text: str) -> Iterator[Literal]:
    """Yield what each range of a multirange's text says.

    Raises:
        RangesError: It is none.
    """
    inner = text.strip()
    if inner[:1] != "{" or inner[-1:] != "}":
        raise _malformed(text, "a multirange", "{[1,3),[5,8)}")
    end = len(inner) - 1
    if not inner[1:end].strip():
        return
    at = 0
    while at < end:  # at what stands before a range
        found = _RANGE.match(inner, at + 1, end)
        if found is None or (found.end() < end and inner[found.end()] != ","):
            raise _malformed(text, "a multirange", "{[1,3),[5,8)}")
        yield _literal(found)
        at = found.end()


def write(lower: Any, upper: Any, bounds: str, text: Callable[[Any], str]) -> str:
    """Return a range as text; *text* makes that of an element, None being none."""
    if not bounds:
        return "empty"
    first, last = ("" if each is None else _quoted(text(each)) for each in (lower, upper))
    return f"{bounds[0]}{first},{last}{bounds[1]}"


def _literal(found: re.Match[str]) -> Literal:
    opening, lower, upper, closing, empty = found.groups()
    if empty:
        return Literal(None, None, "")
    return Literal(_element(lower), _element(upper), opening + closing)


def _element(text: str) -> str | None:
    if not text:
        return None
    if '"' not in text and "\\" not in text:
        return text
    return _QUOTED.sub(_unquoted, text)


def _unquoted(found: re.Match[str]) -> str:
    escaped, quoted = found.groups()
    return escaped or _ESCAPED.sub(lambda each: each[1] or each[2], quoted)


def _quoted(text: str) -> str:
    if text and not _TO_QUOTE.search(text):
        return text
    return f'"{_TO_ESCAPE.sub(r"\\\1", text)}"'


def _malformed(text: str, what: str, example: str) -> RangesError:
    shown = text if len(text) <= 60 else f"{text[:60]}…"
    return RangesError(
        f"The text of {what} must be like {example}, got {shown!r}.", code="ranges.literal"
    )
