"""Serializer fields that write a range as an object of its parts, and what each says of itself.

Ranges enter theirs here and reads look them up, so that neither needs the other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["FIELDS", "Parts"]


@dataclass(frozen=True, slots=True)
class Parts:
    """A field that writes ``{"lower": …, "upper": …, "bounds": "[)"}``, or ``{"empty": true}``.

    What is not finite is written as text: "infinity", "-infinity", "NaN".

    Attributes:
        subtype: PostgreSQL's name for the type of the elements: "int4".
        child: The serializer field that writes the elements.
        many: Whether it writes a list of such objects, of a multirange.
    """

    subtype: str
    child: Any
    many: bool = False


# By class, none of its subclasses: given the serializer field and the model field, what it
# writes; None where that is not known beforehand.
FIELDS: dict[type, Callable[[Any, Any], Parts | None]] = {}
