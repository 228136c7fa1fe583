"""films.csv, and files that pretend to be like it."""

import csv
import hashlib
from pathlib import Path

import pytest

from cinema.films.importing.notes import Note
from cinema.films.importing.parsing import COLUMNS
from cinema.films.importing.reading import FileError, count_lines, read

FILMS = Path(__file__).parents[3] / "cinema" / "films" / "data" / "films.csv"
HEADER = ",".join(COLUMNS).encode()


@pytest.fixture
def file(tmp_path):
    def write(*lines: bytes, header: bytes = HEADER, end: bytes = b"\n") -> Path:
        path = tmp_path / "films.csv"
        path.write_bytes(end.join([header, *lines, b""]))
        return path

    return write


def line(title: bytes) -> bytes:
    return title + b"," * (len(COLUMNS) - 1)


def outcome(path: Path) -> list[str]:
    """Return each row's title, or why it was refused."""
    return [str(item) if isinstance(item, Note) else item.values["title"] for item in read(path)]


def test_the_data_is_the_one_the_readme_speaks_of():
    digest = hashlib.sha256(FILMS.read_bytes()).hexdigest()

    assert digest == "b82cdf4a865fdb94be3c291e2b5c9332ca251be11380ec7172681190be39cb6a"


def test_the_data_holds_3201_films_and_its_dirt():
    with FILMS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert len(rows) == 3201
    assert tuple(rows[0]) == COLUMNS
    assert sum(int(row["US Gross"] or 0) for row in rows) == 140_542_660_013
    assert sum(row["Director"] == "" for row in rows) == 1331
    assert {row["Title"] for row in rows if row["Title"].isdigit()} == {
        *("9", "21", "54", "300", "1408", "1776", "1941", "2012", "2046")
    }


def test_every_row_of_the_data_becomes_a_film():
    rows = list(read(FILMS))

    assert not [row for row in rows if isinstance(row, Note)]
    assert [row.row for row in rows] == list(range(1, 3202))


def test_a_byte_order_mark_and_windows_line_ends_are_fine(file):
    path = file(line(b"Alien"), header=b"\xef\xbb\xbf" + HEADER, end=b"\r\n")

    assert outcome(path) == ["Alien"]


def test_columns_may_stand_in_another_order_and_beside_others(file):
    header = b"Colour," + ",".join(reversed(COLUMNS)).encode()

    assert outcome(file(b"red" + b"," * 15 + b",Alien", header=header)) == ["Alien"]


def test_a_row_with_too_few_or_too_many_cells_is_refused_and_the_others_go_in(file):
    path = file(line(b"Alien"), b"Short,1,2", line(b"Long") + b",17", line(b"Brazil"))

    assert outcome(path) == [
        "Alien",
        "row 2 (line 3): the row must have 16 cells, got 3",
        "row 3 (line 4): the row must have 16 cells, got 17",
        "Brazil",
    ]


def test_a_row_that_is_not_utf8_is_refused_and_the_others_go_in(file):
    path = file(line(b"Alien"), line(b"No\xebl"), line("Noël".encode()))

    assert outcome(path) == [
        "Alien",
        "row 2 (line 3): Title must be UTF-8, got other bytes",
        "Noël",
    ]


def test_a_row_with_a_nul_byte_is_refused_and_the_others_go_in(file):
    path = file(line(b"A\x00lien"), line(b"Brazil"))

    assert outcome(path) == ["row 1 (line 2): Title must be text, got a NUL character", "Brazil"]


def test_a_cell_of_a_megabyte_is_refused_and_the_others_go_in(file):
    path = file(line(b"x" * 1_000_000), line(b"Brazil"))

    assert outcome(path) == [
        (
            "row 1 (line 2): the row must be CSV with cells of a sane size, "
            "got: field larger than field limit (131072)"
        ),
        "Brazil",
    ]


def test_a_quote_left_open_takes_its_row_and_is_noted(file):
    path = file(line(b"Alien"), line(b'"Brazil'), line(b"Casablanca"))

    assert outcome(path) == ["Alien", "row 2 (line 4): the row must have 16 cells, got 1"]


def test_lines_with_nothing_on_them_are_no_rows(file):
    assert outcome(file(b"", line(b"Alien"), b"", line(b""), b"")) == [
        "Alien",
        "row 2 (line 5): the row is empty",
    ]


def test_a_title_may_run_over_lines(file):
    assert outcome(file(line(b'"Alien\nand more"'), line(b"Brazil"))) == [
        "Alien and more",
        "Brazil",
    ]


def test_a_header_that_lacks_columns_is_refused_and_names_them(file):
    header = HEADER.replace(b"Title", b"Name").replace(b"Director", b"director")

    with pytest.raises(FileError, match=r"missing: Title, Director\.$"):
        list(read(file(line(b"Alien"), header=header)))


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"PK\x03\x04\x00\x00", "Title,US Gross\n".encode("utf-16")]
)
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    path = tmp_path / "films.csv"
    path.write_bytes(content)

    with pytest.raises(FileError, match="must be UTF-8 CSV whose first line names the columns"):
        list(read(path))


def test_a_file_with_only_a_header_has_no_films(file):
    assert outcome(file()) == []


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FileError, match=r"must be a readable file, got: No such file"):
        count_lines(tmp_path / "nowhere.csv")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(FileError, match=r"must be a readable file, got: Is a directory"):
        count_lines(tmp_path)
