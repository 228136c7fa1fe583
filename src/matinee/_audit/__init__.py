"""What ``python -m matinee audit`` looks for in any project. Changes nothing, sends no query.

Each module looks for one thing and yields findings; ``audit`` puts them in the order of the files.
"""

from collections.abc import Iterator

from matinee._audit import _pairs, _source
from matinee._findings import Finding
from matinee._project import uses_rest_framework

__all__ = ["Finding", "audit"]


def audit() -> list[Finding]:
    """Return all findings on the project whose settings are loaded, ordered by file and line."""
    return sorted(_findings())


def _findings() -> Iterator[Finding]:
    yield from _pairs.findings()
    yield from _source.findings()
    if uses_rest_framework():
        from matinee.reads.drf import _checks

        yield from _checks.findings(unplannable=True)
