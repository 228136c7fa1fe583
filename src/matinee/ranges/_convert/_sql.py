"""The conditions and expressions of a conversion, as SQL."""

from django.db.backends.utils import names_digest

from matinee.ranges._convert._conversion import Conversion, Pair

__all__ = ["Expressions", "short", "trigger"]


def short(name: str, limit: int) -> str:
    """Return *name*, cut to *limit* characters with a digest at its end where it is longer."""
    if len(name) <= limit:
        return name
    return f"{name[: limit - 9]}_{names_digest(name, length=8)}"


def quoted(name: str) -> str:
    """Return *name* as an identifier."""
    return '"{}"'.format(name.replace('"', '""'))


class Expressions:
    """The pair and the range of a row, each as the other says it.

    Args:
        found: The conversion.
        row: What stands before a column: ``NEW.``, or nothing.
    """

    def __init__(self, found: Conversion, row: str = "") -> None:
        self.found = found
        self.start, self.stop = (row + quoted(each.column) for each in (found.start, found.stop))
        self.during = row + quoted(found.during)

    @property
    def bad(self) -> str:
        """Whether start and stop cannot be a range; NULL where one of them is NULL."""
        wishes, kind = self.found.wishes, self.found.kind
        refused = ">" if wishes.bounds == "[]" or wishes.allow_empty else ">="
        conditions = [f"{self.start} {refused} {self.stop}"]
        if wishes.bounds == "[]" and kind.last:
            conditions.append(f"{self.stop} = {kind.last}")
        return " OR ".join(conditions)

    @property
    def neither(self) -> str:
        """Whether the row has neither start nor stop."""
        return f"{self.start} IS NULL AND {self.stop} IS NULL"

    @property
    def without(self) -> str:
        """Whether the row gets no range."""
        return f"{self.bad} OR ({self.neither})" if self.found.null else self.bad

    def range(self, indent: int) -> str:
        """Return the range that start and stop say, NULL where they say none, on four lines."""
        made = f"{self.found.kind.range}({self.start}, {self.stop}, '{self.found.wishes.bounds}')"
        lines = ("CASE", f"    WHEN {self.without} THEN NULL", f"    ELSE {made}", "END")
        return f"\n{' ' * indent}".join(lines)

    @property
    def lower(self) -> str:
        """The start that the range says."""
        return f"lower({self.during})"

    @property
    def upper(self) -> str:
        """The stop that the range says."""
        if self.found.wishes.bounds == "[]" and self.found.kind.discrete:
            # PostgreSQL writes the days [1, 2] as [1, 3), and those without end [1, infinity].
            return (
                f"CASE WHEN upper_inc({self.during}) "
                f"THEN upper({self.during}) ELSE upper({self.during}) - 1 END"
            )
        return f"upper({self.during})"


def trigger(found: Conversion) -> dict[str, str]:
    """Return the statements that make the trigger and that drop it."""
    name = short(f"{found.table}_sync_{found.during}", 63)
    function = f"{quoted(found.schema)}.{quoted(name)}"
    table = f"{quoted(found.schema)}.{quoted(found.table)}"
    new, old = Expressions(found, "NEW."), Expressions(found, "OLD.")
    return {
        "create": f"""
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger
LANGUAGE plpgsql
SECURITY INVOKER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF {new.during} IS DISTINCT FROM {old.during} THEN
        -- The range was written. An empty one says neither start nor stop.
        IF isempty({new.during}) IS NOT TRUE THEN
            {new.start} := {new.lower};
            {new.stop} := {new.upper};
        END IF;
    ELSIF TG_OP = 'INSERT' OR (
        ({new.start}, {new.stop}) IS DISTINCT FROM ({old.start}, {old.stop})
        AND ({new.start}, {new.stop}) IS DISTINCT FROM
            ({new.lower}, {new.upper})
    ) THEN
        -- Start and stop were written.
        {new.during} := {new.range(8)};
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER {quoted(name)}
BEFORE INSERT OR UPDATE ON {table}
FOR EACH ROW EXECUTE FUNCTION {function}();
""",
        "drop": f"""
DROP TRIGGER IF EXISTS {quoted(name)} ON {table};
DROP FUNCTION IF EXISTS {function}();
""",
    }


def column(pair: Pair) -> str:
    """Return what adds the column of *pair* again, without NOT NULL."""
    check = f" CHECK ({pair.check})" if pair.check else ""
    return f"ADD COLUMN IF NOT EXISTS {quoted(pair.column)} {pair.type}{check}"
