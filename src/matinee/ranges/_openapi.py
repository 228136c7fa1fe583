"""What drf-spectacular says of ranges: objects, each of them named once."""

from typing import Any

from django.db import models
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.plumbing import ComponentIdentity, ResolvedComponent, append_meta
from drf_spectacular.settings import spectacular_settings

from matinee.ranges._range import BOUNDS

__all__ = ["MultiRangeSchema", "RangeSchema"]

WHICH = {
    "type": "string",
    "enum": list(BOUNDS),
    "description": "Which of the lower and the upper bound belong to a range.",
}
EMPTY = {
    "type": "object",
    "description": "A range without elements.",
    "properties": {"empty": {"type": "boolean"}},
    "required": ["empty"],
    "additionalProperties": False,
}


class RangeSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """A range: the component of its elements' kind, or ``EmptyRange``.

    Where requests have components of their own, they may say less, or PostgreSQL's text.
    """

    target_class = "matinee.ranges.drf.RangeField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        asked = _has_own_component(direction)
        name = type(self.target.model_field).__name__.removesuffix("Field")
        schema = self._parts(auto_schema, direction, asked=asked)
        found = [
            _component(auto_schema, name + ("Request" if asked else ""), schema),
            _component(auto_schema, "EmptyRange", EMPTY),
        ]
        if asked:
            found.append({"type": "string", "description": 'As PostgreSQL writes it: "[1,5)".'})
        return {"oneOf": found}

    def _parts(self, auto_schema: Any, direction: Any, *, asked: bool) -> dict[str, Any]:
        end = self._end(auto_schema, direction, asked=asked)
        bounds = _component(auto_schema, "RangeBounds", WHICH)
        schema: dict[str, Any] = {
            "type": "object",
            "description": "A range. Without a lower or an upper bound, that is null.",
            "properties": {"lower": end, "upper": end, "bounds": bounds},
            "additionalProperties": False,
        }
        return schema if asked else schema | {"required": ["lower", "upper", "bounds"]}

    def _end(self, auto_schema: Any, direction: Any, *, asked: bool) -> dict[str, Any]:
        element = auto_schema._map_serializer_field(self.target.child, direction)  # noqa: SLF001  as its own code
        names = list(self.target.infinities)
        if names and isinstance(self.target.model_field.base_field, models.DecimalField):
            names += [] if asked else ["NaN"]
        if names:
            element = {"anyOf": [element, {"type": "string", "enum": names}]}
        found: dict[str, Any] = append_meta(element, {"nullable": True})
        return found


class MultiRangeSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """A multirange: a list of ranges."""

    target_class = "matinee.ranges.drf.MultiRangeField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        one = auto_schema._map_serializer_field(self.target.child, direction)  # noqa: SLF001  as its own code
        schema = {"type": "array", "items": one}
        if _has_own_component(direction):
            text = {"type": "string", "description": 'As PostgreSQL writes it: "{[1,3),[5,8)}".'}
            return {"oneOf": [schema, text]}
        return schema


def _has_own_component(direction: str) -> bool:
    """Whether it is for requests alone."""
    return direction == "request" and bool(spectacular_settings.COMPONENT_SPLIT_REQUEST)


def _component(auto_schema: Any, name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return a reference to the component, or *schema* where another one has the name."""
    component = ResolvedComponent(  # type: ignore[no-untyped-call]
        name=name,
        type=ResolvedComponent.SCHEMA,
        schema=schema,
        object=ComponentIdentity(f"matinee.{name}"),  # type: ignore[no-untyped-call]
    )
    auto_schema.registry.register_on_missing(component)
    known = auto_schema.registry[component]
    return component.ref if known.schema == schema else schema
