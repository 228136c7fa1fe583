"""A projection in expressions of Django's.

To-one relations of the outermost row are subqueries: a join beside it could bring the rows out of
order. Inside a list, which orders its own rows, they are joins where a join finds the same row.
"""

from dataclasses import dataclass, replace
from typing import Any, cast

from django.db.models import F, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from matinee.reads._expressions import apart, crosses, names
from matinee.reads._facts import manager_of, nullable
from matinee.reads._request import waits as _waits
from matinee.reads.projection import NULL, Form, Nested, Projection, Python, Unfit, Value
from matinee.reads.shape import Hop, Link
from matinee.reads.shape import Rows as Which
from matinee.reads.sqljson import _orm
from matinee.reads.sqljson._expressions import (
    Array,
    Bare,
    Column,
    Here,
    Literal,
    Pattern,
    Record,
    Rows,
)
from matinee.reads.sqljson._forms import converted, formed
from matinee.reads.sqljson._objects import Carried, One, Part, carried
from matinee.reads.sqljson._slots import content_type, slotted

__all__ = ["NEEDS", "Place", "Writer"]

# The key of what Python code needs, taken out again by whoever runs that code.
NEEDS = "matinee:needs"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands: at a model, *prefix* joins away from the row."""

    model: type[Model]
    prefix: str = ""
    inner: bool = True

    def name(self, column: str) -> Any:
        return F(self.prefix + column)

    def outer(self, column: str) -> Any:
        return OuterRef(self.prefix + column)


class Writer:
    """Writes one projection for one database.

    Attributes:
        moments: The points in time that the outermost rows bring in their zone and in UTC too.
        managers: Each manager that may give other rows next time, with what it gave now.
        carried: What each projection that has Python code carries for it.
    """

    def __init__(
        self,
        alias: str,
        *,
        utc: bool,
        table: str = "",
        annotations: dict[str, Any] | None = None,
        native: bool = False,
    ) -> None:
        self.alias = alias
        self.utc = utc
        self.native = native
        self.table = table
        self.annotations = annotations or {}
        self.moments: list[str] = []
        self.managers: list[tuple[Any, tuple[Any, ...]]] = []
        self.carried: dict[int, Carried] = {}

    def record(self, inside: Projection | Value, place: Place) -> tuple[Record, list[Any]]:
        """Write an object or a value as what is selected, and how that becomes one."""
        if isinstance(inside, Value):
            return Bare(), [self.value(inside, place)]
        written = [
            (name, self.entry(entry, place))
            for name, entry in zip(inside.names, inside.entries, strict=True)
            if not isinstance(entry, Python)
        ]
        keys, columns = [name for name, _ in written], [column for _, column in written]
        if inside.needs is not None:
            brought = {} if place.inner else self.annotations
            # Code that will see the row is to find it as the database wrote it.
            shown = () if self.native else inside.entries
            what = self.carried[id(inside)] = carried(inside.needs, self.alias, brought, shown)
            if NEEDS in keys:
                raise Unfit(f"Python code makes values beside a key {NEEDS!r}")
            if what.carries:
                keys.append(NEEDS)
                columns.append(self.carry(what, place))
        return (Record(keys), columns) if keys else (Bare(), [Literal("{}")])

    def entry(self, entry: Value | Nested, place: Place) -> Any:
        match entry:
            case Value():
                return self.value(entry, place)
            case Nested():
                return self.nested(entry, place)

    def value(self, value: Value, place: Place) -> Any:
        """Write one value, by way of its path."""
        if value.path:
            return self.through(value.path[0], replace(value, path=value.path[1:]), place)
        column = value.expression is None and not value.annotation
        if column and value.form is Form.MOMENT and not (place.inner or value.array or self.utc):
            return self.moment(value.column)
        found = self.found(value.column, value, place)
        return formed(found, value.form, array=value.array, utc=self.utc)

    def found(self, name: str, what: Value | Part, place: Place) -> Any:
        """Write where a value comes from: an expression, an annotation, or the column *name*."""
        if what.expression is not None:
            return self.computed(what.expression, place)
        return self.annotation(name, place) if what.annotation else place.name(name)

    def moment(self, name: str) -> Any:
        """Write a point in time of the outermost row, converted where the rows come from.

        There it is done once for all its uses, and needs no subquery that does so for each row.
        """
        if name not in self.moments:
            self.moments.append(name)
        number = self.moments.index(name)
        return converted(Column(self.table, f"_h${number}"), Column(self.table, f"_u${number}"))

    def computed(self, expression: Any, place: Place) -> Any:
        """Write an expression of the row at *place*, which is no join away."""
        found = apart(slotted(expression), place.model)
        if place.inner or not any("__" in name for name in names(found)):
            return found
        # It may take a join, which is no good beside the outermost rows.
        rows: QuerySet[Any, Any] = QuerySet(place.model).using(self.alias)
        rows = rows.filter(pk=OuterRef("pk")).order_by().values_list(found)
        return Rows(rows, Bare(), many=False)

    def annotation(self, name: str, place: Place) -> Any:
        if place.inner:
            raise Unfit(f"{name} is added by the queryset to a model in two tables")
        return Column(self.table, f"_a{list(self.annotations).index(name)}")

    def nested(self, nested: Nested, place: Place) -> Any:
        """Write an object or a list."""
        match nested.path:
            case ():
                record, columns = self.record(nested.inside, place)
                return Here(record, *columns)
            case (hop,):
                record, columns = self.record(nested.inside, self.beyond(hop))
                rows = self.rows(hop, nested.rows, place).values_list(*columns)
                return Rows(rows, record, many=nested.many)
            case (hop, *rest):
                return self.through(hop, replace(nested, path=tuple(rest)), place)

    def through(self, hop: Hop, entry: Value | Nested, place: Place) -> Any:
        """Write what is beyond a to-one relation on the way."""
        if place.inner and hop.join and isinstance(entry, Value) and not entry.expression:
            far = cast("type[Model]", hop.model)
            written = self.entry(entry, Place(far, f"{place.prefix}{hop.lookup}__"))
            if hop.link is Link.REVERSE_ONE and entry.path:
                there = place.name(f"{hop.lookup}__pk")
                written = Pattern("CASE WHEN {0} IS NOT NULL THEN {1} END", there, written)
        else:
            written = self.entry(entry, self.beyond(hop))
            rows = self.rows(hop, Which(), place).values_list(written)
            written = Rows(rows, Bare(), many=False)
        if entry.broken == NULL or not nullable(place.model, hop):
            return written
        broken = Literal(entry.broken)
        either = "CASE WHEN {0} IS NULL THEN {1} ELSE to_json({2}) END"
        return Pattern(either, place.name(hop.near[0]), broken, written)

    def beyond(self, hop: Hop) -> Place:
        return Place(cast("type[Model]", hop.model))

    def rows(self, hop: Hop, which: Which, place: Place) -> QuerySet[Any, Any]:
        """Return the rows that *hop* leads to from the row at *place*, as Django finds them."""
        many = hop.link is Link.MANY
        queryset = self.chosen(which, hop)
        if which.where is not None:
            queryset = queryset.filter(self.where(which.where, queryset))
        queryset = queryset.filter(**self.link(hop, place))
        if which.order_by or not many:
            queryset = queryset.order_by(*cast("tuple[str, ...]", which.order_by))
        return queryset[: which.limit] if which.limit is not None else queryset

    def chosen(self, which: Which, hop: Hop) -> QuerySet[Any, Any]:
        """Return the rows to begin with."""
        if which.queryset is not None:
            written = cast("QuerySet[Any, Any]", which.queryset).using(self.alias)
            _orm.fingerprint(written)
            if _waits(written):
                raise Unfit(f"the queryset of {hop.attribute} holds a request_value")
            return written
        manager = manager_of(hop)
        queryset = manager.get_queryset().using(self.alias)
        print_ = _orm.fingerprint(queryset)
        if _orm.asks_anew(manager):
            self.managers.append((manager, print_))
        return queryset

    def where(self, where: Any, queryset: QuerySet[Any, Any]) -> Any:
        """Return a condition that never repeats a row."""
        slots = slotted(where)
        if any(crosses(queryset.query, path) for path in names(where)):
            return Q(pk__in=queryset.filter(slots).order_by().values("pk"))
        return slots

    def link(self, hop: Hop, place: Place) -> dict[str, Any]:
        """Return the filter that ties the other end of *hop* to the row at *place*."""
        field: Any = place.model._meta.get_field(hop.lookup)
        near = place.outer(hop.near[0])
        if hasattr(field, "content_type_field_name"):
            kind = content_type(place.model, field)
            key = field.related_model._meta.get_field(field.object_id_field_name)
            # The key of a row of any model is often kept as text.
            return {
                f"{field.content_type_field_name}_id": kind,
                field.object_id_field_name: Cast(near, key),
            }
        if len(hop.near) > 1:
            raise Unfit(f"{hop.attribute} goes by more than one column")
        return {hop.inverse: near}

    def carry(self, what: Carried, place: Place) -> Any:
        """Write an object that Python code is to have, without what the row shows of it."""
        columns = [
            Pattern(part.pattern, self.found(part.name, part, place))
            for part in what.parts
            if not part.shown
        ]
        columns += [self.carry_one(one, place) for one in what.ones if one.carried.carries]
        columns += [self.carry_list(step, other, place) for step, other in what.lists]
        return Array(*columns)

    def carry_one(self, one: One, place: Place) -> Any:
        hop, what = one.step.hop, one.carried
        if place.inner and hop.join and not _computes(what):
            far = Place(what.model, f"{place.prefix}{hop.lookup}__")
            there = F(f"{far.prefix}pk")
            carried = self.carry(what, far)
            return Pattern("CASE WHEN {0} IS NOT NULL THEN {1} END", there, carried)
        carried = self.carry(what, self.beyond(hop))
        return Rows(self.rows(hop, Which(), place).values_list(carried), Bare(), many=False)

    def carry_list(self, step: Any, what: Carried, place: Place) -> Any:
        carried = self.carry(what, self.beyond(step.hop))
        rows = self.rows(step.hop, step.rows, place).values_list(carried)
        return Rows(rows, Bare(), many=True)


def _computes(what: Carried) -> bool:
    """Whether an expression is computed for the object or for one that is joined to it."""
    expressions = (part.expression for part in what.parts)
    return any(each is not None for each in expressions) or any(
        _computes(one.carried) for one in what.ones
    )
