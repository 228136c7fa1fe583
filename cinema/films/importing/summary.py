"""A run's report as text for a terminal."""

from itertools import groupby

from .notes import Note
from .saving import Report

__all__ = ["text"]

_EXAMPLES = 3


def text(report: Report, *, every_note: bool = False) -> str:
    """Say what became of the films, then each reason with its count and examples."""
    examples = None if every_note else _EXAMPLES
    lines = [_films(report)]
    for reason, notes in _by_reason(report.notes):
        kind, field, why = reason
        lines.append(f"{len(notes):>5} {kind}, {f'{field}: ' if field else ''}{why}")
        lines += [f"        {_example(note)}" for note in notes[:examples]]
    return "\n".join(lines)


def _films(report: Report) -> str:
    counts = (
        f"{report.added:,} films added, {report.changed:,} changed, {report.same:,} as they were, "
        f"{report.refused:,} rows refused."
    )
    if not report.added and not report.changed:
        return f"Nothing to do: {counts}"
    return counts


def _by_reason(notes: list[Note]) -> list[tuple[tuple[str, str, str], list[Note]]]:
    def reason(note: Note) -> tuple[str, str, str]:
        return note.kind, note.field, note.reason

    return [(key, list(group)) for key, group in groupby(sorted(notes, key=reason), key=reason)]


def _example(note: Note) -> str:
    change = note.change()
    return f"{note.place()}{': ' if change else ''}{change}"
