"""What is converted to what: the facts that every migration is written from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["BOUNDS", "KINDS", "NULLS", "Conversion", "Kind", "Pair", "Wishes"]

BOUNDS = ("[)", "[]")
NULLS = ("unbounded", "null")


@dataclass(frozen=True)
class Kind:
    """A type of elements.

    Attributes:
        range: PostgreSQL's range type.
        field: The name of its field in ``matinee.ranges.fields``.
        discrete: Whether each element is followed by another one.
        last: The element that none follows, as SQL; None where there is no such.
    """

    range: str
    field: str
    discrete: bool = False
    last: str | None = None


_INTEGER = Kind("int4range", "IntegerRangeField", discrete=True, last="2147483647")
_BIGINT = Kind("int8range", "BigIntegerRangeField", discrete=True, last="9223372036854775807")
_DATE = Kind("daterange", "DateRangeField", discrete=True, last="date '5874897-12-31'")

# By the internal type of the pair's fields.
KINDS: Mapping[str, Kind] = {
    "DateTimeField": Kind("tstzrange", "DateTimeRangeField"),
    "DateField": _DATE,
    "SmallIntegerField": _INTEGER,
    "PositiveSmallIntegerField": _INTEGER,
    "IntegerField": _INTEGER,
    "PositiveIntegerField": _INTEGER,
    "BigIntegerField": _BIGINT,
    "PositiveBigIntegerField": _BIGINT,
    "DecimalField": Kind("numrange", "DecimalRangeField"),
}


@dataclass(frozen=True)
class Wishes:
    """What the user chose.

    Attributes:
        bounds: "[)", or "[]" where the stop belongs to the range.
        nulls: What a row with neither start nor stop becomes: "unbounded", or "null".
        allow_empty: Whether a row that stops as it starts becomes an empty range.
        batch_size: Rows that one transaction fills.
        lock_timeout_ms: How long a migration waits for a lock that writers then wait behind.
        index: Whether the range gets a GiST index.
        no_overlap: Fields whose equal values make overlapping ranges a clash; None for no
            constraint, () for none of them to overlap at all.
        drop_constraints: Constraints that may go with the columns.
    """

    bounds: str = "[)"
    nulls: str = "unbounded"
    allow_empty: bool = False
    batch_size: int = 1000
    lock_timeout_ms: int = 2000
    index: bool = True
    no_overlap: tuple[str, ...] | None = None
    drop_constraints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pair:
    """One of the two fields.

    Attributes:
        name: Of the field.
        column: Its column.
        type: The column's type.
        check: The column's condition, or "".
        null: Whether it may be NULL.
    """

    name: str
    column: str
    type: str
    check: str
    null: bool


@dataclass(frozen=True)
class Conversion:
    """A pair of columns of a table, and the range that takes their place.

    Attributes:
        app: The app's label.
        model: The model's name, as its class has it.
        models_file: Where its class is.
        leaf: The app's last migration.
        number: Of the first migration to be written.
        schema: Of the table.
        table: The table's name.
        key: The columns of the primary key.
        indexes: The names of the indexes that go with the columns.
        constraints: The names of the constraints that do.
        restored: The statements that make those indexes again.
        options: The model's options where they change with the columns; else None.
    """

    app: str
    model: str
    models_file: str
    leaf: str
    number: int
    schema: str
    table: str
    key: tuple[str, ...]
    start: Pair
    stop: Pair
    during: str
    kind: Kind
    wishes: Wishes
    indexes: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    options: Mapping[str, Any] | None = None

    @property
    def null(self) -> bool:
        """Whether a row may be without a range."""
        return self.wishes.nulls == "null" and self.start.null and self.stop.null

    @property
    def field(self) -> str:
        """The new field as models.py has it in the end."""
        return f"{self.kind.field}({self._arguments(null=self.null)})"

    @property
    def nullable_field(self) -> str:
        """The same as long as not every row has its range."""
        return f"{self.kind.field}({self._arguments(null=True)})"

    def _arguments(self, *, null: bool) -> str:
        inclusive = self.wishes.bounds == "[]" and not self.kind.discrete
        return ", ".join(
            ["null=True"] * null + ["blank=True"] * self.null + ['default_bounds="[]"'] * inclusive
        )
