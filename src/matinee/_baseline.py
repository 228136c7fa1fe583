"""Findings that a project knows of, in a file of its own: one line each, without line numbers."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from matinee import conf
from matinee._findings import Finding
from matinee.exceptions import ConfigError

__all__ = ["beyond", "write"]

_HEAD = "# What manage.py check passes over. Made by: manage.py matinee audit --write-baseline\n"


def beyond(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the *findings* that are not in the baseline.

    Raises:
        ConfigError: The file that ``reads.baseline`` names cannot be read.
    """
    known = _known()
    return (each for each in findings if _line(each) not in known)


def write(findings: Iterable[Finding]) -> Path:
    """Make the baseline of *findings*; return where it is.

    Raises:
        ConfigError: ``reads.baseline`` names no file.
    """
    if not conf.reads.baseline:
        raise ConfigError(
            'MATINEE["reads"]["baseline"] must name the file to write, got nothing.',
            hint='Write MATINEE = {"reads": {"baseline": "matinee-baseline.txt"}}.',
        )
    path = Path(conf.reads.baseline)
    path.write_text(_HEAD + "".join(f"{line}\n" for line in sorted(set(map(_line, findings)))))
    return path


def _known() -> set[str]:
    if not conf.reads.baseline:
        return set()
    try:
        return set(Path(conf.reads.baseline).read_text().splitlines())
    except OSError as error:
        raise ConfigError(
            f'MATINEE["reads"]["baseline"] must be a file that can be read, got: {error}.',
            hint="Make it: manage.py matinee audit --write-baseline",
        ) from error


def _line(finding: Finding) -> str:
    return f"{finding.id} {' '.join(finding.message.split())}"
