"""What is shown where and when."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matinee.ranges import (
    Bounded,
    DateTimeMultiRangeField,
    DateTimeRangeField,
    MultiRange,
    NoOverlap,
    Range,
)

# Screenings that are further away are slips of the keyboard.
FIRST, LAST = (dt.datetime(year, 1, 1, tzinfo=dt.UTC) for year in (2000, 2100))


class Hall(models.Model):
    name = models.CharField(_("name"), max_length=60, unique=True)
    seats = models.PositiveSmallIntegerField(_("seats"), validators=[MinValueValidator(1)])
    closed = DateTimeMultiRangeField(
        _("closed"),
        default=MultiRange,
        blank=True,
        help_text=_("When nothing can be shown here."),
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("hall")
        verbose_name_plural = _("halls")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse to close while something is shown; in a transaction, wait for who books."""
        if self.pk is None or not isinstance(self.closed, MultiRange):
            return
        _locked(self.pk)
        shown = self.screenings.filter(during__overlap=self.closed).first()
        if shown is not None:
            message = _("Something is shown then: %(screening)s.")
            raise ValidationError(
                {"closed": ValidationError(message, "taken", {"screening": shown})}
            )


class Screening(models.Model):
    """One film in one hall *during* a time that begins with the trailers; its end is excluded."""

    film = models.ForeignKey(
        "films.Film", models.CASCADE, related_name="screenings", verbose_name=_("film")
    )
    hall = models.ForeignKey(
        Hall, models.PROTECT, related_name="screenings", verbose_name=_("hall")
    )
    during = DateTimeRangeField(_("during"))
    price = models.DecimalField(
        _("price, euro"), max_digits=5, decimal_places=2, validators=[MinValueValidator(0)]
    )
    original_version = models.BooleanField(_("original version"), default=False)
    generated = models.BooleanField(_("generated"), default=False, editable=False)

    class Meta:
        ordering = ["during", "hall"]
        verbose_name = _("screening")
        verbose_name_plural = _("screenings")
        indexes = [models.Index(F("during__lower"), name="screening_start")]
        constraints = [
            NoOverlap("hall", "during", name="screening_one_at_a_time", names="object"),
            Bounded(
                "during",
                name="screening_has_an_end",
                within=(FIRST, LAST),
                bounds="[)",
                not_empty=True,
            ),
        ]

    def __str__(self) -> str:
        if not self.during:
            return ""
        return f"{timezone.localtime(self.during.lower):%a %d %b %H:%M}"

    def clean(self) -> None:
        """Refuse a time when the hall is closed; in a transaction, wait for who closes it."""
        if self.hall_id is None or not isinstance(self.during, Range):
            return
        hall = _locked(self.hall_id)
        if hall is not None and hall.closed.overlaps(self.during):
            message = _("%(hall)s is closed then.")
            raise ValidationError({"during": ValidationError(message, "closed", {"hall": hall})})


def _locked(hall: int) -> Hall | None:
    """Return the hall as it is; in a transaction, as it stays until that ends."""
    halls = Hall.objects.filter(pk=hall)
    if transaction.get_connection().in_atomic_block:
        halls = halls.select_for_update(no_key=True)
    return halls.first()
