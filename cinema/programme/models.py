"""What is shown where and when."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


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
    """One film in one hall, from *starts_at* until *ends_at* (excluded)."""

    film = models.ForeignKey(
        "films.Film", models.CASCADE, related_name="screenings", verbose_name=_("film")
    )
    hall = models.ForeignKey(
        Hall, models.PROTECT, related_name="screenings", verbose_name=_("hall")
    )
    starts_at = models.DateTimeField(_("starts at"), db_index=True)
    ends_at = models.DateTimeField(_("ends at"))
    price = models.DecimalField(
        _("price, euro"), max_digits=5, decimal_places=2, validators=[MinValueValidator(0)]
    )
    original_version = models.BooleanField(_("original version"), default=False)
    generated = models.BooleanField(_("generated"), default=False, editable=False)

    class Meta:
        ordering = ["starts_at", "hall"]
        verbose_name = _("screening")
        verbose_name_plural = _("screenings")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="screening_ends_after_start",
                violation_error_message=_("A screening must end after it starts."),
            )
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.starts_at):%a %d %b %H:%M}"
