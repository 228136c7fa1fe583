"""One row's cells to one film's values, with a note for each thing mended or refused."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from . import mending
from .notes import Note

__all__ = ["COLUMNS", "FilmRow", "RowError", "parse"]

COLUMNS = (
    "Title",
    "US Gross",
    "Worldwide Gross",
    "US DVD Sales",
    "Production Budget",
    "Release Date",
    "MPAA Rating",
    "Running Time min",
    "Distributor",
    "Source",
    "Major Genre",
    "Creative Type",
    "Director",
    "Rotten Tomatoes Rating",
    "IMDB Rating",
    "IMDB Votes",
)
# The films end in 2011. A later year had two digits once and was put in the wrong century.
LAST_YEAR = 2011
# Second 0 of Unix time was still this day in America: somebody's "no date".
DAY_ZERO = dt.date(1969, 12, 31)
MOST_MONEY = 10**11
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905 - legible


class RowError(Exception):
    """The row cannot become a film; `str()` says why."""


@dataclass(slots=True)
class FilmRow:
    """What one row says: `values` are the film's own columns, the rest are names."""

    row: int
    line: int
    values: dict[str, object] = field(default_factory=dict)
    genre: str = ""
    distributor: str = ""
    director: str = ""
    notes: list[Note] = field(default_factory=list)

    def mended(self, name: str, before: str, after: str, *, because: str) -> None:
        self.notes.append(Note(self.row, self.line, "mended", because, name, before, after))

    def refused(self, name: str, before: str, *, because: str) -> None:
        self.notes.append(Note(self.row, self.line, "refused", because, name, before))


def parse(cells: dict[str, str], *, row: int, line: int) -> FilmRow:
    """Read one row's cells.

    A value that cannot be is refused and left empty; the row is refused only where no film is left.

    Raises:
        RowError: The row holds bytes no film may hold, no value at all, or too long a title.
    """
    _refuse_unreadable(cells)
    film = FilmRow(row, line)
    released = _released(film, cells["Release Date"])
    film.distributor = _distributor(film, cells["Distributor"])
    film.genre = _text(film, "genre", cells["Major Genre"], longest=60)
    film.director = _text(film, "director", cells["Director"], longest=120)
    film.values = {
        "released": released,
        "certificate": _text(film, "certificate", cells["MPAA Rating"], longest=20),
        "minutes": _whole(film, "minutes", cells["Running Time min"], least=1, most=900),
        "based_on": _text(film, "based on", cells["Source"], longest=60),
        "setting": _text(film, "setting", cells["Creative Type"], longest=60),
        "budget": _money(film, "budget", cells["Production Budget"]),
        "us_gross": _money(film, "US gross", cells["US Gross"]),
        "worldwide_gross": _money(film, "worldwide gross", cells["Worldwide Gross"]),
        "dvd_sales": _money(film, "US DVD sales", cells["US DVD Sales"]),
        "imdb_rating": _rating(film, cells["IMDB Rating"]),
        "imdb_votes": _whole(film, "IMDb votes", cells["IMDB Votes"], least=0, most=10**9),
        "tomatoes": _whole(
            film, "Rotten Tomatoes", cells["Rotten Tomatoes Rating"], least=0, most=100
        ),
    }
    film.values["title"] = _title(film, cells["Title"], released=released)
    return film


def _refuse_unreadable(cells: dict[str, str]) -> None:
    if not any(cell.strip() for cell in cells.values()):
        raise RowError("the row is empty")
    for name, cell in cells.items():
        if "\x00" in cell:
            raise RowError(f"{name} must be text, got a NUL character")
        try:
            cell.encode()
        except UnicodeEncodeError:
            raise RowError(f"{name} must be UTF-8, got other bytes") from None


def _clean(film: FilmRow, name: str, text: str) -> str:
    for mend, because in (
        (mending.spaces, "white space"),
        (mending.double_quotes, "quotes were doubled"),
        (mending.code_page, "accents were read in the wrong code page"),
    ):
        text = _mend(film, name, text, mend, because=because)
    return text


