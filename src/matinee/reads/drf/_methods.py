"""What Django REST framework does around the code of a project, for those who read that code."""

from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

from rest_framework import serializers

from matinee.reads._analysis import Framework, Handler, Program, Reading
from matinee.reads._analysis.calls import rendered
from matinee.reads._analysis.iteration import text
from matinee.reads._analysis.objects import attribute, called_if_simple
from matinee.reads._analysis.values import (
    PLAIN,
    Arguments,
    Foreign,
    Items,
    Live,
    Nested,
    Object,
    Own,
    Values,
    union,
)
from matinee.reads.shape import Draft

__all__ = ["OWN_FIELDS", "Methods", "called", "printed", "represented", "sourced"]

OWN_FIELDS = "the serializer's own fields"

_GIVEN = ("fields", "initial_data", "instance", "parent", "root", "_args", "_kwargs")


class Methods(Framework):
    """The code of one field or serializer.

    Attributes:
        nested: Wants all that a serializer reads of the object of a draft.
        value: What the field is given by its source, for a ``super().get_attribute(...)``.
        child: The serializer that renders one item, for a list.
    """

    def __init__(
        self,
        nested: Callable[[Reading, Any, Draft], None],
        *,
        value: Callable[[Reading, Object], Values] = lambda _reading, _owner: PLAIN,
        child: Any = None,
    ) -> None:
        self.nested = nested
        self.value = value
        self.child = child

    def is_serializer(self, cls: type) -> bool:
        return issubclass(cls, serializers.BaseSerializer)

    def render(self, reading: Reading, cls: type, draft: Draft) -> None:
        """Want what *cls* reads; its fields are those it has without a request."""
        if cls is type(self.child):
            self.nested(reading, self.child, draft)
            return
        try:
            serializer = cls()
            _ = serializer._readable_fields if issubclass(cls, serializers.Serializer) else None
        except Exception as error:  # noqa: BLE001  code of the project, without its request
            what = f"{cls.__name__} cannot be made without a request: {error!r}"
            reading.unseen(what, (Object(draft),))
            return
        self.nested(reading, serializer, draft)

    def own(self, cls: type, name: str) -> Values | None:  # noqa: ARG002
        """Return what a serializer or field is given by whoever makes it."""
        if name in {"context", "_context"}:
            return (Foreign("self.context", strict=True),)
        if name == "child" and self.child is not None:
            return (Nested(type(self.child), ()),)
        if name in _GIVEN:
            return (Foreign(f"self.{name}", strict=True),)
        return None

    def known(self, function: Any) -> Handler | None:
        """Return what the framework's own methods do."""
        handlers: dict[Any, Handler] = {
            serializers.Serializer.to_representation: self.represent,
            serializers.ListSerializer.to_representation: self.represent_all,
            serializers.Field.get_attribute: self.get_attribute,
            serializers.CharField.to_representation: _print,
            serializers.StringRelatedField.to_representation: _print,
        }
        return handlers.get(function) if isinstance(function, FunctionType) else None

    def represent(self, reading: Reading, given: Arguments) -> Values:
        """``super().to_representation(instance)`` reads what the fields read."""
        for each in given.get(1, "instance"):
            match each:
                case Object(draft) if draft is reading.root:
                    reading.marks.add(OWN_FIELDS)
                case _:
                    reading.escape("to_representation", (each,))
        return (Items(),)

    def represent_all(self, reading: Reading, given: Arguments) -> Values:
        """``super().to_representation(data)`` loops over the rows; each is then inspected."""
        if self.child is not None:
            rendered(reading, type(self.child), given.get(1, "data"))
        return (Items(),)

    def get_attribute(self, reading: Reading, given: Arguments) -> Values:
        """``super().get_attribute(instance)`` follows the source."""
        owners = [each for each in given.get(1, "instance") if isinstance(each, Object)]
        return union(*(self.value(reading, each) for each in owners))


# What the framework calls, as programs to be read.


def called(cls: type, name: str) -> Program:
    """Return the call of a method of a serializer or field with the object."""

    def program(reading: Reading, owner: Object) -> Values:
        method = attribute(reading, Own(cls), name)
        return union(*(reading.call(reading, each, Arguments(((owner,),))) for each in method))

    return program


def sourced(names: Sequence[str]) -> Program:
    """Return the way of a ``source``: attributes, called where they can be."""

    def program(reading: Reading, owner: Object) -> Values:
        values: Values = (owner,)
        for name in names:
            found = union(*(attribute(reading, each, name) for each in values))
            values = called_if_simple(reading, found)
        return values

    return program


def represented(cls: type) -> Program:
    """Return how a field or list gets its value and represents it."""

    def program(reading: Reading, owner: Object) -> Values:
        get = getattr(cls, "get_attribute", serializers.Field.get_attribute)
        value = _call(reading, get, cls, (owner,))
        return _call(reading, getattr(cls, "to_representation"), cls, value)  # noqa: B009

    return program


def printed(reading: Reading, owner: Object) -> Values:
    """Print the object."""
    return text(reading, (owner,))


def _call(reading: Reading, function: Any, cls: type, values: Values) -> Values:
    return reading.call(reading, Live(function), Arguments(((Own(cls),), values)))


def _print(reading: Reading, given: Arguments) -> Values:
    return text(reading, given.get(1, "value"))
