"""One thing that a check or the audit found."""

from dataclasses import dataclass

__all__ = ["Finding"]


@dataclass(frozen=True, order=True)
class Finding:
    """What is where, and the line to write.

    Attributes:
        file: Relative to the working directory where it is below it; "" where there is none.
        line: From 1; 0 where there is none.
        id: As system checks have them: "matinee.W201".
        message: What was found.
        hint: What to do, the line to write where there is one.
        cost: What it costs, in the reader's terms: "1 query a row"; "" where that is not known.
    """

    file: str
    line: int
    id: str
    message: str
    hint: str
    cost: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.file else ""
        cost = f" ({self.cost})" if self.cost else ""
        return f"{place}{self.id} {self.message}{cost}"
