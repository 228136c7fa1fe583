"""Foreign keys of PostgreSQL 18 over ranges: ``PERIOD``."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps as all_apps
from django.core.checks import CheckMessage
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.ddl_references import Columns, Statement, Table
from django.db.models import Deferrable
from django.db.models.constraints import BaseConstraint
from django.utils.translation import gettext_lazy as _

from matinee.exceptions import RangesError
from matinee.ranges._declared import Declared, field_of, not_ranges, problem, refuse_invalid
from matinee.ranges._multirange import MultiRange
from matinee.ranges._no_overlap import default_name
from matinee.ranges._without_overlaps import WithoutOverlaps, old_server, refuse_old_server

__all__ = ["PeriodForeignKey"]


class PeriodForeignKey(Declared, BaseConstraint):
    """What a range covers must be covered by rows of another model; on PostgreSQL 18.

    ``PeriodForeignKey("room", "during", to="Price")``: at every moment of ``during`` there is a
    price of that room, be it one row or several that follow each other. A row with NULL in one of
    the fields refers to nothing.

    The other model's fields have a ``WithoutOverlaps``. Rows that are needed still can be neither
    deleted nor cut short: PostgreSQL knows no other ``ON DELETE`` for periods. Validation costs
    one query.

    Args:
        fields: What must be equal, at least one, and last the range or multirange.
        to: The other model: "app.Model", or "Model" of the same app.
        to_fields: Its fields, the range last; by default those of the same names.
        name: By default ``<app>_<model>_<fields>_fkey``.
        deferrable: When the database looks.
        violation_error_code: By default "period".
        violation_error_message: Of your own.
    """

    default_violation_error_message = _("Not all of it is covered.")
    violation_error_code = "period"

    def __init__(  # noqa: PLR0913  each by its name
        self,
        *fields: str,
        to: str,
        to_fields: Sequence[str] | None = None,
        name: str = "",
        deferrable: Deferrable | None = None,
        violation_error_code: str | None = None,
        violation_error_message: Any = None,
    ) -> None:
        self.fields = fields
        self.to = to
        self.to_fields = tuple(to_fields or fields)
        self.deferrable = deferrable
        if len(fields) < 2 or len(self.to_fields) != len(fields):
            raise RangesError(
                "A PeriodForeignKey must be of as many fields as it refers to, two at least, got "
                f"{fields} and {self.to_fields}.",
                code="ranges.constraint",
            )
        super().__init__(
            name=name or default_name(fields, "fkey"),
            violation_error_code=violation_error_code,
            violation_error_message=violation_error_message,
        )

    def deconstruct(self) -> Any:
        path, _args, kwargs = super().deconstruct()
        kwargs["to"] = self.to
        if self.to_fields != self.fields:
            kwargs["to_fields"] = self.to_fields
        if self.deferrable is not None:
            kwargs["deferrable"] = self.deferrable
        return path, self.fields, kwargs

    def target(self, model: Any) -> Any:
        """Return the model that it refers to.

        In migrations, where the other one is not made yet, as it is today.

        Raises:
            RangesError: There is none.
        """
        label = self.to if "." in self.to else f"{model._meta.app_label}.{self.to}"
        for registry in (model._meta.apps, all_apps):
            try:
                return registry.get_model(label)
            except LookupError:
                continue
        raise RangesError(f"There must be a model {label}, got none.", code="ranges.constraint")

    def problems(self, model: Any, connection: Any) -> Iterator[CheckMessage]:
        missing = [each for each in self.fields if field_of(model, each) is None]
        try:
            target = self.target(model)
            missing += [each for each in self.to_fields if field_of(target, each) is None]
        except RangesError:
            target, missing = None, [self.to]
        if missing:
            what = f"{self.name}: there must be {', '.join(missing)}, got none."
            yield problem(what, model, "matinee.E224")
            return
        yield from not_ranges(model, self, self.fields[-1:])
        yield from old_server(self, model, connection)
        keys = [
            each.fields
            for each in target._meta.constraints
            if isinstance(each, WithoutOverlaps) and each.deferrable is None
        ]
        if target._meta.managed and self.to_fields not in keys:
            yield problem(
                f"{self.name}: {target.__name__} must have a WithoutOverlaps of "
                f"{', '.join(self.to_fields)} that is not deferrable.",
                model,
                "matinee.E225",
            )

    # Always when there are both tables.

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        refuse_old_server(self, schema_editor.connection)
        quote, target = schema_editor.quote_name, self.target(model)
        return Statement(
            "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s "
            "FOREIGN KEY (%(columns)s, PERIOD %(period)s) "
            "REFERENCES %(to)s (%(to_columns)s, PERIOD %(to_period)s)%(deferrable)s",
            table=Table(model._meta.db_table, quote),
            name=quote(self.name),
            to=Table(target._meta.db_table, quote),
            deferrable=schema_editor._deferrable_constraint_sql(self.deferrable),  # noqa: SLF001  as Django's
            **_columns(model, self.fields, quote, ""),
            **_columns(target, self.to_fields, quote, "to_"),
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        quote = schema_editor.quote_name
        return Statement(
            "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s",
            table=Table(model._meta.db_table, quote),
            name=quote(self.name),
        )

    def validate(
        self, model: Any, instance: Any, exclude: Any = None, using: str = DEFAULT_DB_ALIAS
    ) -> None:
        if set(exclude or ()).intersection(self.fields):
            return
        refuse_invalid(model, instance, self.fields)
        values = [getattr(instance, model._meta.get_field(each).attname) for each in self.fields]
        if any(each is None or hasattr(each, "resolve_expression") for each in values):
            return
        target, *equal, wanted = self.target(model), *values
        wanted = field_of(model, self.fields[-1]).to_python(wanted)
        same = dict(zip(self.to_fields[:-1], equal, strict=True))
        period = self.to_fields[-1]
        found = target._base_manager.using(using).filter(**same, **{f"{period}__overlap": wanted})
        rows = found.values_list(period, flat=True)
        covered = MultiRange(
            part for row in rows for part in (row if isinstance(row, MultiRange) else [row])
        )
        if wanted and covered.contains(wanted):
            return
        message = self.get_violation_error_message()
        error = ValidationError(message, code=self.violation_error_code)
        raise ValidationError({self.fields[-1]: error})


def _columns(model: Any, names: Sequence[str], quote: Any, prefix: str) -> dict[str, Columns]:
    columns = [model._meta.get_field(each).column for each in names]
    table = model._meta.db_table
    return {
        f"{prefix}columns": Columns(table, columns[:-1], quote),
        f"{prefix}period": Columns(table, columns[-1:], quote),
    }
