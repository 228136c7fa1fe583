"""From a serializer instance to a shape: what each of its fields reads.

The serializer is looked at as it is, with its context, so fields that are added, dropped or
swapped per request are planned as they will be rendered.
"""

from collections.abc import Sequence
from copy import copy
from functools import partial
from typing import Any

from django.db.models import Model
from rest_framework import relations, serializers

from matinee.exceptions import ReadsError
from matinee.reads import _facts as facts
from matinee.reads._analysis import Finding, Program, Reading, read, read_once, write
from matinee.reads._analysis.values import Object
from matinee.reads.drf import _methods as methods
from matinee.reads.drf._methods import Methods
from matinee.reads.drf._words import PartField, RelatedField
from matinee.reads.shape import Ask, Draft, Hop, Kind, Link, Shape
from matinee.reads.words import declare, state

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
        self.max_depth = max_depth
        draft = Draft(model or _model(serializer))
        _heed(draft, Ask(type(serializer).__name__, ""))
        self.serializer(serializer, draft, ())
        _declare(draft, view, Ask(getattr(view, "__name__", ""), "reads"))
        self.shape = draft.freeze()

    def serializer(self, serializer: Any, draft: Draft, path: tuple[str, ...]) -> None:
        """Want all that *serializer* reads of the object that *draft* is of."""
        cls = type(serializer)
        draft.want(facts.identity(draft.model))
        if not _is_shipped(cls, "to_representation"):
            ask = Ask(cls.__name__, "to_representation")
            program = methods.called(cls, "to_representation")
            finding, _ = self.code(program, cls, "to_representation", draft, ask, path)
            if not _reads_fields(finding):
                return
        for field in getattr(serializer, "_readable_fields", ()):
            name = str(field.field_name)
            self.field(field, draft, Ask(cls.__name__, name), (*path, name))
        _declare(draft, getattr(serializer, "Meta", None), Ask(cls.__name__, "Meta.reads"))

    def field(self, field: Any, draft: Draft, ask: Ask, path: tuple[str, ...]) -> None:  # noqa: C901
        """Want what one field reads."""
        match field:
            case PartField():
                self.part(field, draft, ask, path)
            case serializers.BaseSerializer():
                self.nested(field, draft, ask, path)
            case relations.ManyRelatedField():
                for far in self.walk(draft, field.source_attrs, ask, path):
                    self.related(field.child_relation, far, ask, path)
            case relations.HyperlinkedIdentityField():
                self.related(field, draft, ask, path)
            case relations.RelatedField() if _is_shipped(type(field), "get_attribute"):
                self.single(field, draft, ask, path)
            case _ if not _is_all_shipped(type(field)):
                self.own_field(field, draft, ask, path)
            case serializers.SerializerMethodField():
                owner, name = type(field.parent), field.method_name
                self.code(methods.called(owner, name), owner, name, draft, ask, path)
            case serializers.ModelField():
                self.walk(draft, [field.model_field.name], ask, path)
            case _ if field.source == "*":
                draft.hand_over(ask)
            case _:
                for far in self.walk(draft, field.source_attrs, ask, path):
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
        if len(path) > self.max_depth:
            draft.cut.append(ask)
        elif isinstance(field, serializers.ListSerializer):
            if not _is_shipped(type(field), "to_representation"):
                self.own_list(field, draft, ask, path)
                return
            for far in self.walk(draft, field.source_attrs, ask, path):
                self.serializer(field.child, far, path)
        else:
            for far in self.walk(draft, field.source_attrs, ask, path):
                self.serializer(field, far, path)

    def single(self, field: Any, draft: Draft, ask: Ask, path: tuple[str, ...]) -> None:
        """Want what a field for one related object reads; often only the key beside it."""
        *way, name = field.source_attrs
        for owner in self.walk(draft, way, ask, path):
            hop = facts.attribute(owner.model, name)
            keyed = isinstance(hop, Hop) and hop.link is Link.FORWARD
            if isinstance(hop, Hop) and keyed and field.use_pk_only_optimization():
                owner.want(hop.near, ask)
                continue
            for far in self.walk(owner, [name], ask, path):
                self.related(field, far, ask, path)

    def related(self, field: Any, far: Draft, ask: Ask, path: tuple[str, ...]) -> None:
        """Want what the relational field *field* reads of the object it represents."""
        cls = type(field)
        own = [each for each in ("to_representation", "get_url") if not _is_shipped(cls, each)]
        if own:
            if not field.use_pk_only_optimization() or isinstance(field.parent, _MANY):
                for name in own:
                    self.code(methods.called(cls, name), cls, name, far, ask, path)
        elif isinstance(field, relations.SlugRelatedField):
            self.walk(far, field.slug_field.replace("__", ".").split("."), ask, path)
        elif isinstance(field, relations.HyperlinkedRelatedField):
            self.walk(far, [field.lookup_field], ask, path)
        elif isinstance(field, relations.StringRelatedField):
            self.code(methods.printed, cls, "__str__", far, ask, path)
        elif not isinstance(field, relations.PrimaryKeyRelatedField):
            far.hand_over(_how(ask, cls.__name__))

    def walk(
        self, draft: Draft, names: Sequence[str], ask: Ask, path: tuple[str, ...]
    ) -> list[Draft]:
        """Follow attribute names as DRF does; return the objects where they end.

        The walk ends early at a column, whose value the rest is asked of. Code is read.
        """
        for position, name in enumerate(names):
            found = facts.attribute(draft.model, name)
            if isinstance(found, str):
                draft.want([found], ask)
                return []
            if isinstance(found, facts.Code) and found.known:
                draft.want(found.columns, ask)
                return []
            rest = tuple(names[position:])
            if not isinstance(found, Hop) or (found.link is Link.MANY and len(rest) > 1):
                program = methods.sourced(rest)
                return self.code(program, draft.model, rest, draft, ask, path)[1]
            far = draft.follow(found, ask)
            if far is None:
                return []
            _heed(far, ask)
            draft = far
        return [draft]

    # Code of the project's own.

    def own_field(self, field: Any, draft: Draft, ask: Ask, path: tuple[str, ...]) -> None:
        """Want what a field reads that gets or represents its value in its own way."""
        cls, names = type(field), tuple(field.source_attrs)
        program = methods.represented(cls)
        framework = self.framework(path, value=methods.sourced(names))
        self.code(program, cls, names, draft, ask, path, framework)

    def own_list(self, field: Any, draft: Draft, ask: Ask, path: tuple[str, ...]) -> None:
        """Want what a list does with its rows in its own way, and what its child reads of them."""
        # The child is this very instance, with its context: nothing to be kept for another.
        value = methods.sourced(tuple(field.source_attrs))
        framework = self.framework(path, value=value, child=field.child)
        write(read(methods.represented(type(field)), draft.model, ask, framework), draft)

    def code(  # noqa: PLR0913, PLR0917
        self,
        program: Program,
        owner: type,
        name: object,
        draft: Draft,
        ask: Ask,
        path: tuple[str, ...],
        framework: Methods | None = None,
    ) -> tuple[Finding, list[Draft]]:
        """Want what *program* reads; return what was found, and the objects it returns.

        It is read once for each *owner*, the class that holds it, and each *name* there.
        """
        key = (name, draft.model, ask, len(path), self.max_depth)
        framework = framework or self.framework(path)
        finding = read_once(owner, key, lambda: read(program, draft.model, ask, framework))
        return finding, write(finding, draft)

    def framework(self, path: tuple[str, ...], **given: Any) -> Methods:
        """Return what is to be known of the framework by those who read code at *path*."""
        return Methods(partial(self.within, path), **given)

    def within(self, path: tuple[str, ...], reading: Reading, serializer: Any, far: Draft) -> None:
        """Want what a serializer reads that code makes for an object."""
        if len(path) > self.max_depth:
            far.cut.append(reading.asks())
            return
        if not is_static(serializer):
            what = f"{type(serializer).__name__} chooses its fields as it is made"
            reading.unseen(what, (Object(far),))
        copy(self).serializer(serializer, far, (*path, ""))


_MANY = relations.ManyRelatedField


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
        state(draft, part, ask)


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


def _is_all_shipped(cls: type) -> bool:
    return _is_shipped(cls, "get_attribute") and _is_shipped(cls, "to_representation")


def _reads_fields(finding: Finding) -> bool:
    """Whether a ``to_representation`` that was read asks its fields, for all that is known."""
    unseen = any(note.kind is Kind.UNSEEN for note in finding.shape.notes)
    return unseen or methods.OWN_FIELDS in finding.marks


def _how(ask: Ask, how: str) -> Ask:
    return Ask(ask.owner, ask.field, how)
