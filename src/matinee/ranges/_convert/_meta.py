"""What a model's ``Meta`` says of the columns that go: indexes, constraints, the order."""

from collections.abc import Iterable, Iterator
from typing import Any, cast

from django.core.management import CommandError
from django.db import models
from django.db.migrations.operations import AlterModelOptions
from django.db.models.constants import LOOKUP_SEP

from matinee.ranges._convert._conversion import Conversion
from matinee.ranges._convert._sql import quoted

__all__ = ["going"]


def going(model: type[models.Model], found: Conversion, connection: Any) -> dict[str, Any]:
    """Return what of the model goes with the columns, as fields of the conversion.

    Raises:
        CommandError: Something names the columns that the range cannot stand in for.
    """
    pair = {found.start.name, found.stop.name}
    _check_fields(model, pair)
    indexes = [each for each in model._meta.indexes if pair & set(_names(each))]
    constraints = [each for each in model._meta.constraints if pair & set(_names(each))]
    for each in constraints:
        only_theirs = isinstance(each, models.CheckConstraint) and set(_names(each)) <= pair
        if not only_theirs and each.name not in found.wishes.drop_constraints:
            raise CommandError(
                f"{model._meta.label}'s constraint {each.name} names {_listed(pair, each)} and "
                "would go with the columns. Write one of the range in its place, then say that "
                f"it may go: --drop-constraint {each.name}."
            )
    return {
        "indexes": tuple(each.name for each in indexes),
        "constraints": tuple(each.name for each in constraints),
        "restored": tuple(
            each.replace(quoted(found.table), f"{quoted(found.schema)}.{quoted(found.table)}", 1)
            for each in _restored(model, pair, indexes, constraints, connection)
        ),
        "options": _options(model, found),
    }


def _check_fields(model: type[models.Model], pair: set[str]) -> None:
    for together in model._meta.unique_together:
        if pair & set(together):
            raise CommandError(
                f"{model._meta.label} has unique_together {tuple(together)}. Make it a "
                "UniqueConstraint first, in a migration of its own."
            )
    for field in model._meta.local_fields:
        if field.generated and pair & set(_names(getattr(field, "expression", None))):
            raise CommandError(
                f"{field.name} is generated from {' and '.join(sorted(pair))}, and would go with "
                "them. Remove it first."
            )


def _names(part: Any) -> Iterator[str]:
    """Yield the names of fields that an index, a constraint or an expression has."""
    match part:
        case str():
            yield part.lstrip("-").split(LOOKUP_SEP)[0]
        case models.F():
            yield from _names(cast("Any", part).name)
        case (str() as lookup, str()) if isinstance(part, tuple):  # with a value or an operator
            yield from _names(lookup)
        case _:
            for each in _parts(part):
                yield from _names(each)


def _parts(part: Any) -> Iterable[Any]:
    match part:
        case list() | tuple():
            return part
        case models.Q():
            return part.children
        case models.Index() | models.BaseConstraint():
            names = [*getattr(part, "fields", ()), *(getattr(part, "include", None) or ())]
            return [names, getattr(part, "expressions", ()), getattr(part, "condition", None)]
        case _ if hasattr(part, "get_source_expressions"):
            return [*part.get_source_expressions()]
    return ()


def _listed(pair: set[str], part: Any) -> str:
    return " and ".join(sorted(pair & set(_names(part))))


def _restored(
    model: type[models.Model],
    pair: set[str],
    indexes: Iterable[models.Index],
    constraints: Iterable[models.BaseConstraint],
    connection: Any,
) -> Iterator[str]:
    """Yield the statements that make indexes and constraints again; most let others write."""
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        for name in sorted(pair):
            field = cast("models.Field[Any, Any]", model._meta.get_field(name)).clone()
            field.null = True
            field.set_attributes_from_name(name)
            field.model = model
            editor.add_field(model, field)
        for index in indexes:
            editor.add_index(model, index)
    for each in editor.collected_sql:
        statement = each.rstrip(";").replace(" ON ", "\n    ON ", 1)
        if statement.startswith("CREATE INDEX "):
            yield f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {statement[13:]}"
    for constraint in constraints:
        is_check = isinstance(constraint, models.CheckConstraint)
        made = str(constraint.create_sql(model, editor)).replace(" ADD ", "\n    ADD ", 1)
        yield f"ALTER TABLE {table}\n    DROP CONSTRAINT IF EXISTS {quote(constraint.name)}"
        yield f"{made} NOT VALID" if is_check else made
        if is_check:
            yield f"ALTER TABLE {table}\n    VALIDATE CONSTRAINT {quote(constraint.name)}"


def _options(model: type[models.Model], found: Conversion) -> dict[str, Any] | None:
    """Return the options as they are with the range; None where that changes nothing."""
    before = {
        key: value
        for key, value in model._meta.original_attrs.items()
        if key in AlterModelOptions.ALTER_OPTION_KEYS
    }
    after = {**before}
    for key in ("ordering", "get_latest_by"):
        value = before.get(key)
        listed = [value] if isinstance(value, str) else [*(value or ())]
        ranged = _ranged(listed, found)
        if ranged != listed:
            after[key] = ranged[0] if isinstance(value, str) else ranged
    return after if after != before else None


def _ranged(listed: list[Any], found: Conversion) -> list[Any]:
    """Return an order with the range's name: by its start, then by its stop."""
    ranged: list[Any] = []
    pair = (found.start.name, found.stop.name)
    for each in listed:
        names = set(_names(each))
        if not names.intersection(pair):
            ranged.append(each)
            continue
        sign = "-" if str(each).startswith("-") else ""
        if not isinstance(each, str) or each.lstrip("-") not in pair:
            raise CommandError(
                f"The order of {found.model} has {each}, which the range cannot stand in for. "
                "Change it first."
            )
        if each.lstrip("-") == found.start.name:
            ranged.append(f"{sign}{found.during}")
        elif ranged[-1:] != [f"{sign}{found.during}"]:
            ranged.append(f"{sign}{found.during}__endswith")
    return ranged
