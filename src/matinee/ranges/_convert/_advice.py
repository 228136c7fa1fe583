"""What the user does with the migrations."""

from matinee.ranges._convert._conversion import Conversion
from matinee.ranges._convert._files import File, index_name, no_overlap

__all__ = ["advice"]


def advice(found: Conversion, written: list[File]) -> str:
    """Return what to edit in the models, and what to deploy when."""
    return "\n".join([*_edits(found), "", *_deployment(found, written)])


def _edits(found: Conversion) -> list[str]:
    gone = [found.start.name, found.stop.name, *found.indexes, *found.constraints]
    meta = _meta(found)
    inner = [f"{found.during} = {found.field}"]
    if meta:
        inner += ["", "class Meta:", *(f"    {line}" for line in meta)]
    return [
        f"Edit {found.models_file}: {', '.join(gone)} of {found.model} go, and in comes",
        *(f"  {line}" for line in _imports(found)),
        "",
        *(f"      {line}".rstrip() for line in inner),
    ]


def _imports(found: Conversion) -> list[str]:
    lines = ["from django.contrib.postgres.indexes import GistIndex"] * found.wishes.index
    if found.wishes.no_overlap is not None:
        lines.append("from matinee.ranges.constraints import NoOverlap")
    return [*lines, f"from matinee.ranges.fields import {found.kind.field}"]


def _meta(found: Conversion) -> list[str]:
    """Return what ``Meta`` gets, beside what it keeps."""
    options = found.options or {}
    keys = [key for key in ("ordering", "get_latest_by") if key in options]
    lines = [f"{key} = {options[key]!r}" for key in keys]
    if found.wishes.index:
        made = f'fields=["{found.during}"], name="{index_name(found)}"'
        lines.append(f"indexes = [GistIndex({made})]")
    if found.wishes.no_overlap is not None:
        lines.append(f"constraints = [{no_overlap(found)}]")
    return lines


def _deployment(found: Conversion, written: list[File]) -> list[str]:
    *first, last = (each.name for each in written)
    start, stop = found.start.name, found.stop.name
    lines = [
        "Deploy",
        f"1. the edited models with {first[0][:4]} to {first[-1][:4]}, without {last[:4]}.",
        "   Before the first new process starts:",
        f"     python manage.py migrate {found.app} {first[-1]}",
        f"   Old ones may run on. Until step 2, write only ranges that {start} and {stop} can say.",
        f"2. {last[:4]}, in a release of its own, once no process runs the old code:",
        f"     python manage.py migrate {found.app} {last}",
    ]
    if found.wishes.allow_empty:
        lines.append(f"   It forgets {start} and {stop} of the rows whose range is empty.")
    return lines
