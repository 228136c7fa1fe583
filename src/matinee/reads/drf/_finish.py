"""The Python part of an answer that one statement made: values that code makes of objects.

Of the JSON only what code looks at is parsed. The rest goes through as the bytes that came, at the
speed of copying them.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct
from rest_framework.fields import Field, SerializerMethodField, SkipField
from rest_framework.relations import PKOnlyObject
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.utils.serializer_helpers import BindingDict

from matinee.reads.drf._fingerprint import is_fixed
from matinee.reads.projection import OMIT, Nested, Projection, Python, Unfit, attribute
from matinee.reads.sqljson import NEEDS
from matinee.reads.sqljson._objects import Carried

__all__ = ["FINISHING", "Finish", "decoded", "dumped"]

_OMITTED = OMIT.encode()
_decoder = msgspec.json.Decoder()
_encoder = msgspec.json.Encoder()
# What code returns and msgspec writes as DRF's encoder does.
_SAME = {str, int, bool, type(None)}


def decoded(text: str | bytes) -> Any:
    """Parse JSON as Python's own parser does, numbers of any size included."""
    try:
        return _decoder.decode(text)
    except msgspec.DecodeError:  # 1e400
        return json.loads(text)


def dumped(value: Any) -> bytes:
    """Write *value* as ``JSONRenderer`` does."""
    text = json.dumps(
        value, cls=JSONEncoder, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    return text.encode()


@dataclass(frozen=True)
class Finish:
    """What is left to do to the objects of one projection.

    A row is a struct with an attribute for each key, see ``attribute``.

    Attributes:
        row: What a row is parsed as.
        make: Makes the instance of a row and of what was carried for it, if there is code.
        carries: Whether something was carried.
        python: The attributes and keys that code makes the values of.
        omitted: The attributes whose keys may have to go, and what parses them if they stay.
        below: What is to do inside, by attribute and key.
        keys: All attributes and keys, where the row becomes the dict that it stands for.
        native: Whether code will see that dict, and values in it that other code made.
        remade: Whether code makes the whole object anew.
    """

    row: type[Struct]
    make: Callable[[Any, Sequence[Any]], Any] | None
    carries: bool
    python: tuple[tuple[str, str], ...]
    omitted: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    below: tuple[tuple[str, str, "Finish"], ...]
    keys: tuple[tuple[str, str], ...]
    native: bool
    remade: bool

    @classmethod
    def of(cls, projection: Projection, carried: Mapping[int, Carried]) -> "Finish | None":
        """Return what there is to do for *projection*, None if nothing."""
        return _Builder(carried, native=projection.remade_within).build(projection)[1]

    @property
    def always(self) -> bool:
        """Whether there is something to do for every row, not only where a key must go."""
        return self.make is not None or any(each.always for *_, each in self.below)

    @cached_property
    def parse(self) -> Callable[[bytes], list[Any]]:
        """Return what parses a list of rows."""
        return msgspec.json.Decoder(list[self.row]).decode  # type: ignore[name-defined]

    def finished(self, body: bytes, serializer: Any) -> bytes:
        """Return the JSON list *body* with the values that the code of *serializer* makes.

        Raises:
            Unfit: What code is to see cannot be parsed.
        """
        try:
            rows = self.parse(body)
        except msgspec.DecodeError as error:
            raise Unfit(f"the answer holds a number that no parser takes: {error}") from error
        bound = _Bound(self, serializer)
        done = [bound(row) for row in rows]
        return dumped(done) if self.native else _encoder.encode(done)


@dataclass(frozen=True, slots=True)
class _Builder:
    """Builds finishes, and with them the structs that rows are parsed as.

    Attributes:
        carried: What is carried for the code of each projection, by its ``id``.
        native: Whether code will see what other code made, which must stay as it is until then.
    """

    carried: Mapping[int, Carried]
    native: bool

    def build(
        self, projection: Projection, shown: Sequence[Carried] = ()
    ) -> tuple[Any, Finish | None]:
        """Return what an object is parsed as, and what is to do to it.

        Args:
            projection: Of the object.
            shown: The objects for code further out that are made of its values.
        """
        own = self.carried.get(id(projection))
        kind: Any
        readers = (*shown, own) if own else shown
        parsed = {name for each in readers for name in each.shown()}
        types: dict[str, Any] = {}
        python: list[tuple[str, str]] = []
        omitted: list[tuple[str, Callable[[Any], Any] | None]] = []
        below: list[tuple[str, str, Finish]] = []
        for position, entry in enumerate(projection.entries):
            name = attribute(position)
            types[name] = Any if self.native or name in parsed else Raw
            parse: Callable[[Any], Any] | None = decoded if self.native else None
            match entry:
                case Python():
                    types[name] = Any
                    python.append((name, entry.key))
                    continue
                case Nested(inside=Projection() as inside):
                    through = [inner for each in readers for inner in each.through(name)]
                    kind, finish = self.build(inside, through)
                    if finish:
                        below.append((name, entry.key, finish))
                    if kind is not Raw:
                        types[name] = (list[kind] if entry.many else kind) | None
                        parse = msgspec.json.Decoder(types[name]).decode
            if entry.path and entry.broken == OMIT:
                types[name] = Raw
                omitted.append((name, parse))
        if not (readers or python or omitted or below):
            return Raw, None
        row = _struct(projection, types, carries=bool(own and own.carries))
        as_dict = self.native or projection.names != projection.keys
        keys = [(attribute(n), each.key) for n, each in enumerate(projection.entries)]
        if not (own or omitted or below):
            return row, None
        finish = Finish(
            row,
            own.maker() if own else None,
            bool(own and own.carries),
            tuple(python),
            tuple(omitted),
            tuple(below),
            tuple(keys) if as_dict else (),
            self.native,
            projection.remade,
        )
        return row, finish


def _struct(projection: Projection, types: Mapping[str, Any], *, carries: bool) -> type[Struct]:
    """Return the struct that rows of *projection* are parsed as."""
    keys = {attribute(n): name for n, name in enumerate(projection.names)}
    fields = [(name, kind, UNSET) for name, kind in types.items()]
    if carries:
        keys["needs"] = NEEDS
        fields.append(("needs", Any, UNSET))
    return msgspec.defstruct("Row", fields, rename=keys, gc=False)


class _Bound:
    """A finish with the fields of one request's serializer."""

    def __init__(self, finish: Finish, serializer: Any) -> None:
        self.finish = finish
        self.serializer = serializer
        self.python = [(name, key, _valued(_field(serializer, key))) for name, key in finish.python]
        self.below = [
            (name, key, _Bound(each, _one(_field(serializer, key))))
            for name, key, each in finish.below
        ]
        self.ready = _Ready(serializer) if finish.remade else None

    def __call__(self, row: Any) -> Any:
        """Return *row* finished."""
        finish = self.finish
        for name, parse in finish.omitted:
            _decide(row, name, parse)
        for name, key, below in self.below:  # noqa: B007  the guard looks for the key
            inside = getattr(row, name)
            if inside.__class__ is list:
                setattr(row, name, [below(each) for each in inside])
            elif inside is not None and inside is not UNSET:
                setattr(row, name, below(inside))
        instance = None
        if finish.make is not None:
            instance = finish.make(row, row.needs if finish.carries else ())
            for name, key, valued in self.python:  # noqa: B007
                try:
                    value = valued(instance)
                except SkipField:
                    continue
                # DRF's encoder has its own ways with dates, decimals and whatever else there is.
                if value.__class__ not in _SAME and not finish.native:
                    value = Raw(dumped(value))
                setattr(row, name, value)
            if finish.carries:
                row.needs = UNSET
        return self.seen(row, instance) if finish.keys else row

    def seen(self, row: Any, instance: Any) -> Any:
        """Return *row* as code outside sees it."""
        values = ((key, getattr(row, name)) for name, key in self.finish.keys)
        kept = {key: value for key, value in values if value is not UNSET}
        return self.ready(kept, instance) if self.ready else kept


# Where the guard looks for the serializer and the key that code is run for.
FINISHING = _Bound.__call__.__code__


def _decide(row: Any, name: str, parse: Callable[[Any], Any] | None) -> None:
    """Drop a key of *row* that has to go, and parse the value of one that stays."""
    raw = getattr(row, name)
    if bytes(raw) == _OMITTED:
        setattr(row, name, UNSET)
    elif parse is not None:
        setattr(row, name, parse(raw))


def _one(serializer: Any) -> Any:
    return getattr(serializer, "child", serializer)


def _field(serializer: Any, key: str) -> Any:
    """Return the field of one key, without making all the others where that can be helped."""
    declared = getattr(serializer, "_declared_fields", {})
    if key not in declared or not is_fixed(serializer):
        return serializer.fields[key]
    field = deepcopy(declared[key])
    field.bind(key, serializer)
    return field


def _valued(field: Any) -> Callable[[Any], Any]:
    """Return what makes a field's value of an instance as ``Serializer.to_representation`` does."""
    cls, represent = type(field), field.to_representation
    if field.source == "*" and cls.get_attribute is Field.get_attribute:
        if cls.to_representation is SerializerMethodField.to_representation:
            return getattr(field.parent, field.method_name)  # type: ignore[no-any-return]
        return represent  # type: ignore[no-any-return]  # of the instance itself

    def valued(instance: Any) -> Any:
        found = field.get_attribute(instance)
        key = found.pk if isinstance(found, PKOnlyObject) else found
        return None if key is None else represent(found)

    return valued


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