def _mend(film: FilmRow, name: str, text: str, mend: Callable[[str], str], *, because: str) -> str:
    after = mend(text)
    if after != text:
        film.mended(name, text, after, because=because)
    return after


def _text(film: FilmRow, name: str, cell: str, *, longest: int) -> str:
    text = _clean(film, name, cell)
    if len(text) <= longest:
        return text
    film.refused(name, text, because=f"{name} must have at most {longest} characters")
    return ""


def _title(film: FilmRow, cell: str, *, released: dt.date | None) -> str:
    title = _clean(film, "title", cell)
    year = released.year if released else None
    title = _mend(
        film, "title", title, mending.article_first, because="the article stood at the end"
    )
    title = _mend(
        film,
        "title",
        title,
        lambda text: mending.own_year(text, year=year),
        because="the year is the release's own",
    )
    if len(title) > 200:
        raise RowError(f"Title must have at most 200 characters, got {len(title)}")
    return title or _stand_in_title(film, year=year)


def _stand_in_title(film: FilmRow, *, year: int | None) -> str:
    known = " ".join(str(part) for part in (film.distributor, year) if part)
    title = f"Untitled film, {known}" if known else "Untitled film"
    film.mended("title", "", title, because="the film has no title in the data")
    return title


def _distributor(film: FilmRow, cell: str) -> str:
    name = _text(film, "distributor", cell, longest=120)
    if name != "Distributor Unknown":
        return name
    film.mended("distributor", name, "", because="that is no distributor's name")
    return ""


def _released(film: FilmRow, cell: str) -> dt.date | None:
    cell = cell.strip()
    date = _date(cell)
    if date is None:
        if cell:
            film.refused("released", cell, because="released must be a date such as Jun 12 1998")
        return None
    if date == DAY_ZERO:
        film.mended("released", cell, "", because="that day is second 0 of a clock, not a date")
        return None
    if date.year <= LAST_YEAR:
        return date
    return _century_before(film, cell, date)


def _century_before(film: FilmRow, cell: str, date: dt.date) -> dt.date | None:
    if date.year > LAST_YEAR + 100:
        film.refused("released", cell, because=f"released must be in {LAST_YEAR} or before")
        return None
    earlier = date.replace(year=date.year - 100)
    because = f"the data ends in {LAST_YEAR}; a later year is the century before"
    film.mended("released", cell, earlier.isoformat(), because=because)
    return earlier


def _date(cell: str) -> dt.date | None:
    # Not strptime: its month names follow the locale of the process.
    try:
        month, day, year = cell.split()
        date = dt.date(int(year), _MONTHS.index(month) + 1, int(day))
    except ValueError:
        return None
    return date if date.year >= 1880 else None


def _money(film: FilmRow, name: str, cell: str) -> int | None:
    dollars = _whole(film, name, cell, least=0, most=MOST_MONEY)
    if dollars == 0:
        film.mended(name, cell, "", because="0 stands for not known")
        return None
    return dollars


def _whole(film: FilmRow, name: str, cell: str, *, least: int, most: int) -> int | None:
    number = _number(film, name, cell, least=least, most=most)
    if number is None:
        return None
    if number != int(number):
        film.refused(name, cell, because=f"{name} must be a whole number")
        return None
    return int(number)


def _rating(film: FilmRow, cell: str) -> Decimal | None:
    rating = _number(film, "IMDb rating", cell, least=0, most=10)
    if rating is None:
        return None
    rounded = rating.quantize(Decimal("0.1"))
    if rounded != rating:
        film.mended("IMDb rating", cell, str(rounded), because="ratings have one decimal place")
    return rounded


def _number(film: FilmRow, name: str, cell: str, *, least: int, most: int) -> Decimal | None:
    cell = cell.strip()
    if not cell:
        return None
    try:
        number = Decimal(cell)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        film.refused(name, cell, because=f"{name} must be a number")
        return None
    if not least <= number <= most:
        film.refused(name, cell, because=f"{name} must be between {least} and {most}")
        return None
    return number
