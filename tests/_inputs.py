"""What a browser would send of a page's forms if nobody touched them."""

from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode

__all__ = ["sent"]

# What browsers show a blank for, as they do for text that is no date.
NATIVE = {
    "date": "0123456789-",
    "datetime-local": "0123456789-T:.",
}


class _Inputs(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []
        self.select = self.area = None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        name, kind = attrs.get("name"), attrs.get("type", "text")
        if tag == "input" and name and kind not in {"submit", "button", "file"}:
            if kind not in {"checkbox", "radio"} or "checked" in attrs:
                value = attrs.get("value", "on" if kind == "checkbox" else "")
                self.found.append((name, _as_shown(kind, value)))
        elif tag == "select":
            self.select, self.options = name, []
        elif tag == "option" and self.select:
            self.options.append((attrs["value"], "selected" in attrs))
        elif tag == "textarea":
            self.area, self.text = name, ""

    def handle_data(self, data):
        if self.area:
            self.text += data

    def handle_endtag(self, tag):
        if tag == "select" and self.select:
            values = [value for value, chosen in self.options if chosen]
            values = values or [value for value, _ in self.options[:1]]
            self.found += [(self.select, value) for value in values]
            self.select = None
        elif tag == "textarea" and self.area:
            # Browsers drop the first line's end, and send all others as two characters.
            text = self.text.removeprefix("\n").replace("\n", "\r\n")
            self.found.append((self.area, text))
            self.area = None


def _as_shown(kind, value):
    allowed = NATIVE.get(kind)
    if allowed and (set(value) - set(allowed) or len(value) > len("2026-01-01T00:00:00.000")):
        return ""
    return value


def sent(html):
    """Return what the forms of a page send, as pairs."""
    parser = _Inputs()
    parser.feed(html)
    assert parse_qsl(urlencode(parser.found), keep_blank_values=True) == parser.found
    return parser.found
