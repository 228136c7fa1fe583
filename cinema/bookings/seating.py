"""The seats of a hall as a drawing: rows of squares, told apart by shape as well as by colour."""

from collections.abc import Iterable
from dataclasses import dataclass

from matinee.ranges import INT4RANGE, MultiRange, Range

__all__ = ["Plan", "plan"]

A_ROW = 20
STEP = 10
FREE, TAKEN, YOURS = "free", "taken", "yours"


@dataclass(frozen=True)
class Seat:
    number: int
    left: int
    top: int
    state: str


@dataclass(frozen=True)
class Plan:
    """Attributes: seats, *free* and *yours* as multiranges of their numbers, and a drawing."""

    seats: list[Seat]
    free: MultiRange[int]
    yours: MultiRange[int]
    width: int
    height: int

    @property
    def left(self) -> int:
        """How many seats are free."""
        return self.free.width


def plan(hall: int, *, taken: Iterable[Range[int]], yours: Iterable[Range[int]]) -> Plan:
    """Draw a *hall* of so many seats. No query."""
    all_taken = MultiRange(taken, range_type=INT4RANGE)
    own = MultiRange(yours, range_type=INT4RANGE)
    free = MultiRange([Range(1, hall + 1)], range_type=INT4RANGE) - all_taken
    seats = [
        Seat(
            number,
            (number - 1) % A_ROW * STEP,
            (number - 1) // A_ROW * STEP,
            FREE if number in free else YOURS if number in own else TAKEN,
        )
        for number in range(1, hall + 1)
    ]
    return Plan(seats, free, own, A_ROW * STEP, -(-hall // A_ROW) * STEP)
