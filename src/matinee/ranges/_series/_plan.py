"""What a series is, and its rows as SQL: text, into which nothing is pasted that anybody gave."""

from dataclasses import dataclass
from typing import Any

from matinee.ranges._series._terms import Terms

__all__ = ["Plan"]

# Steps from the start to the end of a term's range, where they lead on and where they lead back.
_NEXT = ("g.n", "g.n - 2")


@dataclass(frozen=True)
class Plan:
    """What a series is.

    Attributes:
        terms: What it is made of.
        columns: What its rows have: "term", "id", "each_id" or "value".
        names: What it is given, as the SQL calls it: start "a", stop "b", step "s", width "w".
        step: The step, where it is known beforehand.
        ranges: Its rows are ranges of the terms.
        whole: Its ranges end at the stop at the latest.
        zone: The name of the zone whose days count; None for the connection's.
        limit: How many terms it may have, where it is not known that they are no more.
    """

    terms: Terms
    columns: tuple[str, ...]
    names: tuple[str, ...]
    step: Any = None
    ranges: bool = False
    whole: bool = False
    zone: str | None = None
    limit: int | None = None

    @property
    def way(self) -> int:
        """1 where the step leads on, -1 where it leads back, 0 where that is not known."""
        return 0 if self.step is None else self.terms.way(self.step)

    def select(self, given: str) -> str:
        """Return the query of the rows; *given* is the one of what they are made from."""
        return (
            f"SELECT {', '.join(map(self._column, self.columns))} FROM ({given}) q "
            f"CROSS JOIN LATERAL {self._rows()} CROSS JOIN LATERAL ({self._terms()}) e"
            f"{self._where()}"
        )

    def given(self, name: str, sql: str) -> str:
        """Return what is selected for what is given under *name*."""
        kind = self.terms.works_in if name in ("a", "b") else self.terms.step_type
        return f"({sql})::{kind} AS {name}"

    def _column(self, name: str) -> str:
        if name == "term":
            function = f"{self.terms.range_type.name}(e.lower, e.upper)"
            return f"{function if self.ranges else 'e.lower'} AS term"
        if name == "id":
            # Those of several series are numbered all together.
            return f"{'g.n' if len(self.columns) == 2 else 'row_number() OVER ()'} AS id"
        return f"q.value AS {name}"

    def _rows(self) -> str:
        """Return PostgreSQL's rows: all of them, or one by one up to the limit and one more."""
        rows = f"generate_series({self.terms.rows(self.step)})"
        if self.limit is None:
            return f"{rows} WITH ORDINALITY g(t, n)"
        # In SELECT it makes a row when it is asked for one; in FROM all of them at once.
        first = f"SELECT {rows} AS t LIMIT {self.limit + 1}"
        return f"(SELECT r.t, row_number() OVER () AS n FROM ({first}) r) g"

    def _terms(self) -> str:
        """Return each row's term, and the end of its range."""
        term = self.terms.own(self.step) or self.terms.at("g.n - 1")
        if not self.ranges:
            return f"SELECT {term} AS lower"
        if "w" in self.names:
            wider = self.terms.wider("t.lower")
            return f"SELECT t.lower, {wider} AS upper FROM (SELECT {term} AS lower) t"
        return f"SELECT {term} AS lower, {self._either(*map(self.terms.at, _NEXT))} AS upper"

    def _where(self) -> str:
        """Return the condition for a row to be of the series, and not one too many."""
        kept = self._kept()
        if self.limit is not None:
            # What has the number in it is not computed beforehand, as other parts of a CASE are.
            told = f"concat('A series must take at most {self.limit} steps, got step ', g.n)"
            few = f"CASE WHEN g.n > {self.limit} THEN {told}::boolean ELSE true END"
            kept = f"CASE WHEN {kept} THEN {few} END" if kept else few
        return f" WHERE {kept}" if kept else ""

    def _kept(self) -> str:
        if self.whole and self.way > 0:
            return "e.upper <= q.b"
        if self.terms.own(self.step):
            return ""
        return self._either("e.lower <= q.b", "e.lower >= q.b")

    def _either(self, on: str, back: str) -> str:
        """Return the one for steps that lead on, or the other, or what decides."""
        return (f"CASE WHEN {self.terms.forward} THEN {on} ELSE {back} END", on, back)[self.way]
