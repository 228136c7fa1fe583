"""What the import did to the source's words, one note for each thing."""

from dataclasses import asdict, dataclass
from typing import Literal

__all__ = ["Note"]

_LONGEST_QUOTE = 60


@dataclass(frozen=True, slots=True)
class Note:
    """One thing mended or refused: a value, or, without a field, a whole row."""

    row: int
    line: int
    kind: Literal["mended", "refused"]
    reason: str
    field: str = ""
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        return f"{self.place()}: {self.sentence()}"

    def place(self) -> str:
        return f"row {self.row} (line {self.line})"

    def sentence(self) -> str:
        """Say what was done without saying where, as a film's page does."""
        return f"{self.field}: {self.change()} ({self.reason})" if self.field else self.reason

    def change(self) -> str:
        if not self.field:
            return ""
        after = "refused" if self.kind == "refused" else f"→ {_quote(self.after)}"
        return f"{_quote(self.before)} {after}"

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def _quote(text: str) -> str:
    if not text:
        return "nothing"
    return f"“{text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + '…'}”"
