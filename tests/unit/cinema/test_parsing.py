"""One row of films.csv to one film's values."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinema.films.importing.parsing import COLUMNS, FilmRow, RowError, parse


def film(**cells: str) -> FilmRow:
    named = {name.replace(" ", "_"): name for name in COLUMNS}
    given_cells = {named[name]: cell for name, cell in cells.items()}
    row = dict.fromkeys(COLUMNS, "") | {"Title": "A film"} | given_cells
    return parse(row, row=7, line=8)


def notes(row: FilmRow) -> list[str]:
    return [str(note) for note in row.notes]


def test_a_clean_row_is_taken_as_it_is():
    row = film(
        Title="Alien",
        Release_Date="May 25 1979",
        Running_Time_min="117",
        US_Gross="80930630",
        IMDB_Rating="8.5",
        Rotten_Tomatoes_Rating="0",
        Director="Ridley Scott",
        Major_Genre="Horror",
    )

    assert row.values == {
        "title": "Alien",
        "released": dt.date(1979, 5, 25),
        "certificate": "",
        "minutes": 117,
        "based_on": "",
        "setting": "",
        "budget": None,
        "us_gross": 80930630,
        "worldwide_gross": None,
        "dvd_sales": None,
        "imdb_rating": Decimal("8.5"),
        "imdb_votes": None,
        "tomatoes": 0,
    }
    assert (row.director, row.genre, row.distributor) == ("Ridley Scott", "Horror", "")
    assert row.notes == []


@pytest.mark.parametrize(
    ("cell", "released"),
    [
        ("Dec 15 2039", dt.date(1939, 12, 15)),
        ("Jan 01 2012", dt.date(1912, 1, 1)),
        ("Feb 29 2012", dt.date(1912, 2, 29)),
        ("Dec 23 2011", dt.date(2011, 12, 23)),
        ("Feb 08 1915", dt.date(1915, 2, 8)),
    ],
)
def test_a_year_after_the_data_ends_is_the_century_before(cell, released):
    assert film(Release_Date=cell).values["released"] == released


def test_a_mended_date_says_what_it_was_and_why():
    assert notes(film(Release_Date="Dec 15 2039")) == [
        (
            "row 7 (line 8): released: “Dec 15 2039” → “1939-12-15” "
            "(the data ends in 2011; a later year is the century before)"
        )
    ]


def test_second_zero_of_unix_time_is_no_date():
    row = film(Release_Date="Dec 31 1969")

    assert row.values["released"] is None
    assert [note.kind for note in row.notes] == ["mended"]


@pytest.mark.parametrize(
    "cell", ["1998-06-12", "Jun 31 1998", "June 12 1998", "Jun 12 98", "Jun 12", "Jun 12 9999999"]
)
def test_what_is_no_date_is_refused_and_the_film_stays(cell):
    row = film(Release_Date=cell)

    assert row.values["released"] is None
    assert [(note.kind, note.field, note.before) for note in row.notes] == [
        ("refused", "released", cell)
    ]


@pytest.mark.parametrize(
    ("column", "field", "cell"),
    [
        ("US_Gross", "us_gross", "-1"),
        ("US_Gross", "us_gross", "lots"),
        ("US_Gross", "us_gross", "1.5"),
        ("US_Gross", "us_gross", "1e30"),
        ("Production_Budget", "budget", "NaN"),
        ("Production_Budget", "budget", "Infinity"),
        ("Running_Time_min", "minutes", "0"),
        ("Running_Time_min", "minutes", "901"),
        ("Rotten_Tomatoes_Rating", "tomatoes", "101"),
        ("IMDB_Rating", "imdb_rating", "10.1"),
        ("IMDB_Rating", "imdb_rating", "-0.1"),
        ("IMDB_Votes", "imdb_votes", "1e999999999"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_the_film_stays(column, field, cell):
    row = film(**{column: cell})

    assert row.values[field] is None
    assert [(note.kind, note.before) for note in row.notes] == [("refused", cell)]


def test_takings_of_zero_stand_for_not_known():
    row = film(US_Gross="0")

    assert row.values["us_gross"] is None
    assert notes(row) == ["row 7 (line 8): US gross: “0” → nothing (0 stands for not known)"]


@pytest.mark.parametrize(
    ("cells", "title"),
    [
        ({}, "Untitled film"),
        ({"Distributor": "IFC Films"}, "Untitled film, IFC Films"),
        ({"Release_Date": "Nov 03 2006"}, "Untitled film, 2006"),
        (
            {"Distributor": "IFC Films", "Release_Date": "Nov 03 2006"},
            "Untitled film, IFC Films 2006",
        ),
    ],
)
def test_a_film_without_a_title_gets_one_that_says_so(cells, title):
    assert film(Title="", Director="Somebody", **cells).values["title"] == title


def test_one_title_can_need_several_mends():
    row = film(Title="MÙme,  La", Release_Date="Feb 14 2007")

    assert row.values["title"] == "La Môme"
    assert [note.reason for note in row.notes] == [
        "white space",
        "accents were read in the wrong code page",
        "the article stood at the end",
    ]


def test_the_year_in_a_title_is_compared_with_the_mended_date():
    assert film(Title="King Kong (1933)", Release_Date="Apr 07 2033").values["title"] == "King Kong"


def test_an_unknown_distributor_is_none():
    assert film(Distributor="Distributor Unknown").distributor == ""


def test_a_name_too_long_to_be_one_is_refused_and_the_film_stays():
    row = film(Director="x" * 121)

    assert row.director == ""
    assert notes(row) == [
        (
            f"row 7 (line 8): director: “{'x' * 60}…” refused "
            "(director must have at most 120 characters)"
        )
    ]


def test_a_rating_keeps_one_decimal_place():
    assert film(IMDB_Rating="6.25").values["imdb_rating"] == Decimal("6.2")


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"Title": "x" * 201}, "Title must have at most 200 characters, got 201"),
        ({"Title": "a\x00b"}, "Title must be text, got a NUL character"),
        ({"Director": "Andr\udce9"}, "Director must be UTF-8, got other bytes"),
        ({"Title": " "}, "the row is empty"),
    ],
)
def test_a_row_that_no_film_can_be_made_of_is_refused(cells, message):
    with pytest.raises(RowError, match=message):
        film(**cells)


@given(st.lists(st.text(), min_size=len(COLUMNS), max_size=len(COLUMNS)))
def test_whatever_a_row_holds_it_is_a_film_or_refused(cells):
    try:
        row = parse(dict(zip(COLUMNS, cells, strict=True)), row=1, line=2)
    except RowError:
        return
    assert 0 < len(row.values["title"]) <= 200
