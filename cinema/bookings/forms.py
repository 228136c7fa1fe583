from django import forms
from django.utils.translation import gettext_lazy as _

from cinema.bookings.models import MOST_SEATS


class BookingForm(forms.Form):
    """How many seats beside each other."""

    count = forms.TypedChoiceField(
        label=_("Seats"), coerce=int, choices=[(n, n) for n in range(1, MOST_SEATS + 1)], initial=2
    )
