"""``manage.py ranges``: from a pair of columns to a range."""

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.core.management.utils import run_formatters
from django.db import DEFAULT_DB_ALIAS
from django.db.migrations import Migration
from django.db.migrations.writer import MigrationWriter

from matinee.ranges._convert import (
    BOUNDS,
    NULLS,
    Conversion,
    File,
    Wishes,
    advice,
    files,
    read,
)

__all__ = ["Command"]


class Command(BaseCommand):
    """Write the migrations that make a range of a start and a stop, without downtime."""

    help = "Write the migrations that turn a start and a stop into a range, without downtime."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the model, the fields, and what the user chooses."""
        commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
        convert = commands.add_parser("convert", help="write the migrations; change no database")
        convert.add_argument("model", metavar="APP.MODEL")
        convert.add_argument("start", help="the field that it begins at")
        convert.add_argument("stop", help="the field that it ends at")
        convert.add_argument("during", help="the name of the range to be")
        _add_meaning(convert)
        _add_making(convert)

    def handle(self, *_names: str, **options: Any) -> None:
        """Write, or print; then say what to do."""
        wishes = Wishes(
            bounds=options["bounds"],
            nulls=options["nulls"],
            allow_empty=options["allow_empty"],
            batch_size=options["batch_size"],
            lock_timeout_ms=options["lock_timeout_ms"],
            index=not options["no_index"],
            no_overlap=_fields(options["no_overlap"]),
            drop_constraints=tuple(options["drop_constraint"]),
        )
        names = (options["start"], options["stop"], options["during"])
        found = read(
            options["model"],
            names,
            wishes,
            database=options["database"],
            schema=options["schema"],
        )
        written = files(found)
        if options["dry_run"]:
            for each in written:
                self.stdout.write(self.style.MIGRATE_HEADING(f"{each.name}.py") + f"\n{each.text}")
        else:
            self._write(found, written)
        self.stdout.write(advice(found, written))

    def _write(self, found: Conversion, written: list[File]) -> None:
        folder = Path(MigrationWriter(Migration("", found.app)).basedir)
        for each in written:
            with (folder / f"{each.name}.py").open("x", encoding="utf-8") as file:
                file.write(each.text)
            self.stdout.write(f"Wrote {each.name}.py")
        run_formatters([str(folder / f"{each.name}.py") for each in written])


def _add_meaning(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--bounds", choices=BOUNDS, default="[)", help='"[]" where the stop belongs to the range'
    )
    parser.add_argument(
        "--nulls",
        choices=NULLS,
        default="unbounded",
        help="what a row with neither start nor stop becomes (default: unbounded)",
    )
    parser.add_argument(
        "--allow-empty",
        action="store_true",
        help="make an empty range of a row that stops as it starts, which is refused otherwise",
    )
    parser.add_argument(
        "--no-overlap",
        metavar="FIELD[,FIELD]",
        help='an exclusion constraint for equal values of these fields; "" for all rows',
    )
    parser.add_argument("--no-index", action="store_true", help="no GiST index on the range")
    parser.add_argument(
        "--drop-constraint",
        action="append",
        default=[],
        metavar="NAME",
        help="a constraint on start or stop that may go with them; repeatable",
    )


def _add_making(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--batch-size", type=_positive, default=1000, metavar="ROWS", help="rows a transaction"
    )
    parser.add_argument(
        "--lock-timeout-ms",
        type=_positive,
        default=2000,
        metavar="MS",
        help="how long a migration waits for a lock before it gives up (default: 2000)",
    )
    parser.add_argument("--database", default=DEFAULT_DB_ALIAS, metavar="ALIAS")
    parser.add_argument("--schema", default="", help="the table's; asked of the database otherwise")
    parser.add_argument("--dry-run", action="store_true", help="print the files, write none")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"must be a positive number, got {text!r}")
    return int(text)


def _fields(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    return tuple(name.strip() for name in text.split(",") if name.strip())
