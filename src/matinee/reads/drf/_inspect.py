"""From a serializer instance to a shape: what each of its fields reads.

The serializer is looked at as it is, with its context, so fields that are added, dropped or
swapped per request are planned as they will be rendered.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model
from rest_framework import relations, serializers

from matinee.exceptions import ReadsError
from matinee.reads import _facts as facts
from matinee.reads.drf._words import PartField, RelatedField
from matinee.reads.shape import Ask, Draft, Hop, Link, Shape
from matinee.reads.words import declare

__all__ = ["Inspection", "inspect"]

# What a serializer class may override and still have the same fields for everybody.
_SHAPING = (
    "__init__",
    "build_field",
    "get_extra_kwargs",
    "get_field_names",
    "get_fields",
    "_readable_fields",
    "fields",
)


class Inspection:
    """One walk over a serializer.

    Attributes:
        shape: What it reads.
        static: Whether any instance of its class reads the same.
    """

    def __init__(
        self,
        serializer: Any,
        model: type[Model] | None,
        *,
        max_depth: int,
        view: type | None = None,
    ) -> None:
        serializer = getattr(serializer, "child", serializer)
        self.static = True
        self.max_depth = max_depth
        draft = Draft(model or _model(serializer))
        _heed(draft, Ask(type(serializer).__name__, ""))
        self.serializer(serializer, draft, ())
        _declare(draft, view, Ask(getattr(view, "__name__", ""), "reads"))
        self.shape = draft.freeze()

    def serializer(self, serializer: Any, draft: Draft, path: tuple[str, ...]) -> None:
        """Want all that *serializer* reads of the object that *draft* is of."""
        cls = type(serializer)
        self.static = self.static and is_static(serializer)
        draft.want(facts.identity(draft.model))
        if not isinstance(serializer, serializers.Serializer):
            draft.hand_over(Ask(cls.__name__, "to_representation"))
            return
        if not _is_shipped(cls, "to_representation"):
            draft.hand_over(Ask(cls.__name__, "to_representation"))
        for field in serializer._readable_fields:
            name = str(field.field_name)
            self.field(field, draft, Ask(cls.__name__, name), (*path, name))
        _declare(draft, getattr(serializer, "Meta", None), Ask(cls.__name__, "Meta.reads"))

    def field(self, field: Any, draft: Draft, ask: Ask, path: tuple[str, ...]) -> None:
        """Want what one field reads."""
        match field:
            case PartField():
                self.part(field, draft, ask, path)
            case serializers.BaseSerializer():
                self.nested(field, draft, ask, path)
            case relations.ManyRelatedField():
                if (far := self.walk(draft, field.source_attrs, ask)) is not None:
                    self.related(field.child_relation, far, ask)
            case relations.HyperlinkedIdentityField():
                self.related(field, draft, ask)
            case relations.RelatedField():
                self.single(field, draft, ask)
            case serializers.ModelField() if _is_shipped(type(field), "get_attribute"):
                self.walk(draft, [field.model_field.name], ask)
            case _ if field.source == "*" or not _is_shipped(type(field), "get_attribute"):
                draft.hand_over(ask)
                self.walk(draft, field.source_attrs, ask)
            case _:
                far = self.walk(draft, field.source_attrs, ask)
                if far is not None:
                    far.hand_over(_how(ask, f"{type(field).__name__} of {far.model.__name__}"))

    def part(self, field: PartField, draft: Draft, ask: Ask, path: tuple[str, ...]) -> None:
        """Want what a field reads that says so itself."""
        if isinstance(field, RelatedField) and len(path) > self.max_depth:
            draft.cut.append(ask)
            return
        far = declare(draft, field.part, ask)
        if far is not None and isinstance(field, RelatedField):
            _heed(far, ask)
            if not _is_shipped(type(field.serializer), "to_representation"):
                far.hand_over(_how(ask, f"{type(field.serializer).__name__}.to_representation"))
            self.serializer(field.serializer.child, far, path)

    def nested(self, field: Any, draft: Draft, ask: Ask, path: tuple[str, ...]) -> None:
        """Want what a serializer within a serializer reads."""
        many = isinstance(field, serializers.ListSerializer)
        if len(path) > self.max_depth:
            draft.cut.append(ask)
            return
        far = self.walk(draft, field.source_attrs, ask)
        if far is None:
            return
        if many and not _is_shipped(type(field), "to_representation"):
            far.hand_over(_how(ask, f"{type(field).__name__}.to_representation"))
        self.serializer(field.child if many else field, far, path)

    def single(self, field: Any, draft: Draft, ask: Ask) -> None:
        """Want what a field for one related object reads; often only the key beside it."""
        if not _is_shipped(type(field), "get_attribute"):
            draft.hand_over(ask)
        *path, name = field.source_attrs
        if field.use_pk_only_optimization():
            owner = self.walk(draft, path, ask)
            if owner is None:
                return
            hop = facts.attribute(owner.model, name)
            if isinstance(hop, Hop) and hop.link is Link.FORWARD:
                owner.want(hop.near, ask)
                return
            draft, path = owner, []
        far = self.walk(draft, [*path, name], ask)
        if far is not None:
            self.related(field, far, ask)

    def related(self, field: Any, far: Draft, ask: Ask) -> None:
        """Want what the relational field *field* reads of the object it represents."""
        cls = type(field)
        if not _is_shipped(cls, "to_representation") or not _is_shipped(cls, "get_url"):
            if not field.use_pk_only_optimization() or isinstance(field.parent, _MANY):
                far.hand_over(_how(ask, f"{cls.__name__}.to_representation"))
        elif isinstance(field, relations.SlugRelatedField):
            self.walk(far, field.slug_field.replace("__", ".").split("."), ask)
        elif isinstance(field, relations.HyperlinkedRelatedField):
            self.walk(far, [field.lookup_field], ask)
        elif isinstance(field, relations.StringRelatedField):
            if not facts.is_plain_str(far.model):
                far.hand_over(_how(ask, f"{far.model.__name__}.__str__"))
        elif not isinstance(field, relations.PrimaryKeyRelatedField):
            far.hand_over(_how(ask, cls.__name__))

    def walk(self, draft: Draft, names: Sequence[str], ask: Ask) -> Draft | None:
        """Follow attribute names as DRF does; return where they end, None where not at an object.

        The walk ends early at a column, whose value the rest is asked of, and at code.
        """
        for position, name in enumerate(names):
            found = facts.attribute(draft.model, name)
            if not isinstance(found, Hop):
                _end(draft, name, found, ask)
                return None
            rest = names[position + 1 :]
            if found.link is Link.MANY and rest and rest[0] not in _CACHED:
                draft.hand_over(_how(ask, f"{name}.{rest[0]}"))
                return None
            far = draft.follow(found, ask)
            if far is None:
                return None
            _heed(far, ask)
            if found.link is Link.MANY and rest:
                return None
            draft = far
        return draft


def _end(draft: Draft, name: str, found: str | facts.Code | None, ask: Ask) -> None:
    """End a walk at an attribute that is no relation: a column, code, or nothing of the class."""
    if isinstance(found, str):
        draft.want([found], ask)
    elif found is not None:
        draft.want(found.columns, ask)
        if not found.known:
            draft.hand_over(_how(ask, f"{draft.model.__name__}.{name}"))


_MANY = relations.ManyRelatedField
_CACHED = ("all", "count", "exists")  # what a manager answers from prefetched rows


def inspect(serializer: Any, model: type[Model] | None = None, *, max_depth: int) -> Shape:
    """Return the shape of *serializer*, an instance, many or not.

    Args:
        serializer: Any serializer of Django REST framework.
        model: Of the objects it will be given; its ``Meta.model`` where None.
        max_depth: How deep nested serializers are followed.

    Raises:
        ReadsError: *model* is None and the serializer names none.
    """
    return Inspection(serializer, model, max_depth=max_depth).shape


def _declare(draft: Draft, said_by: object, ask: Ask) -> None:
    """Want what *said_by*, a serializer's Meta or a view, says in ``reads``."""
    for part in getattr(said_by, "reads", ()):
        declare(draft, part, ask)


def _heed(draft: Draft, ask: Ask) -> None:
    """Hand the object to the code that its model runs for each new instance, if there is any."""
    if why := facts.obstacle(draft.model):
        draft.hand_over(_how(ask, why))


def is_static(serializer: Any) -> bool:
    """Whether every instance of its class has the fields this one has."""
    cls = type(serializer)
    return "fields" not in serializer.__dict__ and all(_is_shipped(cls, each) for each in _SHAPING)


def _model(serializer: Any) -> type[Model]:
    model: type[Model] | None = getattr(getattr(serializer, "Meta", None), "model", None)
    if model is None:
        name = type(serializer).__name__
        raise ReadsError(
            f"{name} names no model, so its sources cannot be looked up.",
            hint=f"Say whose rows it is given: plan_for({name}(), model=...).",
            code="reads.no_model",
        )
    return model


def _is_shipped(cls: type, name: str) -> bool:
    """Whether the class has *name* as Django REST framework ships it, or not at all."""
    for each in cls.__mro__:
        if name in each.__dict__:
            return each.__module__.startswith("rest_framework.") or each is object
    return True


def _how(ask: Ask, how: str) -> Ask:
    return Ask(ask.owner, ask.field, how)
