import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from cinema.programme.timetable import CLEANING, slot_length

LONGEST = 600


class LengthForm(forms.Form):
    """For a film of how many minutes there is to be a slot."""

    minutes = forms.IntegerField(
        label=_("Length of a film in minutes"), min_value=1, max_value=LONGEST, required=False
    )

    @property
    def length(self) -> dt.timedelta | None:
        """How long the hall has to be free, cleaned before and after; None where nobody asks."""
        minutes = self.cleaned_data.get("minutes") if self.is_valid() else None
        return None if minutes is None else slot_length(minutes) + 2 * CLEANING
