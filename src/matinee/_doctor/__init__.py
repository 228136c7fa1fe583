"""What ``manage.py matinee doctor`` looks at: software, settings, databases. Changes nothing."""

from collections.abc import Iterator

from matinee._doctor import _database, _project, _software
from matinee._doctor._finding import Finding, Level

__all__ = ["Finding", "Level", "examine"]


def examine() -> Iterator[Finding]:
    """Yield a finding for each thing that can be right or wrong; never raises."""
    yield from _software.findings()
    yield from _project.findings()
    yield from _database.findings()
