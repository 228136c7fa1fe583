"""Who sits where."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cinema.programme.models import Screening
from matinee.ranges import Bounded, IntegerRangeField, NoOverlap

MOST_SEATS = 10
LAST_SEAT = 10_000


class Booking(models.Model):
    """Adjacent *seats* of a screening, which are numbered from 1.

    No seat is sold twice: the constraint sees to that, whoever books. That there is such a seat in
    the hall does not change while others book, and is validated.
    """

    screening = models.ForeignKey(
        Screening, models.PROTECT, related_name="bookings", verbose_name=_("screening")
    )
    seats = IntegerRangeField(_("seats"))
    visitor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="bookings",
        verbose_name=_("visitor"),
    )
    booked_at = models.DateTimeField(_("booked at"), default=timezone.now, editable=False)
    generated = models.BooleanField(_("generated"), default=False, editable=False)

    class Meta:
        ordering = ["screening", "seats"]
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        constraints = [
            NoOverlap(
                "screening",
                "seats",
                name="booking_seat_once",
                violation_error_message=_("Somebody has booked one of these seats already."),
            ),
            Bounded(
                "seats",
                name="booking_seats",
                within=(1, LAST_SEAT + 1),
                max_width=MOST_SEATS,
                not_empty=True,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first}-{self.last}" if self.first != self.last else str(self.first)

    @property
    def first(self) -> int:
        return self.seats.lower

    @property
    def last(self) -> int:
        return self.seats.upper - 1

    def clean(self) -> None:
        if not (self.seats and self.screening_id and self.seats.upper):
            return
        seats = self.screening.hall.seats
        if self.last > seats:
            raise ValidationError({"seats": beyond(seats)})


def beyond(seats: int) -> ValidationError:
    message = _("The hall's last seat is %(seats)d.")
    return ValidationError(message, code="within", params={"seats": seats})
