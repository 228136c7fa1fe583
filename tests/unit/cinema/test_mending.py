"""Mends for text, proved on every title of the data that needs one."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinema.films.importing import mending

FILMS = Path(__file__).parents[3] / "cinema" / "films" / "data" / "films.csv"

TITLES = {
    "AstÈrix aux Jeux Olympiques": "Astérix aux Jeux Olympiques",
    "De battre mon coeur s'est arrÍtÈ": "De battre mon coeur s'est arrêté",
    "Les BronzÈs 3: amis pour la vie": "Les Bronzés 3: amis pour la vie",
    "Per qualche dollaro in pi˘": "Per qualche dollaro in più",
    "I Love You Ö Don't Touch Me!": "I Love You … Don't Touch Me!",
    "Alien³": "Alien³",
    "The Naked Gun 2Ω: The Smell of Fear": "The Naked Gun 2½: The Smell of Fear",
    "LÈon": "Léon",
    "Ri¢hie Ri¢h": "Ri¢hie Ri¢h",
    "Le Fabuleux destin d'AmÈlie Poulain": "Le Fabuleux destin d'Amélie Poulain",
    "AimÈe & Jaguar": "Aimée & Jaguar",
    "La mala educaciÛn": "La mala educación",
    "CachÈ": "Caché",
    "Die F‰lscher": "Die Fälscher",
    "DÈj‡ Vu": "Déjà Vu",
    "IndigËnes": "Indigènes",
    "Obsluhoval jsem anglickÈho kr·le": "Obsluhoval jsem anglického krále",
    "La MÙme": "La Môme",
    "Joyeux NoÎl": "Joyeux Noël",
    "MoliËre": "Molière",
}
RIGHT = [
    "Élan",
    "Île flottante",
    "Ève",
    "È arrivato il cavaliere",
    "CRÈME BRÛLÉE",
    "Ö",
    "Die Österreicher",
    "Amélie",
    "Noël",
    "Col·legi",
    "Łódź",
    "„Zitat“ und ‚Zitat‘",  # noqa: RUF001
    "東京物語",
    "Plain words, 100%",
]


def test_the_table_names_every_title_of_the_data_that_is_not_ascii():
    with FILMS.open(encoding="utf-8", newline="") as file:
        odd = {row["Title"] for row in csv.DictReader(file) if not row["Title"].isascii()}

    assert odd == set(TITLES)


@pytest.mark.parametrize(("title", "mended"), TITLES.items())
def test_a_title_read_in_the_wrong_code_page_is_read_again(title, mended):
    assert mending.code_page(title) == mended


@pytest.mark.parametrize("text", [*RIGHT, *TITLES.values()])
def test_text_that_is_right_stays_as_it_is(text):
    assert mending.code_page(text) == text


@given(st.text())
def test_no_text_at_all_breaks_a_mend(text):
    for mend in (mending.spaces, mending.double_quotes, mending.code_page, mending.article_first):
        assert isinstance(mend(text), str)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_ascii_has_no_code_page_to_be_wrong_about(text):
    assert mending.code_page(text) == text


@pytest.mark.parametrize(
    ("title", "mended"),
    [
        ("Charge of the Light Brigade, The", "The Charge of the Light Brigade"),
        ("Boot, Das", "Das Boot"),
        ("Couloirs du temps: Les visiteurs 2, Les", "Les Couloirs du temps: Les visiteurs 2"),
        ("First Love, Last Rites", "First Love, Last Rites"),
        ("Me, Myself & Irene", "Me, Myself & Irene"),
        ("The, The", "The The"),
        (", The", ", The"),
        ("", ""),
    ],
)
def test_an_article_at_the_end_goes_to_the_front(title, mended):
    assert mending.article_first(title) == mended


@pytest.mark.parametrize(
    ("title", "year", "mended"),
    [
        ("King Kong (1933)", 1933, "King Kong"),
        ("King Kong (1933)", 1976, "King Kong (1933)"),
        ("King Kong (1933)", None, "King Kong (1933)"),
        ("Fantasia 2000 (IMAX)", 2000, "Fantasia 2000 (IMAX)"),
        ("(1933)", 1933, "(1933)"),
        ("1776", 1776, "1776"),
    ],
)
def test_a_year_that_only_repeats_the_release_is_dropped(title, year, mended):
    assert mending.own_year(title, year=year) == mended


def test_each_run_of_white_space_becomes_one_space():
    assert mending.spaces("  Halloween: \t The\u00a0Curse\n") == "Halloween: The Curse"


def test_quotes_doubled_for_csv_twice_are_single_again():
    assert mending.double_quotes('Jeff ""King Jeff"" Hollins') == 'Jeff "King Jeff" Hollins'
