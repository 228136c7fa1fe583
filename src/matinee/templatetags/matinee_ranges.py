"""Template filters of ranges: ``{% load matinee_ranges %}``."""

from typing import Any

from django import template

from matinee.ranges import in_words as words_of

__all__ = ["in_words", "register"]

register = template.Library()


@register.filter(expects_localtime=False)
def in_words(value: Any) -> str:
    """Return a range or multirange in words, "" where there is none: ``{{ during|in_words }}``."""
    return "" if value in (None, "") else words_of(value)
