"""Widgets of ranges: a start, an end, and what belongs to it."""

import re
from typing import Any

from django import forms
from django.forms.utils import ErrorList
from django.utils.translation import gettext_lazy as _

from matinee.ranges._inputs import Input

__all__ = [
    "BOUND_LABELS",
    "BoundRange",
    "EndInput",
    "HiddenRangeWidget",
    "MultiRangeWidget",
    "RangeWidget",
]

BOUND_LABELS = {
    "[)": _("Start included, end not"),
    "[]": _("Start and end included"),
    "()": _("Neither start nor end included"),
    "(]": _("End included, start not"),
    "(,)": _("No start and no end"),
    "empty": _("Empty: nothing at all"),
}
# What browsers take for a date, or show a blank instead.
_NATIVE = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "datetime-local": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?"),
}


class EndInput(forms.TextInput):
    """An input of the browser's own for one bound; one of text, where that could not show it.

    Args:
        native: Its type: "date", "datetime-local" or "text".
        mode: The keyboard that phones show: "numeric", "decimal" or "".
    """

    def __init__(
        self, attrs: dict[str, Any] | None = None, *, native: str = "text", mode: str = ""
    ) -> None:
        super().__init__(({"inputmode": mode} if mode else {}) | (attrs or {}))
        self.native = native

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        native = _NATIVE.get(self.native)
        if native and (not shown or native.fullmatch(str(shown))):
            context["widget"]["type"] = self.native
            # Else browsers refuse seconds.
            context["widget"]["attrs"].setdefault("step", "any")
        return context


class RangeWidget(forms.MultiWidget):
    """A start, an end, and a choice of what belongs to the range.

    What is sent is named as by Django's widget, ``during_0`` and ``during_1``, and
    ``during_bounds``. Each input has a label; an error stands beside the one that caused it.

    Args:
        base_widget: What a bound is entered in; by default what its type asks for.
    """

    template_name = "matinee/ranges/range.html"
    use_fieldset = True
    # How elements are written.
    style = "native"
    labels: tuple[Any, Any, Any] = (_("Start"), _("End"), _("Bounds"))
    hints: tuple[Any, Any] = (_("blank: no start"), _("blank: no end"))
    bound_labels = BOUND_LABELS
    offered: tuple[str, ...] = tuple(BOUND_LABELS)
    # Of the form as it was sent: the messages of each input.
    errors: dict[int, list[str]] = {}

    class Media:
        css = {"all": ["matinee/ranges.css"]}

    def __init__(self, base_widget: Any = None, attrs: dict[str, Any] | None = None) -> None:
        self.base_widget = base_widget
        base = base_widget or forms.TextInput
        super().__init__({"0": base, "1": base, "bounds": self._bounds()}, attrs)

    def made_for(self, element: Input) -> None:
        """Take the inputs that elements of a type are entered in."""
        if self.base_widget is None:
            self.widgets = [self.end(element), self.end(element), self.widgets[2]]

    def end(self, element: Input) -> forms.Widget:
        """Return what one bound is entered in."""
        return EndInput(native=element.native, mode=element.mode)

    def decompress(self, value: Any) -> list[Any]:
        return [value, None, None] if value else [None, None, None]

    def use_required_attribute(self, _initial: Any) -> bool:
        return False  # one bound may be blank

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        value = [*value, None][:3] if isinstance(value, list | tuple) else self.decompress(value)
        bounds = value[2] if value[2] in self.bound_labels else None
        self.widgets[2].choices = [  # type: ignore[attr-defined]
            (each, self.bound_labels[each])
            for each in dict.fromkeys([*self.offered, *([bounds] if bounds else [])])
        ]
        common = {k: v for k, v in (attrs or {}).items() if k != "aria-invalid"}
        context: dict[str, Any] = super().get_context(name, value, common)
        found = context["widget"]
        *ends, found["bounds"] = (
            self._part(at, part) for at, part in enumerate(found["subwidgets"])
        )
        found["ends"] = ends
        found["bounds"]["hidden"] = len(self.widgets[2].choices) == 1  # type: ignore[attr-defined]
        return context

    def _bounds(self) -> forms.Widget:
        return forms.Select()

    def _part(self, at: int, part: dict[str, Any]) -> dict[str, Any]:
        """Add to one input what it is called and what was wrong with it."""
        part["label"] = self.labels[at]
        part["hint"] = self.hints[at] if at < 2 else ""
        part["errors"] = self.errors.get(at, [])
        for each in part.get("subwidgets") or [part]:
            if part["errors"]:
                each["attrs"]["aria-invalid"] = "true"
                if "id" in part["attrs"]:
                    each["attrs"]["aria-describedby"] = f"{part['attrs']['id']}_error"
        return part


class HiddenRangeWidget(RangeWidget):
    """The same inputs, hidden."""

    template_name = "django/forms/widgets/multiwidget.html"
    use_fieldset = False
    style = "text"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(forms.HiddenInput, attrs)

    def _bounds(self) -> forms.Widget:
        return forms.HiddenInput()


class MultiRangeWidget(forms.Textarea):
    """A line for each range."""

    template_name = "matinee/ranges/multirange.html"
    hint: Any = ""

    class Media:
        css = {"all": ["matinee/ranges.css"]}

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 4, "cols": 50, "spellcheck": "false"} | (attrs or {}))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["hint"] = self.hint
        own: dict[str, Any] = context["widget"]["attrs"]
        if "id" in own:
            described = [own.get("aria-describedby"), f"{own['id']}_lines"]
            own["aria-describedby"] = " ".join(filter(None, described))
        return context


class BoundRange(forms.BoundField):
    """A field of a form whose widget shows each error beside the input that caused it."""

    def as_widget(
        self,
        widget: Any = None,
        attrs: dict[str, Any] | None = None,
        only_initial: bool = False,
    ) -> Any:
        widget = widget or self.field.widget
        if isinstance(widget, RangeWidget):
            widget.errors = {} if only_initial else self._beside()
        return super().as_widget(widget, attrs, only_initial)

    @property
    def errors(self) -> Any:
        found = super().errors
        beside = isinstance(self.field.widget, RangeWidget) and not self.is_hidden
        return _Elsewhere.of(found) if beside and found else found

    @property
    def aria_describedby(self) -> Any:
        described = super().aria_describedby
        if described and not _elsewhere(self.errors):
            return described.replace(f"{self.auto_id}_error", "").strip() or None
        return described

    def _beside(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for error in super().errors.as_data():
            params: dict[str, Any] = error.params or {}
            if "part" in params:
                found.setdefault(params["part"], []).append(str(params["error"]))
        return found


class _Elsewhere(ErrorList):
    """All errors, which shows those alone that no input shows."""

    @classmethod
    def of(cls, errors: ErrorList) -> "_Elsewhere":
        found = cls(renderer=errors.renderer, field_id=getattr(errors, "field_id", None))
        found.data, found.shown = errors.data, errors
        found.error_class = errors.error_class
        return found

    shown: ErrorList

    def render(self, template_name: Any = None, context: Any = None, renderer: Any = None) -> Any:
        left = _elsewhere(self)
        if len(left) == len(self.data):
            return self.shown.render(template_name, context, renderer)
        if not left:
            return ""
        shown = self.shown.copy()
        shown.data = left
        return shown.render(template_name, context, renderer)

    __str__ = render
    __html__ = render


def _elsewhere(errors: ErrorList) -> list[Any]:
    return [each for each in errors.data if "part" not in (getattr(each, "params", None) or {})]
