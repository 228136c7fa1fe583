"""What the import did to the source's words, one note for each thing."""

from dataclasses import asdict, dataclass
from typing import Literal

__all__ = ["Note"]

_LONGEST_QUOTE = 60


@dataclass(frozen=True, slots=True)
class Note:
    """One thing mended, or refused: a value (its field is left empty) or a whole row (`field` "")."""

    row: int
    line: int
    kind: Literal["mended", "refused"]
    reason: str
    field: str = ""
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        what = f"row {self.row} (line {self.line})"
        return f"{what}: {self.sentence()}"

    def sentence(self) -> str:
        """Say what was done without saying where, as a film's page does."""
        if not self.field:
            return self.reason
        change = f"{_quote(self.before)} → {_quote(self.after)}"
        if self.kind == "refused":
            change = f"{_quote(self.before)} refused"
        return f"{self.field}: {change} ({self.reason})"

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def _quote(text: str) -> str:
    if not text:
        return "nothing"
    return f"“{text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + '…'}”"
