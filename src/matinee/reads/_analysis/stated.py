"""What ``@needs`` states, wanted."""

from matinee.exceptions import ReadsError
from matinee.reads._analysis.objects import attribute, called_if_simple
from matinee.reads._analysis.reading import Reading
from matinee.reads._analysis.values import Generic, Object, Rows, Values, union
from matinee.reads._needs import Needs, problems_of
from matinee.reads.words import state

__all__ = ["want"]


def want(reading: Reading, owner: Object, stated: Needs) -> None:
    """Want of *owner* all that is *stated*.

    Raises:
        ReadsError: A path leads nowhere.
    """
    for problem in problems_of(stated, owner.draft.model):
        raise ReadsError(
            f"@needs must name attributes, got {problem}",
            hint=f"Correct the path where {reading.asks()} is written.",
            code="reads.bad_needs",
        )
    for path in stated.wants:
        if not isinstance(path, str):
            state(owner.draft, path, reading.asks())
            continue
        values: Values = (owner,)
        for name in path.split("__"):
            reached = union(*(_reached(reading, each, name) for each in values))
            values = called_if_simple(reading, reached)
        for each in values:
            _hand_over(reading, each)


def _reached(reading: Reading, value: object, name: str) -> Values:
    """Return what *name* is of *value*, or of each of its rows."""
    if isinstance(value, Rows):
        rows = reading.follow(value.owner, value.hop)
        return union(*(attribute(reading, each, name) for each in rows))
    return attribute(reading, value, name) if isinstance(value, Object) else ()


def _hand_over(reading: Reading, value: object) -> None:
    """Want every column of what a path ends at."""
    match value:
        case Rows(owner, hop):
            for each in reading.follow(owner, hop):
                _hand_over(reading, each)
        case Object(draft):
            draft.hand_over(reading.asks())
        case Generic():
            pass  # such objects are always loaded whole
