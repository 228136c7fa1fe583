"""Load films.csv: mend what can be mended, refuse what cannot be, and say which and why."""

import json
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cinema.films.importing import summary
from cinema.films.importing.notes import Note
from cinema.films.importing.reading import FileError, count_lines, read
from cinema.films.importing.saving import Report, save
from cinema.loading import one_at_a_time, progress

FILMS = Path(__file__).parents[2] / "data" / "films.csv"


class Command(BaseCommand):
    requires_system_checks = []  # no data depends on URLs or templates
    help = _(
        "Load the films of a CSV file. A film is known by its row in the file: a second run "
        "changes nothing, and films edited since are set back to what the file says."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", type=Path, default=FILMS, help=_("Default: %(default)s"))
        parser.add_argument(
            "--report",
            type=Path,
            help=_("Write each mend and refusal to this file, as JSON lines."),
        )
        parser.add_argument("--quiet", action="store_true", help=_("Print nothing but errors."))

    def handle(self, **options: object) -> None:
        quiet = options["quiet"] or options["verbosity"] == 0
        try:
            report = load(options["file"], stream=None if quiet else self.stdout)
        except FileError as refusal:
            raise CommandError(str(refusal)) from None
        if options["report"]:
            _write(options["report"], report.notes)
        if not quiet:
            self.stdout.write(summary.text(report, every_note=options["verbosity"] > 1))


def load(path: Path = FILMS, *, stream=None) -> Report:
    """Load the films of *path* in one transaction, with a progress bar on *stream*.

    Raises:
        FileError: The file cannot be read as films at all; nothing was changed.
    """
    total = max(count_lines(path) - 1, 0)
    with one_at_a_time():
        return save(progress(read(path), _("Films"), total=total, stream=stream))


def _write(path: Path, notes: list[Note]) -> None:
    try:
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(note.as_dict(), ensure_ascii=False) + "\n" for note in notes)
    except OSError as error:
        raise CommandError(
            f"--report must name a file that can be written, got {path}: {error.strerror}. "
            "The films are loaded."
        ) from None
