"""Invent reviewers and their reviews."""

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from cinema.loading import one_at_a_time
from cinema.reviews.generate import generate


class Command(BaseCommand):
    help = _("Invent reviews of all films, once.")

    def handle(self, **options: object) -> None:
        with one_at_a_time():
            made = generate(today=timezone.localdate())
        if options["verbosity"]:
            text = _("%(count)d reviews invented.") if made else _("Nothing to do.")
            self.stdout.write(text % {"count": made})
