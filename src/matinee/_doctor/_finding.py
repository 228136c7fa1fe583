"""One line of the doctor's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "Level", "guarded"]


class Level(StrEnum):
    """How it is: only what FAILED makes the command fail."""

    OK = "OK"
    ABSENT = "--"
    WARNING = "!"
    FAILED = "!!"


@dataclass(frozen=True)
class Finding:
    """What was looked at, what was found, and what to do where it is not right."""

    item: str
    level: Level
    found: str
    remedy: str = ""


def guarded(item: str, examine: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """Yield what *examine* finds; an error of whatever kind is a finding too."""
    try:
        yield from examine()
    except Exception as error:  # noqa: BLE001  # a doctor who collapses helps nobody
        first_line = (str(error).strip() or "no message").splitlines()[0]
        yield Finding(item, Level.FAILED, f"{type(error).__name__}: {first_line}")
