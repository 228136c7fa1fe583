"""The Python part of an answer that one statement made: values that code makes of objects."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from rest_framework.fields import Field, SkipField
from rest_framework.relations import PKOnlyObject
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.utils.serializer_helpers import BindingDict

from matinee.reads.projection import OMIT, Nested, Projection, Python, Value
from matinee.reads.sqljson import NEEDS

__all__ = ["FINISHING", "Finish", "decoded", "encoded"]

_OMITTED = json.loads(OMIT)
_decoder = msgspec.json.Decoder()
_encoder = msgspec.json.Encoder()


def decoded(text: str | bytes) -> Any:
    """Parse JSON as Python's own parser does, numbers of any size included."""
    try:
        return _decoder.decode(text)
    except msgspec.DecodeError:  # 1e400
        return json.loads(text)


def encoded(rows: Any) -> bytes:
    """Write *rows* as ``JSONRenderer`` does."""
    try:
        return _encoder.encode(rows)
    except OverflowError:  # an integer of more than 64 bits
        return _dumped(rows)


def _dumped(value: Any) -> bytes:
    text = json.dumps(
        value, cls=JSONEncoder, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    return text.encode()


@dataclass(frozen=True, slots=True)
class Finish:
    """What is left to do to the objects of one projection.

    Attributes:
        make: Makes the instance of what was carried for it, if there is code.
        python: The keys that code makes the values of.
        omitted: The keys that may have to go.
        below: What is to do inside, by key.
        remade: Whether code makes the whole object anew.
        native: Whether code will see the values that other code made, which must stay as they are.
    """

    make: Callable[[list[Any]], Any] | None
    python: tuple[str, ...]
    omitted: tuple[str, ...]
    below: tuple[tuple[str, "Finish"], ...]
    remade: bool
    native: bool

    @classmethod
    def of(
        cls, projection: Projection, carried: Mapping[int, Any], *, native: bool | None = None
    ) -> "Finish | None":
        """Return what there is to do for *projection*, None if nothing."""
        native = _remade(projection) if native is None else native
        inside = [(key, cls.of(each, carried, native=native)) for key, each in projection.nested()]
        below = tuple((key, each) for key, each in inside if each is not None)
        python = tuple(each.key for each in projection.entries if isinstance(each, Python))
        omitted = tuple(
            each.key
            for each in projection.entries
            if isinstance(each, Value | Nested) and each.broken == OMIT and each.path
        )
        if not (projection.needs or omitted or below):
            return None
        make = carried[id(projection)].maker() if projection.needs else None
        return cls(make, python, omitted, below, projection.remade, native)

    @property
    def always(self) -> bool:
        """Whether there is something to do for every row, not only where a key must go."""
        return self.make is not None or any(each.always for _, each in self.below)

    def bound(self, serializer: Any) -> "_Bound":
        """Return what does it, for the serializer of one request."""
        return _Bound(self, getattr(serializer, "child", serializer))


class _Bound:
    """A finish with the fields of one request's serializer."""

    def __init__(self, finish: Finish, serializer: Any) -> None:
        self.finish = finish
        self.serializer = serializer
        fields = serializer.fields if finish.python or finish.below or finish.remade else {}
        self.python = [(key, _valued(fields[key])) for key in finish.python]
        self.below = [(key, each.bound(fields[key])) for key, each in finish.below]
        self.ready = _Ready(serializer) if finish.remade else None

    def __call__(self, row: dict[str, Any]) -> Any:
        """Return *row* finished."""
        finish = self.finish
        for key in finish.omitted:
            if row[key] == _OMITTED:
                del row[key]
        for key, below in self.below:
            inside = row.get(key)
            if inside.__class__ is list:
                row[key] = [below(each) for each in inside]
            elif inside is not None:
                row[key] = below(inside)
        if finish.make is None:
            return row
        instance = finish.make(row.pop(NEEDS))
        for key, valued in self.python:
            try:
                value = valued(instance)
            except SkipField:
                del row[key]
                continue
            # DRF's encoder has its own ways with dates, decimals and whatever else code returns.
            if value.__class__ not in _SAME and not finish.native:
                value = msgspec.Raw(_dumped(value))
            row[key] = value
        return self.ready(row, instance) if self.ready else row


# Where the guard looks for the serializer and the key that code is run for.
FINISHING = _Bound.__call__.__code__


def _valued(field: Any) -> Callable[[Any], Any]:
    """Return what makes a field's value of an instance as ``Serializer.to_representation`` does."""
    represent = field.to_representation
    if field.source == "*" and type(field).get_attribute is Field.get_attribute:
        return represent  # type: ignore[no-any-return]  # of the instance itself

    def valued(instance: Any) -> Any:
        attribute = field.get_attribute(instance)
        key = attribute.pk if isinstance(attribute, PKOnlyObject) else attribute
        return None if key is None else represent(attribute)

    return valued


_SAME = {str, int, bool, type(None)}


class _Ready:
    """A serializer's own ``to_representation`` over values that are there already."""

    def __init__(self, serializer: Any) -> None:
        cls: Any = type(serializer)
        self.clone = clone = cls.__new__(cls)
        clone.__dict__.update(serializer.__dict__)
        clone.__dict__.pop("to_representation", None)
        fields = clone.__dict__["fields"] = BindingDict(clone)
        for name, field in serializer.fields.items():
            if not field.write_only:
                fields[name] = _Answered()

    def __call__(self, row: dict[str, Any], instance: Any) -> Any:
        self.clone.answered = row
        return self.clone.to_representation(instance)


class _Answered(Field):  # type: ignore[type-arg]
    def __init__(self) -> None:
        super().__init__(read_only=True)

    def get_attribute(self, instance: Any) -> Any:  # noqa: ARG002
        try:
            parent: Any = self.parent
            return parent.answered[self.field_name]
        except KeyError:
            raise SkipField from None

    def to_representation(self, value: Any) -> Any:
        return value


def _remade(projection: Projection) -> bool:
    return projection.remade or any(_remade(each) for _, each in projection.nested())
