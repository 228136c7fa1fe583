"""The admin's filter of ranges: links for what people look for, inputs for the rest."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.admin import FieldListFilter
from django.core.exceptions import ValidationError
from django.db.models import Count, DateField, DateTimeField, Q
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matinee.exceptions import RangesError
from matinee.ranges._inputs import Input, NumberInput
from matinee.ranges._range import Range
from matinee.ranges._widgets import EndInput

__all__ = ["RangeListFilter"]

_DAY = dt.timedelta(days=1)


class RangeListFilter(FieldListFilter):
    """Filters a list by a field of ranges or multiranges.

    Links: now, upcoming, past and this week, of days and points in time; open, empty and not set
    of all. Inputs: what contains a day or a number, and what overlaps from one to another. Days
    are those of the current time zone; the week begins as the language has it. What cannot be read
    is told beside its input, and nothing matches it.

    No query, but one for the counts where facets are shown.
    """

    template = "matinee/ranges/filter.html"
    field: Any

    def __init__(  # noqa: PLR0913, PLR0917  Django's
        self, field: Any, request: Any, params: Any, model: Any, model_admin: Any, field_path: str
    ) -> None:
        self.moments = isinstance(field.base_field, DateTimeField)
        self.days = isinstance(field.base_field, DateField)
        self.names = {each: f"{field_path}__{each}" for each in ("is", "has", "from", "to")}
        self.kept = [
            (name, value)
            for name, values in request.GET.lists()
            for value in values
            if name not in {*self.names.values(), "p", "e"}
        ]
        super().__init__(field, request, params, model, model_admin, field_path)
        self.sent = {each: self._sent(name) for each, name in self.names.items()}
        self.inputs = [self._input(each) for each in ("has", "from", "to")]

    def expected_parameters(self) -> list[Any]:
        return [*self.names.values()]

    def choices(self, changelist: Any) -> Iterator[Any]:
        counts = changelist.add_facets and self.get_facet_queryset(changelist)
        own = [*self.names.values()]
        chosen = self.sent["is"]
        yield {
            "selected": not any(self.sent.values()),
            "query_string": changelist.get_query_string(remove=own),
            "display": _("All"),
        }
        for key, (label, _condition) in self._kinds().items():
            count = f" ({counts[f'{key}__c']})" if counts else ""
            yield {
                "selected": chosen == key,
                "query_string": changelist.get_query_string({self.names["is"]: key}),
                "display": f"{label}{count}",
            }

    def get_facet_counts(self, pk_attname: str, filtered_qs: Any) -> dict[str, Any]:  # noqa: ARG002
        kinds = self._kinds().items()
        return {f"{key}__c": Count(pk_attname, filter=found) for key, (_label, found) in kinds}

    def queryset(self, request: Any, queryset: Any) -> Any:  # noqa: ARG002
        if any(each["error"] for each in self.inputs):
            return queryset.none()
        has, first, last = (each["value"] for each in self.inputs)
        if self.sent["is"]:
            kinds = self._kinds()
            if self.sent["is"] not in kinds:
                return queryset.none()
            queryset = queryset.filter(kinds[self.sent["is"]][1])
        if has is not None:
            queryset = queryset.filter(self._q("overlap", self._range(has, has)))
        if first is not None or last is not None:
            queryset = queryset.filter(self._q("overlap", self._range(first, last)))
        return queryset

    def _kinds(self) -> dict[str, tuple[str, Q]]:
        """Return what each link is called, and what it asks for."""
        found = self._by_time() if self.days else {}
        is_open = self._q("lower_inf", True) | self._q("upper_inf", True)
        found["open"] = _("No start or no end"), is_open
        found["empty"] = _("Empty"), self._q("isempty", True)
        if self.field.null:
            found["null"] = _("Not set"), self._q("isnull", True)
        return found

    def _by_time(self) -> dict[str, tuple[str, Q]]:
        now = timezone.now() if self.moments else self._today()
        one = Range(now, now, "[]", range_type=self.field.type)
        back = (self._today().isoweekday() - int(formats.get_format("FIRST_DAY_OF_WEEK"))) % 7
        monday = self._today() - back * _DAY
        return {
            "now": (_("Now") if self.moments else _("Today"), self._q("contains", now)),
            "upcoming": (_("Upcoming"), self._q("fully_gt", one)),
            "past": (_("Past"), self._q("fully_lt", one)),
            "week": (_("This week"), self._q("overlap", self._range(monday, monday + 6 * _DAY))),
        }

    def _today(self) -> dt.date:
        return timezone.localdate() if timezone.is_aware(timezone.now()) else dt.date.today()  # noqa: DTZ011

    def _q(self, lookup: str, value: Any) -> Q:
        return Q(**{f"{self.field_path}__{lookup}": value})

    def _range(self, first: Any, last: Any) -> Range[Any]:
        """Return the range of elements that people say, both included; days are whole ones."""
        if not self.moments:
            return Range(first, last, "[]", range_type=self.field.type)
        start, end = self._midnight(first), self._midnight(last and last + _DAY)
        return Range(start, end, range_type=self.field.type)

    def _midnight(self, day: dt.date | None) -> dt.datetime | None:
        if day is None:
            return None
        found = dt.datetime.combine(day, dt.time())
        return timezone.make_aware(found) if timezone.is_aware(timezone.now()) else found

    def _sent(self, name: str) -> str:
        found = self.used_parameters.get(name) or ""
        return str(found[-1] if isinstance(found, list) else found).strip()

    def _input(self, each: str) -> dict[str, Any]:
        """Return one of the inputs: what it is called, what was sent, what is wrong with it."""
        name, sent = self.names[each], self.sent[each]
        value, error = None, ""
        try:
            value = self._read(sent)
            self._range(value, value)
            if each == "to" and value is not None:
                self._range(self._read(self.sent["from"]), value)
        except ValidationError as wrong:
            error = " ".join(wrong.messages)
        except (RangesError, OverflowError):
            error = str(_WRONG)
        widget = EndInput(native="date" if self.days else "text")
        attrs = {"id": f"filter_{name}"}
        if error:
            attrs |= {"aria-invalid": "true", "aria-describedby": f"filter_{name}_error"}
        return {
            "id": attrs["id"],
            "label": _LABELS[each],
            "value": value,
            "error": error,
            "html": widget.render(name, sent, attrs),
        }

    def _read(self, text: str) -> Any:
        if self.days:
            return forms.DateField(required=False).clean(text)
        element = self.field.base_field.formfield(required=False)
        numbers = isinstance(element, forms.IntegerField)
        kind = NumberInput if numbers else Input
        return kind(element, lambda: self.field.type).read(text)


_LABELS = {
    "has": gettext_lazy("Contains"),
    "from": gettext_lazy("Overlaps from"),
    "to": gettext_lazy("Overlaps until"),
}
_WRONG = gettext_lazy("Enter a valid value.")
