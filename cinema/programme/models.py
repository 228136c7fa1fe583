"""What is shown where and when."""

import datetime as dt

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matinee.ranges import Bounded, DateTimeRangeField, NoOverlap

# Screenings that are further away are slips of the keyboard.
FIRST, LAST = (dt.datetime(year, 1, 1, tzinfo=dt.UTC) for year in (2000, 2100))


class Hall(models.Model):
    name = models.CharField(_("name"), max_length=60, unique=True)
    seats = models.PositiveSmallIntegerField(_("seats"), validators=[MinValueValidator(1)])

    class Meta:
        ordering = ["name"]
        verbose_name = _("hall")
        verbose_name_plural = _("halls")

    def __str__(self) -> str:
        return self.name


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
