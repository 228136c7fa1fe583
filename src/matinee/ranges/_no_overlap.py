"""``NoOverlap``: no two rows whose ranges overlap, of the same hall, say."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.checks import CheckMessage
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Deferrable, F, Q
from django.db.models.lookups import PostgresOperatorLookup
from django.utils.translation import gettext_lazy as _

from matinee.exceptions import RangesError
from matinee.ranges._declared import (
    Declared,
    bring_btree_gist,
    field_of,
    not_ranges,
    refuse_invalid,
)
from matinee.ranges._words import in_words

__all__ = ["NoOverlap"]

NAMES = ("range", "object", "nothing")


class NoOverlap(Declared, ExclusionConstraint):
    """No two rows whose ranges overlap, among those that are equal in all else.

    ``NoOverlap("hall", "during")``: a hall has one booking at a time. It is an exclusion
    constraint; where rows are NULL in one of the fields it lets them be, as PostgreSQL does. The
    extension btree_gist, which it needs unless the range stands alone, comes with the migration.

    ``full_clean`` finds the clash with one query, and names it with another one; also rows that
    the default manager hides clash, but are not named.

    Args:
        expressions: What must be equal, and last the range or multirange: names or expressions.
        name: By default ``<app>_<model>_<fields>_excl``; needed where there are expressions.
        condition: Which rows it is for.
        deferrable: When the database looks.
        include: Fields that the index is to hold too.
        names: What the message tells of the row that is in the way: its ``"range"``, in the
            active time zone and format; ``"object"``, its text too; or ``"nothing"``. Whoever may
            save one is told: choose what they may see.
        violation_error_code: By default "overlap".
        violation_error_message: With %(model)s, %(range)s and %(object)s filled in.
    """

    default_violation_error_message = _("Another one overlaps.")
    violation_error_code = "overlap"
    deferrable: Deferrable | None
    include: tuple[str, ...]
    _expression_refs_exclude: Callable[..., bool]
    non_db_attrs = (*ExclusionConstraint.non_db_attrs, "names")

    def __init__(  # noqa: PLR0913  each by its name
        self,
        *expressions: Any,
        name: str = "",
        condition: Q | None = None,
        deferrable: Deferrable | None = None,
        include: Sequence[str] | None = None,
        names: str = "range",
        violation_error_code: str | None = None,
        violation_error_message: Any = None,
    ) -> None:
        if not expressions or names not in NAMES:
            raise RangesError(
                f"A {type(self).__name__} must be of fields, and names one of "
                f"{', '.join(NAMES)}, got {expressions} and {names!r}.",
                code="ranges.constraint",
            )
        self.names = names
        *equal, self.range = expressions
        super().__init__(
            name=name or default_name(expressions, "excl"),
            # The range first: with it the index answers what is asked of all of them, too.
            expressions=[(self.range, "&&"), *((each, "=") for each in equal)],
            condition=condition,
            deferrable=deferrable,
            include=None if include is None else tuple(include),
            violation_error_code=violation_error_code,
            violation_error_message=violation_error_message,
        )

    @property
    def fields(self) -> tuple[Any, ...]:
        """The fields and expressions, the range last."""
        (first, _), *equal = self.expressions
        return (*(each for each, _ in equal), first)

    def deconstruct(self) -> Any:
        path, _args, kwargs = super().deconstruct()
        del kwargs["expressions"]
        if self.names != "range":
            kwargs["names"] = self.names
        return path, self.fields, kwargs

    def problems(self, model: Any, connection: Any) -> Iterator[CheckMessage]:  # noqa: ARG002
        yield from not_ranges(model, self, [self.range])

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        if len(self.expressions) > 1:
            bring_btree_gist(schema_editor)
        return super().constraint_sql(model, schema_editor)

    def validate(
        self, model: Any, instance: Any, exclude: Any = None, using: str = DEFAULT_DB_ALIAS
    ) -> None:
        left_out = set(exclude or ())
        used = [*map(_expression, self.fields), *([self.condition] if self.condition else [])]
        if any(self._expression_refs_exclude(model, each, left_out) for each in used):
            return
        refuse_invalid(model, instance, self.fields)
        values = instance._get_field_expression_map(meta=model._meta, exclude=left_out)  # noqa: SLF001  as Django's
        if self.condition and not self.condition.check(values, using=using):
            return
        found = self._clashing(model, values).using(using)
        if not instance._state.adding and instance.pk is not None:
            found = found.exclude(pk=instance.pk)
        clash = found.values_list("pk", "matinee_range").first()
        if clash:
            raise self._error(model, using, *clash)

    def _clashing(self, model: Any, values: dict[str, Any]) -> Any:
        """Return all rows that *values* clash with, those that are hidden too."""
        replacements = {F(name): value for name, value in values.items()}
        found = model._base_manager.annotate(matinee_range=_expression(self.range))
        for each, operator in self.expressions:
            mine = _expression(each)
            lookup = PostgresOperatorLookup(
                _to_compare(mine), _to_compare(mine.replace_expressions(replacements))
            )
            lookup.postgres_operator = operator
            found = found.filter(lookup)
        return found.filter(self.condition).order_by() if self.condition else found.order_by()

    def _error(self, model: Any, using: str, pk: Any, its_range: Any) -> ValidationError:
        seen = self.names != "nothing"
        other = model._default_manager.using(using).filter(pk=pk).first() if seen else None
        params = {
            "name": self.name,
            "model": model._meta.verbose_name,
            "range": "" if other is None else in_words(its_range),
            "object": "" if other is None or self.names != "object" else str(other),
            "clash": other,
        }
        error = ValidationError(self._message(other), self.violation_error_code, params)
        field = field_of(model, self.range)
        return ValidationError({field.name: error}) if field else error

    def _message(self, other: Any) -> Any:
        if self.violation_error_message != self.default_violation_error_message:
            return self.violation_error_message
        if other is None:
            return _("Another %(model)s overlaps.")
        if self.names == "object":
            return _("Another %(model)s overlaps: %(object)s, %(range)s")
        return _("Another %(model)s overlaps: %(range)s")


def default_name(expressions: Sequence[Any], kind: str) -> str:
    """Return a name as PostgreSQL would choose it.

    Raises:
        RangesError: There are expressions among the names.
    """
    if not all(isinstance(each, str) for each in expressions):
        raise RangesError(
            f"A constraint of expressions must have a name, got {expressions}.",
            hint='Say name="…".',
            code="ranges.constraint",
        )
    return "_".join(("%(app_label)s_%(class)s", *expressions, kind))


def _expression(value: Any) -> Any:
    return F(value) if isinstance(value, str) else value


def _to_compare(expression: Any) -> Any:
    """Return *expression* without what is there for the index alone, as operator classes are."""
    found = getattr(expression, "get_expression_for_validation", None)
    return found() if found else expression
