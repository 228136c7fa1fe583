"""The site in German: every text, and the compiled file in step with the one that is edited."""

from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from cinema.programme.models import Hall
from tests import _catalogues
from tests.site._pages import addresses, make_film

CINEMA = Path(settings.BASE_DIR) / "cinema"


@pytest.fixture
def film(db):
    return make_film(0, hall=Hall.objects.create(name="Lumière", seats=220))


def test_every_text_of_the_site_is_in_the_catalogue():
    used = _catalogues.said(CINEMA)
    assert len(used) > 250
    assert sorted(used - set(_catalogues.edited(CINEMA))) == []


def test_the_catalogue_holds_nothing_that_the_site_no_longer_says():
    assert sorted(set(_catalogues.edited(CINEMA)) - _catalogues.said(CINEMA)) == []


def test_every_text_is_translated_and_no_translation_is_a_guess():
    assert _catalogues.untranslated(CINEMA) == []
    assert _catalogues.guesses(CINEMA) == []


def test_translations_keep_their_placeholders():
    assert _catalogues.with_other_placeholders(CINEMA) == {}


def test_the_compiled_catalogue_is_in_step_with_the_edited_one():
    assert _catalogues.compiled(CINEMA) == _catalogues.edited(CINEMA)


@pytest.mark.parametrize(
    ("page", "german", "english"),
    [
        ("catalogue", ["Alle Genres", "1940er"], ["All genres"]),
        (
            "film",
            ["104 Minuten", "1. September 1949", "50.000 Stimmen"],
            ["Screenings", "generated"],
        ),
        ("director", ["1 Film in unserem Katalog"], ["film in our catalogue"]),
        ("programme", ["Programm", "Heute"], ["Today", "Programme"]),
        ("empty day", ["Freitag, 31. Dezember 1999", "An diesem Tag läuft nichts."], ["Friday"]),
        ("about", ["Was echt ist", "Was erfunden ist"], ["What is real"]),
        ("login", ["Anmelden", "Passwort"], ["Log in", "Password"]),
        ("not found", ["Diese Rolle fehlt"], ["This reel is missing"]),
    ],
)
def test_pages_speak_german_to_those_who_read_it(client, film, page, german, english):
    answer = client.get(addresses(film)[page], headers={"Accept-Language": "de-AT,de;q=0.9"})
    text, _, drawer = answer.content.decode().partition('<aside class="bs"')
    assert '<html lang="de">' in text
    assert "Wie diese Seite entstand" in drawer
    assert [words for words in german if words not in text] == []
    assert [words for words in english if words in text] == []


def test_office_and_api_speak_german_too(client, admin_client, film):
    german = {"Accept-Language": "de"}
    assert "Verleih" in admin_client.get("/admin/films/film/", headers=german).content.decode()
    answer = client.get("/api/films/?nonsense=1", headers=german)
    assert "Diesen Parameter gibt es nicht." in answer.json()["nonsense"][0]


def test_a_language_nobody_wrote_gets_english(client, db):
    page = client.get("/", headers={"Accept-Language": "fi"}).content.decode()
    assert 'lang="en"' in page
    assert "All genres" in page
    assert translation.get_language() == "en"
