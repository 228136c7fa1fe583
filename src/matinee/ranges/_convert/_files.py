"""The migrations of a conversion, as text."""

import textwrap
from functools import cache
from importlib.resources import files as resources
from typing import Any, NamedTuple

from django.db.migrations.writer import MigrationWriter
from django.template import Context, Engine, Template

from matinee.ranges._convert._conversion import Conversion
from matinee.ranges._convert._sql import Expressions, column, quoted, short, trigger

__all__ = ["File", "files", "index_name", "no_overlap"]

_WIDTH = 100


class File(NamedTuple):
    """A migration.

    Attributes:
        name: Without ``.py``.
        text: Its source.
    """

    name: str
    text: str


def files(found: Conversion) -> list[File]:
    """Return the migrations, in the order in which they are applied."""
    named = _names(found)
    facts = _facts(found) | named
    return [File(name, _rendered(template, facts)) for template, name in named.items()]


def index_name(found: Conversion) -> str:
    """Return the name of the range's index, of at most 30 characters: Django's limit."""
    return short(f"{found.model.lower()}_{found.during}_gist", 30)


def constraint_name(found: Conversion) -> str:
    """Return the name of the constraint: the one that it has by itself, if PostgreSQL takes it."""
    return short(_own_name(found), 63)


def no_overlap(found: Conversion) -> str:
    """Return the constraint as models.py has it."""
    named = f', name="{constraint_name(found)}"' * (len(_own_name(found)) > 63)
    fields = ", ".join(f'"{each}"' for each in _fields(found))
    return f"NoOverlap({fields}{named})"


def _own_name(found: Conversion) -> str:
    return "_".join((found.app, found.model.lower(), *_fields(found), "excl"))


def _fields(found: Conversion) -> tuple[str, ...]:
    return (*(found.wishes.no_overlap or ()), found.during)


def _names(found: Conversion) -> dict[str, str]:
    """Return the name of each migration by its template's."""
    model = found.model.lower()
    ends = {
        "add": f"{model}_add_{found.during}",
        "fill": f"{model}_fill_{found.during}",
        "require": f"{model}_require_{found.during}",
        "no_overlap": f"{model}_{found.during}_no_overlap",
        "drop": f"{model}_drop_{found.start.name}_{found.stop.name}",
    }
    if found.wishes.no_overlap is None:
        del ends["no_overlap"]
    return {each: f"{found.number + at:04}_{end}" for at, (each, end) in enumerate(ends.items())}


def _facts(found: Conversion) -> dict[str, Any]:
    row, own = Expressions(found), Expressions(found, "found.")
    schema = quoted(found.schema)
    key = [quoted(each) for each in found.key]
    wishes = found.wishes
    return {
        "app": found.app,
        "model": found.model,
        "model_name": found.model.lower(),
        "leaf": found.leaf,
        "start": found.start.name,
        "stop": found.stop.name,
        "during": found.during,
        "field": _fitted(found.field),
        "nullable_field": _fitted(found.nullable_field),
        "table": f"{schema}.{quoted(found.table)}",
        "table_name": found.table,
        "start_column": row.start,
        "stop_column": row.stop,
        "during_column": row.during,
        "key": ", ".join(key),
        "key_name": "/".join(found.key),
        "key_places": ", ".join(["%s"] * len(key)),
        "key_backwards": ", ".join(f"{each} DESC" for each in key),
        "joined": " AND ".join(f"found.{each} = batch.{each}" for each in key),
        "bad": row.bad,
        "bad_words": _bad_words(found),
        "nulls": _nulls(found),
        "without": row.without,
        "range": own.range(4),
        "lower": own.lower,
        "upper": own.upper,
        "trigger": trigger(found),
        "batch_size": wishes.batch_size,
        "lock_timeout": f"{wishes.lock_timeout_ms}ms",
        "check": quoted(short(f"{found.table}_{found.during}_in_step", 63)),
        "in_step": f"{row.during} IS NOT NULL" + f" OR ({row.neither})" * found.null,
        "require_not_null": not found.null,
        "index": wishes.index and index_name(found),
        "index_name": f"{schema}.{quoted(index_name(found))}",
        "no_overlap": wishes.no_overlap,
        "constraint": constraint_name(found),
        "fields": _fields(found),
        "indexes": found.indexes,
        "constraints": found.constraints,
        "options": {key: _source(value) for key, value in (found.options or {}).items()},
        "before_drop": (_names(found) | {"drop": ""}).get("no_overlap", _names(found)["require"]),
        "add_start": column(found.start),
        "add_stop": column(found.stop),
        "restored": found.restored,
    } | _required(found, row)


def _required(found: Conversion, row: Expressions) -> dict[str, str]:
    """Return what the columns that may not be NULL need, when they come back."""
    pairs = [(found.start, row.start, "lower"), (found.stop, row.stop, "upper")]
    needed = [each for each in pairs if not each[0].null]
    return {
        "required": " AND ".join(f"{name} IS NOT NULL" for _, name, _ in needed),
        "required_names": " and ".join(pair.name for pair, _, _ in needed),
        "lacking": " OR ".join(f"{end}({row.during}) IS NULL" for _, _, end in needed),
        "set_not_null": ",\n    ".join(
            f"ALTER COLUMN {name} SET NOT NULL" for _, name, _ in needed
        ),
    }


def _fitted(field: str) -> str:
    """Return a field as a formatter would have it behind ``field=matinee.ranges.fields.``."""
    if len(field) <= _WIDTH - len("            field=matinee.ranges.fields.,"):
        return field
    name, _, arguments = field.removesuffix(")").partition("(")
    return f"{name}(\n                {arguments}\n            )"


def _source(value: Any) -> str:
    """Return *value* as Python, in double quotes where that is easy."""
    text = str(MigrationWriter.serialize(value)[0])
    return text if '"' in text else text.replace("'", '"')


def _nulls(found: Conversion) -> str:
    start, stop = found.start, found.stop
    if not start.null and not stop.null:
        return f"Neither {start.name} nor {stop.name} is ever NULL."
    told = f"Where {start.name} or {stop.name} is NULL, the range has no bound there."
    if found.null:
        told += f" A row with neither has no {found.during}."
    return told


def _bad_words(found: Conversion) -> str:
    start, stop, wishes = found.start.name, found.stop.name, found.wishes
    if wishes.bounds == "[)":
        return f"{stop} is {'before' if wishes.allow_empty else 'not after'} {start}"
    last = f", or the last {found.kind.range} can have" if found.kind.last else ""
    return f"{stop} is before {start}{last}"


@cache
def _template(name: str) -> Template:
    text = resources("matinee.ranges._convert").joinpath("templates", f"{name}.py-tpl")
    return Engine(autoescape=False).from_string(text.read_text(encoding="utf-8"))


def _rendered(template: str, facts: dict[str, Any]) -> str:
    _, docstring, code = (
        _template(template).render(Context(facts, autoescape=False)).split('"""', 2)
    )
    wrapped = "\n\n".join(textwrap.fill(each, _WIDTH) for each in docstring.strip().split("\n\n"))
    end = "\n" if "\n" in wrapped else ""
    return f'"""{wrapped}{end}"""{code}'
