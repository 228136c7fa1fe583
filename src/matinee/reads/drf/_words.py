"""``computed`` and ``related``: serializer fields that say what they read in the one line there is.

A plan reads them for all rows. Where none ran they read for themselves, a query an object, and
answer the same.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any, cast

from django.db.models import Model, Q, QuerySet
from rest_framework import serializers
from rest_framework.utils.field_mapping import ClassLookupDict

from matinee.exceptions import ReadsError
from matinee.reads import words
from matinee.reads._expressions import apart
from matinee.reads._load import load
from matinee.reads._request import answering, probing
from matinee.reads.plan import plan_of
from matinee.reads.shape import Ask, Draft
from matinee.reads.words import Part, declare

__all__ = ["ComputedField", "PartField", "RelatedField", "computed", "related"]


class PartField(serializers.Field[Any, Any, Any, Any]):
    """A read-only field of what a part brings to an object."""

    def __init__(self, part: Part, **kwargs: Any) -> None:
        self._part = part
        super().__init__(read_only=True, **kwargs)

    @property
    def part(self) -> Part:
        """The part, put where no attribute and no other serializer's field is in its way."""
        place = f"{type(self.parent).__name__}_{self.field_name}"
        return replace(self._part, rows=replace(self._part.rows, place=place))

    def get_attribute(self, instance: Any) -> Any:
        """Return what was read for *instance*, and read it now where nothing was."""
        if not isinstance(instance, Model):
            return super().get_attribute(instance)
        part = self.part
        *way, _ = part.path.split("__")
        for name in way:
            instance = getattr(instance, name, None)
        if instance is not None and part.rows.place not in instance.__dict__:
            self.read(instance, part)
        return getattr(instance, part.rows.place, None)

    def read(self, instance: Model, part: Part) -> None:
        """Read *part* for *instance* alone."""
        draft = Draft(type(instance))
        ask = Ask(type(self.parent).__name__, str(self.field_name))
        far = declare(draft, replace(part, path=part.path.rpartition("__")[2]), ask)
        if far is not None:
            far.hand_over(ask)
        with answering(self.context.get("request")):
            load(plan_of(draft.freeze()), [instance], narrow=False)


class ComputedField(PartField):
    """A value that the database computes.

    Attributes:
        child: The field that represents it; by default the one for the expression's output.
    """

    def __init__(self, part: Part, *, child: Any = None, **kwargs: Any) -> None:
        self.child = child
        super().__init__(part, **kwargs)

    def get_attribute(self, instance: Any) -> Any:
        """Return the value, and know from the model how it is represented."""
        if isinstance(instance, Model):
            self.represented(type(instance))
        return super().get_attribute(instance)

    def represented(self, model: type[Model]) -> Any:
        """Return the field that represents the value, computed for *model*."""
        if self.child is None:
            field, options = _representation(self._part, model)
            self.child = field(read_only=True, **options)
        return self.child

    @property
    def _spectacular_annotation(self) -> dict[str, Any]:
        """What drf-spectacular looks for on a field: the one that stands for it in OpenAPI."""
        field = self.represented(cast("Any", self.parent).Meta.model)
        if type(field) is serializers.ReadOnlyField:
            raise AttributeError  # drf-spectacular would look for a column of its name
        return {"field": field}

    def to_representation(self, value: Any) -> Any:
        """Represent the value as a model's field of its kind is represented."""
        return value if self.child is None else self.child.to_representation(value)


class RelatedField(PartField):
    """Chosen rows of a relation.

    Attributes:
        serializer: Of the rows, with ``many=True``.
    """

    def __init__(self, serializer: Any, part: Part, **kwargs: Any) -> None:
        if not isinstance(serializer, serializers.ListSerializer):
            raise ReadsError(
                f"related() must be given a serializer of many rows, got {serializer!r}.",
                hint="Pass many=True to it.",
                code="reads.misfit",
            )
        self.serializer = serializer
        super().__init__(part, **kwargs)

    def bind(self, field_name: str, parent: Any) -> None:
        """Hand the context on to the serializer of the rows."""
        super().bind(field_name, parent)
        self.serializer.bind("", cast("Any", self))

    @property
    def _spectacular_annotation(self) -> dict[str, Any]:
        """What drf-spectacular looks for on a field: the serializer that stands for it."""
        return {"field": self.serializer}

    def to_representation(self, value: Any) -> Any:
        """Represent the rows by their serializer."""
        return self.serializer.to_representation(value)


def computed(expression: Any, *, child: Any = None, **kwargs: Any) -> ComputedField:
    """Return a read-only field whose value the database computes.

    ``review_count = computed(Count("reviews"))`` is all there is to write.

    Args:
        expression: As for ``QuerySet.annotate``. Each aggregate becomes a subquery, so two of
            them never multiply each other; ``request_value`` stands for what depends on who asks.
        child: The field that represents the value; by default the one that a ModelSerializer has
            for the expression's ``output_field``.
        **kwargs: As for any field: ``label``, ``help_text``.

    Queries: none in a plan; one for each object where none ran.
    """
    return ComputedField(words.computed(expression, to_attr=""), child=child, **kwargs)


def related(  # noqa: PLR0913  a clause each
    serializer: Any,
    path: str,
    queryset: "QuerySet[Any] | None" = None,
    *,
    where: Q | None = None,
    order_by: Iterable[Any] | str = (),
    limit: int | None = None,
    **kwargs: Any,
) -> RelatedField:
    """Return a read-only field of chosen rows of a to-many relation.

    ``related(ReviewSerializer(many=True), "reviews", order_by="-stars", limit=3)``

    Args:
        serializer: Of the rows, with ``many=True``.
        path: The relation, or the way to it: "reviews", "studio__films".
        queryset: The rows to begin with; those of the model's default manager where None.
        where: The condition that they meet.
        order_by: As for ``QuerySet.order_by``; the model's own ordering where there is none.
        limit: The most rows for one parent.
        **kwargs: As for any field: ``label``, ``help_text``.

    Queries: one in a plan, for all parents; one for each where none ran.
    """
    chosen = words.related(
        path, queryset, where=where, order_by=order_by, limit=limit, to_attr="rows"
    )
    return RelatedField(serializer, chosen, **kwargs)


@cache
def _representation(part: Part, model: type[Model]) -> tuple[type, dict[str, Any]]:
    """Return the class of the field for what *part* computes, and its arguments."""
    with probing():
        rows = QuerySet(model).annotate(_value=apart(part.expression, model))
    output = rows.query.annotations["_value"].output_field
    known: Any = ClassLookupDict(serializers.ModelSerializer.serializer_field_mapping)
    field = known[output]
    if field is serializers.ModelField:  # it asks an object for a column of its own
        return serializers.ReadOnlyField, {}
    if issubclass(field, serializers.ModelField):  # it says itself how values are written
        return field, {"model_field": output, "allow_null": True}
    if issubclass(field, serializers.DecimalField):
        # A sum has more digits than what is summed up.
        return field, {"max_digits": None, "decimal_places": output.decimal_places}
    return field, {}
