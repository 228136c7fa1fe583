"""What the user does with the migrations."""

from matinee.ranges._convert._conversion import Conversion
from matinee.ranges._convert._files import File, constraint_name, expressions, index_name

__all__ = ["advice"]


def advice(found: Conversion, written: list[File]) -> str:
    """Return what to edit in the models, and what to deploy when."""
    return "\n".join([*_edits(found), "", *_deployment(found, written)])


def _edits(found: Conversion) -> list[str]:
    lines = [
        f"Edit {found.models_file}, class {found.model}:",
        f"  - {found.start.name}, {found.stop.name}",
        f"  + from matinee.ranges.fields import {found.kind.field}",
        f"  + {found.during} = {found.field}",
    ]
    gone = [*found.indexes, *found.constraints]
    if gone:
        lines.append(f"  - in Meta: {', '.join(gone)}")
    if found.wishes.index:
        lines += [
            "  + from django.contrib.postgres.indexes import GistIndex",
            "  + in Meta.indexes: "
            + f'GistIndex(fields=["{found.during}"], name="{index_name(found)}")',
        ]
    if found.wishes.no_overlap is not None:
        lines += [
            "  + from django.contrib.postgres.constraints import ExclusionConstraint",
            "  + in Meta.constraints: ExclusionConstraint("
            + f'name="{constraint_name(found)}", expressions=[{expressions(found)}])',
        ]
    for key in ("ordering", "get_latest_by"):
        if found.options and key in found.options:
            lines.append(f"  + in Meta: {key} = {found.options[key]!r}")
    return lines


def _deployment(found: Conversion, written: list[File]) -> list[str]:
    *first, last = (each.name for each in written)
    start, stop = found.start.name, found.stop.name
    warning = []
    if found.wishes.allow_empty:
        warning = [f"   It forgets {start} and {stop} of the rows whose range is empty."]
    return [
        "Deploy:",
        f"1. The edited models with {first[0][:4]} to {first[-1][:4]}, without {last[:4]}.",
        "   Migrate before the first new process starts; old ones run on:",
        f"     python manage.py migrate {found.app} {first[-1]}",
        f"   Until step 2, write only ranges that {start} and {stop} can say.",
        f"2. Once no process runs the old code, {last[:4]} in a release of its own:",
        f"     python manage.py migrate {found.app} {last}",
        *warning,
        "Either way back: python manage.py migrate with the name of the migration before.",
    ]
