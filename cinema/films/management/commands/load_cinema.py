"""Fill the cinema: the films of films.csv, then what is invented around them."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from cinema.bookings import generate as bookings
from cinema.films import codirectors
from cinema.films.importing.reading import FileError
from cinema.films.models import Film
from cinema.loading import one_at_a_time
from cinema.programme import generate as programme
from cinema.reviews import generate as reviews

from .load_films import load


class Command(BaseCommand):
    # The demo runs this at every start, and no data depends on URLs or templates.
    requires_system_checks = []
    help = _(
        "Load the films where there are none yet, then invent co-directors, reviews, a "
        "programme around today and its bookings. What is there is left as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quiet", action="store_true", help=_("Print nothing but errors."))

    def handle(self, **options: object) -> None:
        quiet = options["quiet"] or options["verbosity"] == 0
        today = timezone.localdate()
        made = [
            (self._load(quiet=quiet), _("films loaded")),
            (_alone(codirectors.generate), _("co-directors invented")),
            (_alone(reviews.generate, today=today), _("reviews invented")),
            (_alone(programme.generate, today=today), _("screenings invented")),
            (_alone(bookings.generate, today=today), _("bookings invented")),
        ]
        if not quiet:
            done = [f"{count:,} {what}" for count, what in made if count]
            self.stdout.write((", ".join(done) or _("All is there already")) + ".")

    def _load(self, *, quiet: bool) -> int:
        # The films are saved all at once: where there is one, there are all.
        if Film.objects.filter(source_row__isnull=False).exists():
            return 0
        try:
            return load(stream=None if quiet else self.stdout).added
        except FileError as refusal:
            raise CommandError(str(refusal)) from None


def _alone(generate, **arguments: object) -> int:
    with one_at_a_time():
        return generate(**arguments)
