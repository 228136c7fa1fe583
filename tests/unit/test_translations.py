"""The library in German: every text that Django has not, and the compiled file in step."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import django
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

import matinee
from matinee.ranges import DATERANGE, INT4RANGE, NUMRANGE, TSTZRANGE, Range, forms, in_words
from tests import _catalogues

LIBRARY = Path(matinee.__file__).parent
DJANGO = Path(django.__file__).parent
JUNE = dt.datetime(2026, 6, 1, 18, tzinfo=dt.UTC)
TEXT = Range(JUNE, JUNE + dt.timedelta(hours=2), range_type=TSTZRANGE)


def djangos() -> set[str]:
    return {*_catalogues.compiled(DJANGO / "conf"), *_catalogues.compiled(DJANGO / "contrib/admin")}


def test_every_text_of_the_library_is_in_the_catalogue_or_in_djangos():
    used = _catalogues.said(LIBRARY)
    assert len(used) > 80
    assert sorted(used - set(_catalogues.edited(LIBRARY)) - djangos()) == []


def test_the_catalogue_holds_nothing_that_the_library_does_not_say():
    assert sorted(set(_catalogues.edited(LIBRARY)) - _catalogues.said(LIBRARY)) == []


def test_django_s_own_texts_keep_djangos_translation():
    assert sorted(set(_catalogues.edited(LIBRARY)) & djangos()) == []


def test_every_text_is_translated_with_its_placeholders_and_none_is_a_guess():
    assert _catalogues.untranslated(LIBRARY) == []
    assert _catalogues.with_other_placeholders(LIBRARY) == {}
    assert _catalogues.guesses(LIBRARY) == []


def test_the_compiled_catalogue_is_in_step_with_the_edited_one():
    assert _catalogues.compiled(LIBRARY) == _catalogues.edited(LIBRARY)


@pytest.mark.parametrize(
    ("value", "german"),
    [
        (Range(1, 5, range_type=INT4RANGE), "von 1 bis 4"),
        (Range(1, 5, "[]", range_type=NUMRANGE), "von 1 bis 5 einschließlich"),
        (Range(dt.date(2026, 6, 1), None, range_type=DATERANGE), "ab 1. Juni 2026"),
        (Range(None, None), "unbegrenzt"),
        (Range(empty=True), "leer"),
    ],
)
def test_a_range_in_german_words(value, german):
    with translation.override("de"):
        assert in_words(value) == german


@pytest.mark.parametrize(
    ("zone", "german"),
    [
        ("UTC", "von 1. Juni 2026 18:00 bis 20:00"),
        ("Europe/Berlin", "von 1. Juni 2026 20:00 bis 22:00"),
        ("Asia/Tokyo", "von 2. Juni 2026 03:00 bis 05:00"),
    ],
)
def test_points_in_time_are_those_of_the_zone_in_german_too(zone, german):
    with translation.override("de"), timezone.override(ZoneInfo(zone)):
        assert in_words(TEXT) == german


def test_a_form_speaks_german():
    with translation.override("de"):
        with pytest.raises(ValidationError) as found:
            forms.DateRangeField().clean(["31.01.2026", "01.01.2026"])
        assert found.value.messages == ["Letzter Tag: Das Ende darf nicht vor dem Anfang liegen."]
        assert "Leer: gar nichts" in str(forms.DateRangeField().widget.render("days", None))
