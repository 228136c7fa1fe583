"""Every setting of Matinee: declared once, typed, and checked.

A project states what it wants other than the defaults in one dict::

    MATINEE = {"receipts": {"server_timing": True}}

and code reads it as ``conf.receipts.server_timing``. Values are looked up in the dict at every
access, and the dict where a test overrides it: ``override_settings(MATINEE=...)`` works as it does
for Django's own settings.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any, ClassVar, cast

from django.conf import settings
from django.core.signals import setting_changed
from django.dispatch import receiver

from matinee.exceptions import ConfigError

__all__ = [
    "SECTIONS",
    "Problem",
    "Ranges",
    "Reads",
    "Receipts",
    "Section",
    "Setting",
    "ranges",
    "reads",
    "receipts",
]


@dataclass(frozen=True)
class Problem:
    """Something wrong in ``settings.MATINEE``, with the id of its system check."""

    id: str
    message: str
    hint: str


class Setting[T]:
    """One setting: its type, its default and what it means, read as an attribute.

    Args:
        kind: The type a value must have, exactly: ``True`` is no ``int``.
        default: The value where the project names none.
        doc: What it does, with its unit, for the reference.
        at_least: The smallest value that makes sense.
        choices: The values there are, where only some are.
        unset: What the value ``None`` stands for, and how that is called in the reference.

    Raises:
        ConfigError: On access, when the project's value is not what was declared.
    """

    name: str
    section: str

    def __init__(  # noqa: PLR0913  each is one thing to say
        self,
        kind: type[T],
        *,
        default: T | None,
        doc: str,
        at_least: int | None = None,
        choices: tuple[T, ...] = (),
        unset: tuple[str, Callable[[], T]] | None = None,
    ) -> None:
        self.kind = kind
        self.default = default
        self.doc = doc
        self.at_least = at_least
        self.choices = choices
        self.unset = unset
        self.checked: object = Setting  # no value of any setting

    def __set_name__(self, owner: type["Section"], name: str) -> None:
        self.name = name
        self.section = owner.name

    def __get__(self, instance: "Section", owner: type["Section"]) -> T:
        value = instance.raw().get(self.name, self.default)
        if value is not self.checked:  # asked for several times in a request
            if problem := self.problem(value):
                raise ConfigError(problem.message, hint=problem.hint)
            self.checked = value
        if value is None and self.unset is not None:
            return self.unset[1]()
        return cast("T", value)

    @property
    def path(self) -> str:
        """The setting as one writes it: ``MATINEE["reads"]["narrow"]``."""
        return f'MATINEE["{self.section}"]["{self.name}"]'

    @property
    def type_name(self) -> str:
        return f"{self.kind.__name__} or None" if self.unset else self.kind.__name__

    @property
    def default_name(self) -> str:
        """The default as the reference prints it."""
        return f"None, which means {self.unset[0]}" if self.unset else repr(self.default)

    def problem(self, value: object) -> Problem | None:
        """Say what is wrong with *value*, or None."""
        if value is None and self.unset:
            return None
        if type(value) is not self.kind:
            return Problem(
                "matinee.E003",
                f"{self.path} must be {self.type_name}, got {value!r}.",
                f"Its default is {self.default_name}. {self.doc}",
            )
        if self.at_least is not None and isinstance(value, int) and value < self.at_least:
            return Problem(
                "matinee.E004",
                f"{self.path} must be at least {self.at_least}, got {value!r}.",
                f"Its default is {self.default_name}. {self.doc}",
            )
        if self.choices and value not in self.choices:
            return Problem(
                "matinee.E005",
                f"{self.path} must be one of {', '.join(map(repr, self.choices))}, got {value!r}.",
                f"Its default is {self.default_name}. {self.doc}",
            )
        return None


class Section:
    """The settings of one part of Matinee, one level down in ``MATINEE``."""

    name: ClassVar[str]

    @classmethod
    def settings(cls) -> dict[str, Setting[Any]]:
        return {name: each for name, each in vars(cls).items() if isinstance(each, Setting)}

    @classmethod
    def raw(cls) -> dict[str, Any]:
        """Return what the project wrote for this section.

        Raises:
            ConfigError: ``MATINEE`` or the section is no dict.
        """
        whole = project_settings()
        if problem := _not_a_dict("MATINEE", whole):
            raise ConfigError(problem.message, hint=problem.hint)
        section = whole.get(cls.name, {})
        if problem := _not_a_dict(f'MATINEE["{cls.name}"]', section):
            raise ConfigError(problem.message, hint=problem.hint)
        return section  # type: ignore[no-any-return]  # a dict, as was just seen


class Receipts(Section):
    """What each request cost: see :mod:`matinee.receipts`."""

    name = "receipts"

    server_timing = Setting(
        bool,
        default=None,
        unset=("settings.DEBUG", lambda: bool(settings.DEBUG)),
        doc="Send the receipt to the browser in the Server-Timing header.",
    )
    log = Setting(
        bool,
        default=True,
        doc='Write one line a request to the logger "matinee.receipts", level INFO.',
    )
    max_queries = Setting(
        int,
        default=500,
        at_least=0,
        doc="How many queries a receipt keeps with their SQL. All are counted and timed.",
    )


class Reads(Section):
    """How serializers become queries: see :mod:`matinee.reads`."""

    name = "reads"

    narrow = Setting(
        bool,
        default=True,
        doc="Read only the columns a serializer needs, with only(), where rows are listed.",
    )
    max_depth = Setting(
        int,
        default=10,
        at_least=1,
        doc="The deepest nesting of serializers that is planned; what is below stays lazy.",
    )
    on_miss = Setting(
        str,
        default="warn",
        choices=("warn", "raise", "heal"),
        doc="What to do about a query that a plan did not foresee: report it, raise, or load for "
        "all rows at once (Django 6.1) and report it.",
    )

    baseline = Setting(
        str,
        default="",
        doc="A file of findings that manage.py check passes over; "
        "manage.py matinee audit --write-baseline makes it.",
    )

    @property
    def heals(self) -> bool:
        """Whether what was not planned is loaded for all rows at once."""
        return self.on_miss == "heal"


class Ranges(Section):
    """What ranges cost at most: see :mod:`matinee.ranges`."""

    name = "ranges"

    max_steps = Setting(
        int,
        default=100_000,
        at_least=1,
        doc="How many steps a series may take that is asked for without max_steps=.",
    )


receipts = Receipts()
reads = Reads()
ranges = Ranges()

SECTIONS: tuple[Section, ...] = (receipts, reads, ranges)


@cache
def project_settings() -> Any:
    """Return what the project wrote, {} if nothing: Django takes its time to say so."""
    return getattr(settings, "MATINEE", {})


@receiver(setting_changed)
def _changed(*, setting: str, **_signal: object) -> None:
    """Ask again where a test has overridden it."""
    if setting == "MATINEE":
        project_settings.cache_clear()


def problems() -> Iterator[Problem]:
    """Yield all that is wrong in ``settings.MATINEE``."""
    whole = project_settings()
    if problem := _not_a_dict("MATINEE", whole):
        yield problem
        return
    sections = {section.name: section for section in SECTIONS}
    for name, values in whole.items():
        if name in sections:
            yield from _section_problems(sections[name], values)
        else:
            yield _unknown_section(name, sections)


def _section_problems(section: Section, values: object) -> Iterator[Problem]:
    if problem := _not_a_dict(f'MATINEE["{section.name}"]', values):
        yield problem
        return
    declared = section.settings()
    for name, value in values.items():  # type: ignore[attr-defined]  # a dict, as was just seen
        if name not in declared:
            yield _unknown_setting(name, section)
        elif problem := declared[name].problem(value):
            yield problem


def _not_a_dict(path: str, value: object) -> Problem | None:
    if isinstance(value, dict):
        return None
    return Problem(
        "matinee.E001",
        f"{path} must be a dict, got {value!r}.",
        'Write it as MATINEE = {"receipts": {"log": False}}.',
    )


def _unknown_section(name: object, sections: dict[str, Section]) -> Problem:
    homes = [
        f'; it belongs into MATINEE["{each.name}"]' for each in SECTIONS if name in each.settings()
    ]
    nearest = homes[0] if homes else _nearest(name, sections)
    return Problem(
        "matinee.E002",
        f"MATINEE has no section {name!r}{nearest}.",
        f"Its sections are: {', '.join(sorted(sections))}.",
    )


def _unknown_setting(name: object, section: Section) -> Problem:
    declared = section.settings()
    return Problem(
        "matinee.E002",
        f'MATINEE["{section.name}"] has no setting {name!r}{_nearest(name, declared)}.',
        f"Its settings are: {', '.join(sorted(declared))}.",
    )


def _nearest(name: object, known: dict[str, Any]) -> str:
    matches = get_close_matches(str(name).lower(), known, n=1)
    return f"; the nearest is {matches[0]!r}" if matches else ""
