"""The site in German: every text, and the compiled file in step with the one that is edited."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation.template import templatize

from cinema.programme.models import Hall
from tests.site._pages import addresses, make_film

CINEMA = Path(settings.BASE_DIR) / "cinema"
MESSAGES = CINEMA / "locale" / "de" / "LC_MESSAGES"
ENTRY = re.compile(
    r'^(msgid|msgid_plural|msgstr(?:\[\d\])?) ((?:"(?:[^"\\]|\\.)*"\s*)+)', re.MULTILINE
)
GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
# What templatize makes of a template's tags: nearly Python.
TAGGED = re.compile(r"""\b_\((?:u|)(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\)""")
BLOCK = re.compile(r"""gettext\(\s*(?P<text>u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")""")


@pytest.fixture
def film(db):
    return make_film(0, hall=Hall.objects.create(name="Lumière", seats=220))


def entries() -> dict[str, list[str]]:
    """Return the edited catalogue: each text with its translations, one a plural form."""
    found: dict[str, list[str]] = {}
    for block in (MESSAGES / "django.po").read_text().split("\n\n"):
        fields = {name: ast.literal_eval(f"({text})") for name, text in ENTRY.findall(block)}
        if fields.get("msgid"):
            found[fields["msgid"]] = [
                text for name, text in fields.items() if name.startswith("msgstr")
            ]
    return found


def compiled() -> dict[str, list[str]]:
    with (MESSAGES / "django.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog
    found: dict[str, list[str]] = {}
    for key, text in catalogue.items():
        if key:
            found.setdefault(key[0] if isinstance(key, tuple) else key, []).append(text)
    return found


def in_python() -> set[str]:
    return {
        text.value
        for path in CINEMA.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") in GETTEXT
        and call.args
        and isinstance(text := call.args[0], ast.Constant)
    }


def in_templates() -> set[str]:
    return {
        ast.literal_eval(match["text"])
        for path in CINEMA.rglob("*.html")
        for pattern in (TAGGED, BLOCK)
        for match in pattern.finditer(templatize(path.read_text()))
    }


def test_every_text_of_the_site_is_in_the_catalogue():
    used = in_python() | in_templates()
    assert len(used) > 250
    assert sorted(used - set(entries())) == []


def test_the_catalogue_holds_nothing_that_the_site_no_longer_says():
    assert sorted(set(entries()) - in_python() - in_templates()) == []


def test_every_text_is_translated_and_no_translation_is_a_guess():
    assert [text for text, german in entries().items() if not all(german)] == []
    assert "fuzzy" not in (MESSAGES / "django.po").read_text()
    assert "#~" not in (MESSAGES / "django.po").read_text()


def test_translations_keep_their_placeholders():
    def placeholders(text):
        return sorted(set(PLACEHOLDER.findall(text)))

    wrong = {
        text: german
        for text, german in entries().items()
        if any(placeholders(each) != placeholders(text) for each in german)
    }
    assert wrong == {}


def test_the_compiled_catalogue_is_in_step_with_the_edited_one():
    assert compiled() == entries()


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
