"""What drf-spectacular says of the parameters that ask for ranges."""

from typing import Any

from drf_spectacular.contrib.django_filters import DjangoFilterExtension
from drf_spectacular.plumbing import build_parameter_type
from drf_spectacular.utils import OpenApiParameter

from matinee.ranges._filter_input import suffixes_of
from matinee.ranges.drf import RangeField
from matinee.ranges.filters import RangeFilter

__all__ = ["RangeFilterExtension"]

RANGE = 'A range, as "[1,5)"'
TEXTS = {
    "element": "",
    "range": f"{RANGE}.",
    "either": f"An element; or {RANGE[0].lower()}{RANGE[1:]}.",
    "several": 'Ranges, as "[1,3),[5,8)".',
}


class RangeFilterExtension(DjangoFilterExtension):  # type: ignore[no-untyped-call]
    """The parameters of a filter of ranges: the text, and the ends that may stand for it."""

    priority = 1

    def resolve_filter_field(
        self, auto_schema: Any, model: Any, filterset_class: Any, field_name: str, filter_field: Any
    ) -> Any:
        if not isinstance(filter_field, RangeFilter) or filter_field.method:
            return super().resolve_filter_field(  # type: ignore[no-untyped-call]
                auto_schema, model, filterset_class, field_name, filter_field
            )
        field = filter_field.range_field(model)
        element = auto_schema._map_serializer_field(RangeField(field).child, "request")  # noqa: SLF001  as its own code
        takes = filter_field.takes
        text: dict[str, Any] = {"type": "string"}
        schema = {"element": element, "either": {"anyOf": [element, text]}}.get(takes, text)
        found = {field_name: (schema, filter_field.extra.get("help_text") or TEXTS[takes])}
        if takes == "range":
            ends = zip(suffixes_of(field), ("Where it begins.", "Where it ends."), strict=True)
            found |= {f"{field_name}_{suffix}": (element, says) for suffix, says in ends}
        return [_parameter(name, *each) for name, each in found.items()]


def _parameter(name: str, schema: dict[str, Any], description: str) -> Any:
    return build_parameter_type(
        name=name,
        location=OpenApiParameter.QUERY,
        schema=schema,
        description=description or None,
    )
