"""Peers measured in the same run, round by round, and a gate that luck does not open.

The machine's mood changes within seconds, so contenders take turns in short samples, in an order
that moves on each round, and only samples of the same round are compared. A gate is held against
the less favourable quartile of those ratios: three rounds of four must be at least that good.
"""

import gc
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

__all__ = [
    "Contender",
    "Context",
    "Figure",
    "Report",
    "Timings",
    "check_alike",
    "figure",
    "rotated",
]

MIN_ROUNDS = 9
CLOSE_ROUNDS = 31
QUICK_CLOSE_ROUNDS = 13
CLOSE_TURNS = 5


@dataclass(frozen=True)
class Contender:
    """One way to do the work; *run* returns the result, which must equal the others'."""

    name: str
    run: Callable[[], Any]


@dataclass(frozen=True)
class Figure:
    """One named number with the samples it stands for, and the gate it must pass.

    Attributes:
        samples: One number a round.
        at_least: The gate where more is better.
        at_most: The gate where less is better.
    """

    name: str
    samples: Sequence[float]
    at_least: float | None = None
    at_most: float | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.samples)

    @property
    def quartile(self) -> float:
        """The less favourable quartile: what three samples of four are at least as good as."""
        if len(self.samples) == 1:
            return self.samples[0]
        lower, _, upper = statistics.quantiles(self.samples, n=4, method="inclusive")
        return lower if self.at_most is None else upper

    @property
    def passed(self) -> bool:
        """Whether the quartile passes the gate; true where there is none."""
        if self.at_least is not None and self.quartile < self.at_least:
            return False
        return self.at_most is None or self.quartile <= self.at_most

    @property
    def gate(self) -> str:
        if self.at_least is not None:
            return f">= {self.at_least:g}"
        return "" if self.at_most is None else f"<= {self.at_most:g}"


def figure(
    name: str,
    samples: float | Sequence[float],
    *,
    at_least: float | None = None,
    at_most: float | None = None,
) -> Figure:
    """Return a figure of any kind: one number, or one a round."""
    if at_least is not None and at_most is not None:
        raise ValueError(f"{name} must have one gate, at_least or at_most, not both.")
    each = [samples] if isinstance(samples, int | float) else list(samples)
    return Figure(name, each, at_least, at_most)


@dataclass(frozen=True)
class Timings:
    """Seconds a call, by contender, one a round."""

    title: str
    seconds: dict[str, list[float]]

    def ratios(self, *, of: str, over: str) -> list[float]:
        """Return how many times faster *of* was than *over*, round by round."""
        return [
            slow / fast for fast, slow in zip(self.seconds[of], self.seconds[over], strict=True)
        ]

    def speedup(self, name: str, *, of: str, over: str, at_least: float | None = None) -> Figure:
        """Return the ratio of speeds as a figure: 2 where *of* takes half of *over*'s time."""
        return figure(name, self.ratios(of=of, over=over), at_least=at_least)


@dataclass(frozen=True)
class Report:
    """What a benchmark found.

    Attributes:
        timings: One table, or several.
        figures: What is held against gates.
        facts: More numbers by contender, under a title with their unit.
        notes: Lines printed below the tables.
    """

    timings: Timings | Sequence[Timings]
    figures: Sequence[Figure] = ()
    facts: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    notes: Sequence[str] = ()

    @property
    def tables(self) -> list[Timings]:
        return [self.timings] if isinstance(self.timings, Timings) else list(self.timings)


@dataclass
class Context:
    """What a benchmark runs in.

    Attributes:
        quick: Take less data, shorter samples, and fewer rounds where contenders are close.
        rounds: At least 9.
        sample_s: How long a sample should take, in seconds.
    """

    quick: bool = False
    rounds: int = MIN_ROUNDS
    sample_s: float = field(init=False)

    def __post_init__(self) -> None:
        if self.rounds < MIN_ROUNDS:
            raise ValueError(f"There must be at least {MIN_ROUNDS} rounds, got {self.rounds}.")
        self.sample_s = 0.05 if self.quick else 0.25

    def measure(self, *contenders: Contender, title: str = "", close: bool = False) -> Timings:
        """Let the contenders take turns, after one warm-up each.

        Args:
            contenders: Whoever does the work.
            title: The table's.
            close: The contenders are so close, to each other or to a gate, that noise would
                decide. They take more rounds then, and of each round's turns the best counts:
                what else the machine does can only make a turn slower.

        Raises:
            ValueError: Two contenders return different results, or have one name.
        """
        names = [contender.name for contender in contenders]
        if len(set(names)) < len(names):
            raise ValueError(f"Contenders must have names of their own, got {names}.")
        check_alike({each.name: each.run() for each in contenders})
        closely = QUICK_CLOSE_ROUNDS if self.quick else CLOSE_ROUNDS
        rounds, turns = (max(closely, self.rounds), CLOSE_TURNS) if close else (self.rounds, 1)
        calls = {each.name: _calls_for(self.sample_s / turns, each.run) for each in contenders}
        seconds: dict[str, list[float]] = {name: [] for name in names}
        gc.collect()
        gc.freeze()
        try:
            for number in range(rounds):
                for name, sample in _round(contenders, calls, range(number, number + turns)):
                    seconds[name].append(sample)
        finally:
            gc.unfreeze()
        return Timings(title, seconds)


def check_alike(results: Mapping[str, Any]) -> None:
    """Make sure that the contenders' results are equal.

    Raises:
        ValueError: They are not.
    """
    (first, expected), *others = results.items()
    for name, result in others:
        if result != expected:
            raise ValueError(
                f"Contenders must return equal results: {first!r} and {name!r} differ."
            )


def rotated[T](contenders: Sequence[T], turn: int) -> list[T]:
    """Return the order of round *turn*: each begins in its turn."""
    start = turn % len(contenders)
    return [*contenders[start:], *contenders[:start]]


def _round(
    contenders: Sequence[Contender], calls: Mapping[str, int], turns: range
) -> Iterator[tuple[str, float]]:
    """Return the best of each contender's turns."""
    taken: dict[str, list[float]] = {each.name: [] for each in contenders}
    for turn in turns:
        for each in rotated(contenders, turn):
            taken[each.name].append(_sample(each.run, calls[each.name]))
    return ((name, min(samples)) for name, samples in taken.items())


def _calls_for(sample_s: float, run: Callable[[], Any]) -> int:
    start = perf_counter()
    run()
    return max(1, round(sample_s / max(perf_counter() - start, 1e-9)))


def _sample(run: Callable[[], Any], calls: int) -> float:
    """Return the seconds one call took, the median; what was left before is collected untimed."""
    gc.collect()
    return statistics.median(_timed(run) for _ in range(calls))


def _timed(run: Callable[[], Any]) -> float:
    start = perf_counter()
    run()
    return perf_counter() - start
