"""Posters are pure: title, genre and decade in, SVG out. No database."""

import subprocess
import sys
from datetime import date
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest

from cinema.films.motifs import MOTIFS
from cinema.films.posters import MARGIN, PALETTES, poster

SVG = "{http://www.w3.org/2000/svg}"
GENRES = sorted(PALETTES)
ODD_TITLES = [
    "<script>alert(1)</script>",
    "\"quoted\" & 'quoted' ]]> <!-- -->",
    "9",
    "   ",
    "\x00\x08\x1b\ud800\ufffe",
    "Donaudampfschifffahrtsgesellschaftskapitän",
    "東京物語" * 20,
    "W" * 200,
    "a " * 100,
    "i" * 200,
]


def film(title="Metropolis", year=1927, genre="Drama"):
    return SimpleNamespace(
        title=title,
        released=date(year, 1, 10) if year else None,
        genre=SimpleNamespace(name=genre) if genre else None,
    )


def drawn(film):
    return ET.fromstring(poster(film))


def words(svg):
    return " ".join("".join(text.itertext()) for text in svg.iter(f"{SVG}text"))


def test_a_poster_names_the_title_and_the_year():
    svg = drawn(film("The Wild Bunch", 1969, "Western"))
    assert words(svg) == "The Wild Bunch 1969"
    assert svg.get("aria-label") == "The Wild Bunch"


def test_a_film_without_genre_and_date_has_a_poster_too():
    assert words(drawn(film(year=None, genre=None))) == "Metropolis"


def test_the_same_film_has_the_same_poster_in_another_process():
    program = (
        "from datetime import date; from types import SimpleNamespace as N;"
        "from cinema.films.posters import poster;"
        "print(poster(N(title='Vertigo', released=date(1958, 5, 9), genre=N(name='Drama'))))"
    )
    other = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == poster(film("Vertigo", 1958))


def test_every_genre_has_a_motif_and_a_look_of_its_own():
    assert set(MOTIFS) == set(PALETTES)
    assert len(set(MOTIFS.values())) == len(MOTIFS)
    assert len({poster(film(genre=genre)) for genre in GENRES}) == len(GENRES)


def test_a_genre_nobody_drew_looks_like_none():
    assert poster(film(genre="Peplum")) == poster(film(genre=None))


def test_decades_are_set_in_different_type():
    faces = set()
    for year in range(1925, 2016, 10):
        text = next(drawn(film(year=year)).iter(f"{SVG}text"))
        shown = "".join(text.itertext())
        faces.add((text.get("font-family"), text.get("font-weight"), text.get("font-style"), shown))
    assert len(faces) >= 8


def test_years_beyond_the_known_decades_are_set_like_the_nearest():
    assert "1896" in words(drawn(film(year=1896)))
    assert "2046" in words(drawn(film(year=2046)))


@pytest.mark.parametrize("title", ODD_TITLES, ids=ascii)
@pytest.mark.parametrize("year", [None, 1935, 1985])
def test_an_odd_title_is_escaped_and_stays_on_the_paper(title, year):
    svg = drawn(film(title, year))
    assert {element.tag.removeprefix(SVG) for element in svg.iter()} <= {
        "svg", "g", "rect", "circle", "path", "polygon", "text",
    }  # fmt: skip
    for text in svg.iter(f"{SVG}text"):
        if length := text.get("textLength"):
            assert MARGIN + float(length) <= 200 - MARGIN + 0.1
            assert 0 < float(text.get("y")) < 300
            assert float(text.get("font-size")) >= 10


def test_a_title_too_long_for_any_paper_ends_in_an_ellipsis():
    assert "…" in words(drawn(film("W" * 2000, None)))


def test_a_word_is_set_smaller_before_it_is_cut():
    shown = words(drawn(film("Alexander's Ragtime Band", 1937)))
    assert shown == "ALEXANDER'S RAGTIME BAND 1937"


def test_no_poster_carries_an_id_so_that_many_stand_in_one_page():
    assert not [svg for genre in GENRES if " id=" in (svg := poster(film(genre=genre)))]


def test_no_poster_needs_inline_styles_which_the_site_forbids():
    assert not [svg for genre in GENRES if "style=" in (svg := poster(film(genre=genre)))
                .replace("font-style=", "")]  # fmt: skip


@pytest.mark.parametrize("genre", GENRES)
def test_the_title_can_be_read_on_its_paper(genre):
    for palette in PALETTES[genre]:
        assert contrast(palette.paper, palette.ink) >= 4.5


def contrast(one, other):
    """Return WCAG's contrast ratio of two colours."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(part * c for part, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
