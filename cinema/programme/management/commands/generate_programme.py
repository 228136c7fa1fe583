"""Invent the programme: halls, and screenings from a week ago until two weeks ahead."""

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from cinema.loading import one_at_a_time
from cinema.programme.generate import generate


class Command(BaseCommand):
    help = _("Extend the invented programme to two weeks ahead of today, day by day.")

    def handle(self, **options: object) -> None:
        with one_at_a_time():
            made = generate(today=timezone.localdate())
        if options["verbosity"]:
            text = _("%(count)d screenings invented.") if made else _("Nothing to do.")
            self.stdout.write(text % {"count": made})
