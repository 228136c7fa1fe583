"""What the drawer shows of a receipt: plain data, ready for a template."""

from dataclasses import dataclass
from itertools import batched

from django.utils.safestring import SafeString

from cinema.backstage.sql import readable
from matinee.receipts import Mark, Query, Receipt

COLOURS = 8
FRAMES_A_STRIP = 40
FRAME_WIDTH, STRIP_HEIGHT = 10, 14  # of an SVG 400 wide


@dataclass(frozen=True)
class Statement:
    """One SQL text, and how often this page sent it; *share* is of 100, the slowest's bar."""

    sql: SafeString
    count: int
    ms: float
    share: int
    colour: int


@dataclass(frozen=True)
class Frame:
    """One query as a frame of film, in the colour of its statement."""

    left: int
    colour: int


@dataclass(frozen=True)
class Strip:
    top: int
    frames: list[Frame]


@dataclass(frozen=True)
class Account:
    """What one page cost; *film* shows each query, *statements* the distinct ones."""

    queries: int
    sql_ms: float
    total_ms: float
    bytes: int
    planned: bool
    statements: list[Statement]
    film: list[Strip]
    plans: list[Mark]
    kept: int

    @property
    def left_out(self) -> int:
        """Queries past the receipt's cap: counted, but neither drawn nor listed."""
        return self.queries - self.kept

    @property
    def film_height(self) -> int:
        return len(self.film) * STRIP_HEIGHT


def account(receipt: Receipt, *, size: int, planned: bool) -> Account:
    """Read *receipt*, now: *size* is the page's own length in bytes, without the drawer."""
    plans = [mark for mark in receipt.marks if mark.part == "reads" and mark.detail is not None]
    return Account(
        queries=receipt.query_count,
        sql_ms=receipt.query_ms,
        total_ms=receipt.total_ms,
        bytes=size,
        planned=planned and bool(plans),
        statements=_statements(receipt.queries),
        film=_film(receipt.queries),
        plans=plans if planned else [],
        kept=len(receipt.queries),
    )


def _film(queries: list[Query]) -> list[Strip]:
    numbers = {sql: number for number, sql in enumerate(dict.fromkeys(q.sql for q in queries))}
    frames = [
        Frame(place % FRAMES_A_STRIP * FRAME_WIDTH + 1, numbers[query.sql] % COLOURS)
        for place, query in enumerate(queries)
    ]
    rows = list(batched(frames, FRAMES_A_STRIP, strict=False)) or [()]
    return [Strip(number * STRIP_HEIGHT, list(row)) for number, row in enumerate(rows)]


def _statements(queries: list[Query]) -> list[Statement]:
    times: dict[str, list[float]] = {}
    for query in queries:
        times.setdefault(query.sql, []).append(query.ms)
    longest = max(map(sum, times.values()), default=0) or 1
    return [
        Statement(readable(sql), len(ms), sum(ms), round(100 * sum(ms) / longest), nth % COLOURS)
        for nth, (sql, ms) in enumerate(times.items())
    ]
