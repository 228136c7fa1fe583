"""The register of faults that the break-it strip offers.

An app adds its own in a module named ``faults``; it is imported only where CINEMA_BREAK_IT is on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise

type Text = str | Promise


@dataclass(frozen=True)
class Fault:
    """Something to break on purpose.

    Attributes:
        name: A slug, the last part of its address.
        title: What the button says.
        explanation: What it does, and what to look at afterwards.
        run: Does it, and returns what happened, for staff to read.
        possible: Whether this site can show it.
    """

    name: str
    title: Text
    explanation: Text
    run: Callable[[], str]
    possible: Callable[[], bool]


_register: dict[str, Fault] = {}


def fault(
    name: str, title: Text, *, explanation: Text, possible: Callable[[], bool] = lambda: True
) -> Callable[[Callable[[], str]], Callable[[], str]]:
    """Put the decorated function on the strip."""

    def register(run: Callable[[], str]) -> Callable[[], str]:
        _register[name] = Fault(name, title, explanation, run, possible)
        return run

    return register


def faults() -> Mapping[str, Fault]:
    """Return what can be broken here and now, in the order it was registered."""
    return MappingProxyType({name: it for name, it in _register.items() if it.possible()})
