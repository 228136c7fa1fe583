"""What code does with the objects it is handed, found out by reading it.

The functions are live ones: names are looked up in their own modules, attributes on the real
classes. ``source`` finds what is written, ``values`` says what a name may stand for, ``reading``
keeps what was asked for, ``interpreter`` goes through the statements; ``objects``, ``managers``,
``builtin`` and ``calls`` know what each kind of value does. Nothing is run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from django.db.models import Model

from matinee.exceptions import ReadsError
from matinee.reads._analysis.calls import call
from matinee.reads._analysis.iteration import serialized
from matinee.reads._analysis.reading import Budget, Framework, Handler, Reading
from matinee.reads._analysis.values import Object, Values
from matinee.reads.shape import Ask, Draft, Shape

__all__ = ["Finding", "Framework", "Handler", "Program", "Reading", "read", "read_once", "write"]

type Program = Callable[[Reading, Object], Values]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a piece of code was found to do with one object.

    Attributes:
        shape: What it reads of it.
        ends: The objects it returns, as relations to follow from the one it is given.
        marks: What the framework wants to remember of the reading.
    """

    shape: Shape
    ends: tuple[tuple[str, ...], ...] = ()
    marks: frozenset[str] = frozenset()


_findings: WeakKeyDictionary[type, dict[Any, Finding]] = WeakKeyDictionary()
_lock = Lock()


def read_once(owner: type, key: Any, look: Callable[[], Finding]) -> Finding:
    """Return what *look* finds, kept for as long as the class *owner* lives."""
    with _lock:
        known = _findings.setdefault(owner, {})
    # Two threads may both look; they find the same.
    return known[key] if key in known else known.setdefault(key, look())


def read(program: Program, model: type[Model], ask: Ask, framework: Framework) -> Finding:
    """Return what *program*, which calls the code, does with an object of *model*.

    Whatever goes wrong here is noted as not seen, and every column of the object is wanted: a
    reading that fails must not fail a request.

    Raises:
        ReadsError: What the code says by ``@needs`` is wrong.
    """
    reading = Reading(Draft(model), ask, framework, call)
    try:
        return _found(reading, program)
    except ReadsError:
        raise
    except Budget as limit:
        reading.unseen(f"the code is longer than is looked at, {limit}", (Object(reading.root),))
        return Finding(reading.root.freeze())
    except Exception as error:  # noqa: BLE001  see above
        return _failed(reading, error)


def _found(reading: Reading, program: Program) -> Finding:
    returned = serialized(reading, program(reading, Object(reading.root)))
    places = dict(_places(reading.root, ()))
    ends = dict.fromkeys(places[id(o.draft)] for o, _ in returned if id(o.draft) in places)
    return Finding(reading.root.freeze(), tuple(ends), frozenset(reading.marks))


def _failed(reading: Reading, error: Exception) -> Finding:
    anew = Reading(Draft(reading.root.model), reading.ask, reading.framework, call)
    anew.file, anew.line = reading.file, reading.line
    anew.unseen(f"reading the code failed with {error!r}", (Object(anew.root),))
    return Finding(anew.root.freeze(), (), frozenset(reading.marks))


def _places(draft: Draft, path: tuple[str, ...]) -> list[tuple[int, tuple[str, ...]]]:
    found = [(id(draft), path)]
    for place, edge in draft.relations.items():
        if edge.far is not None:
            found += _places(edge.far, (*path, place))
    return found


def write(finding: Finding, draft: Draft) -> list[Draft]:
    """Want of *draft* all that was found; return the drafts of what the code returns."""
    draft.merge(finding.shape)
    ends: list[Draft] = []
    for path in finding.ends:
        end = draft
        for place in path:
            far = end.relations[place].far
            if far is None:
                break
            end = far
        ends.append(end)
    return ends
