"""`manage.py load_films` and `load_cinema` on a real database."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from cinema.films.importing.parsing import COLUMNS
from cinema.films.models import Direction, Director, Film, Genre
from cinema.programme.models import Hall, Screening
from cinema.reviews.models import Review, Reviewer
from tests import _databases

ROOT = Path(__file__).parents[2]


def load(*args: object, **options: object) -> str:
    out = StringIO()
    call_command("load_films", *map(str, args), stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def file(tmp_path):
    def write(*rows: dict[str, str]) -> Path:
        path = tmp_path / "films.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, COLUMNS, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


def state() -> list[object]:
    """Return everything the import writes but keys and times."""
    films = Film.objects.order_by("source_row").values_list(
        "source_row", "title", "released", "genre__name", "distributor__name", "us_gross", "mended"
    )
    directions = Direction.objects.order_by("film__source_row", "director__name")
    return [
        *films,
        *directions.values_list("film__source_row", "director__name", "generated"),
    ]


ALIEN = {"Title": "Alien", "Director": "Ridley Scott", "Major Genre": "Horror"}
BRAZIL = {"Title": "Brazil", "Director": "Terry Gilliam"}


@pytest.mark.django_db
class TestTheData:
    def test_all_3201_films_go_in_and_each_mend_is_counted(self):
        said = load()

        assert said.startswith("3,201 films added, 0 changed, 0 as they were, 0 rows refused.")
        assert "18 mended, title: accents were read in the wrong code page" in said
        assert "“LÈon” → “Léon”" not in said  # three examples of each are enough
        assert Film.objects.count() == 3201
        assert Direction.objects.count() == 1870
        assert Director.objects.count() == 550
        assert Genre.objects.count() == 12

    def test_a_second_run_changes_nothing_and_says_so(self):
        load()
        before = list(Film.objects.order_by("pk").values())

        assert load().startswith("Nothing to do: 0 films added, 0 changed, 3,201 as they were")
        assert list(Film.objects.order_by("pk").values()) == before

    def test_a_film_carries_its_mends(self):
        load()

        film = Film.objects.get(title="King Kong", released__year=1933)
        assert film.mended == [
            (
                "released: “Apr 07 2033” → “1933-04-07” "
                "(the data ends in 2011; a later year is the century before)"
            ),
            "title: “King Kong (1933)” → “King Kong” (the year is the release's own)",
        ]
        assert Film.objects.get(title="Untitled film, IFC Films 2006").source_row == 3054
        assert Film.objects.get(title="2012").mended == []
        assert not Film.objects.filter(released__year__gt=2011).exists()

    def test_it_takes_few_statements(self, django_assert_max_num_queries):
        with django_assert_max_num_queries(110):
            load()
        with django_assert_max_num_queries(60):
            load()


@pytest.mark.django_db
class TestAFileOfOnesOwn:
    def test_what_differs_is_set_back_and_the_rest_is_not_touched(self, file):
        path = file(ALIEN, BRAZIL)
        load("--file", path)
        Film.objects.filter(title="Alien").update(title="Alien!")
        untouched = Film.objects.values().get(title="Brazil")

        assert load("--file", path).startswith("0 films added, 1 changed, 1 as they were")
        assert Film.objects.values().get(title="Brazil") == untouched
        assert Film.objects.filter(title="Alien").exists()

    def test_a_film_keeps_its_key_when_its_row_changes(self, file):
        load("--file", file(ALIEN))
        key = Film.objects.get().pk
        load("--file", file({**ALIEN, "Title": "Aliens", "Director": "James Cameron"}))

        film = Film.objects.get()
        assert (film.pk, film.title) == (key, "Aliens")
        assert [director.name for director in film.directors.all()] == ["James Cameron"]

    def test_a_generated_co_director_stays(self, file):
        load("--file", file(ALIEN))
        other = Director.objects.create(name="Somebody Else")
        Direction.objects.create(film=Film.objects.get(), director=other, generated=True)
        load("--file", file(ALIEN))

        assert Direction.objects.filter(generated=True, director=other).count() == 1

    def test_a_co_director_whom_the_file_names_is_generated_no_more(self, file):
        load("--file", file(ALIEN))
        other = Director.objects.create(name="James Cameron")
        Direction.objects.create(film=Film.objects.get(), director=other, generated=True)
        load("--file", file({**ALIEN, "Director": "James Cameron"}))

        assert list(Direction.objects.values_list("director__name", "generated")) == [
            ("James Cameron", False)
        ]

    def test_films_made_by_hand_are_left_alone(self, file):
        Film.objects.create(title="Home video")
        load("--file", file(ALIEN))

        assert set(Film.objects.values_list("title", flat=True)) == {"Home video", "Alien"}

    def test_bad_rows_are_refused_and_the_others_go_in(self, file):
        said = load("--file", file({"Title": "x" * 201}, ALIEN, {"Title": "a\x00"}, BRAZIL))

        assert said.startswith("2 films added, 0 changed, 0 as they were, 2 rows refused.")
        assert "1 refused, Title must have at most 200 characters, got 201" in said
        assert "        row 1 (line 2)\n" in said
        assert set(Film.objects.values_list("source_row", flat=True)) == {2, 4}

    def test_a_row_the_database_refuses_does_not_lose_the_others(self, file):
        rows = [{"Title": f"Film {number}", "Director": "A"} for number in range(20)]
        rows[13]["Title"] = "Cursed"
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE films_film ADD CONSTRAINT no_curse CHECK (title <> 'Cursed')"
            )

        said = load("--file", file(*rows))

        assert said.startswith("19 films added, 0 changed, 0 as they were, 1 rows refused.")
        assert "the database refused it: new row for relation" in said
        assert "row 14 (line 15)" in said
        assert Direction.objects.count() == 19

    def test_the_report_file_has_every_note_as_json(self, file, tmp_path):
        report = tmp_path / "report.jsonl"
        load("--file", file({"Title": "Boot, Das", "US Gross": "-1"}), "--report", report)

        assert [json.loads(line) for line in report.read_text().splitlines()] == [
            {
                "row": 1,
                "line": 2,
                "kind": "refused",
                "reason": "US gross must be between 0 and 100000000000",
                "field": "US gross",
                "before": "-1",
                "after": "",
            },
            {
                "row": 1,
                "line": 2,
                "kind": "mended",
                "reason": "the article stood at the end",
                "field": "title",
                "before": "Boot, Das",
                "after": "Das Boot",
            },
        ]

    def test_verbosity_2_prints_every_note(self):
        assert "“LÈon” → “Léon”" in load(verbosity=2)

    @pytest.mark.parametrize("options", [{"quiet": True}, {"verbosity": 0}])
    def test_quiet_prints_nothing(self, file, options):
        assert load("--file", file(ALIEN), **options) == ""

    def test_a_missing_file_is_named(self, tmp_path):
        with pytest.raises(
            CommandError, match=r"nowhere.csv must be a readable file, got: No such"
        ):
            load("--file", tmp_path / "nowhere.csv")

    def test_a_wrong_header_changes_nothing(self, tmp_path):
        path = tmp_path / "other.csv"
        path.write_text("Title,Year\nAlien,1979\n")

        with pytest.raises(CommandError, match="missing: US Gross, Worldwide Gross"):
            load("--file", path)
        assert not Film.objects.exists()

    def test_a_report_that_cannot_be_written_is_said(self, file, tmp_path):
        with pytest.raises(CommandError, match="--report must name a file that can be written"):
            load("--file", file(ALIEN), "--report", tmp_path)
        assert Film.objects.exists()

    def test_a_terminal_sees_a_bar_and_a_file_does_not(self, file):
        class Terminal(StringIO):
            def isatty(self) -> bool:
                return True

        terminal = Terminal()
        call_command("load_films", file=file(ALIEN, BRAZIL), stdout=terminal)

        assert "\rFilms ████" in terminal.getvalue()
        assert "2/2" in terminal.getvalue()
        assert "\r" not in load("--file", file(ALIEN))


@pytest.mark.django_db
class TestLoadCinema:
    def said(self, **options: object) -> str:
        out = StringIO()
        call_command("load_cinema", stdout=out, **options)
        return out.getvalue()

    def test_the_first_run_fills_every_room(self):
        assert self.said().startswith("3,201 films loaded, 1")
        assert Direction.objects.filter(generated=True).count() > 100
        assert 8_000 < Review.objects.filter(generated=True).count() < 12_000
        assert Reviewer.objects.count() == 40
        assert Hall.objects.count() == 5
        assert Screening.objects.count() > 250

    def test_the_second_run_does_nothing_with_few_statements(self, django_assert_num_queries):
        self.said()
        Film.objects.filter(source_row=1).update(title="Edited by staff")
        Film.objects.filter(source_row=2).delete()

        with django_assert_num_queries(17):  # five looks, four of them in a locked transaction
            assert self.said() == "All is there already.\n"
        assert Film.objects.filter(title="Edited by staff").exists()
        assert Film.objects.count() == 3200

    def test_quiet_prints_nothing(self):
        assert self.said(quiet=True) == ""


@contextmanager
def empty_database(django_db_blocker):
    with django_db_blocker.unblock():
        template = _databases.migrated_template()
    with _databases.clone("killed", template=template) as name:
        yield name


def start(database: str, *command: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "DATABASE_URL": _databases.server_url(database),
        "DJANGO_SETTINGS_MODULE": "cinema.settings",
    }
    return subprocess.Popen([sys.executable, "manage.py", *command], cwd=ROOT, env=environment)


def wait_until_blocked(watcher: psycopg.Connection, process: subprocess.Popen[bytes]) -> None:
    waiting = """
        SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
        WHERE NOT granted AND datname = current_database()
    """
    while watcher.execute(waiting).fetchone() == (0,):
        assert process.poll() is None, "the run ended before it met the lock"
        time.sleep(0.05)


def test_a_run_killed_half_way_and_a_second_end_where_one_run_ends(
    django_db_setup, django_db_blocker
):
    with empty_database(django_db_blocker) as database:
        url = _databases.server_url(database)
        with psycopg.connect(url) as holder, psycopg.connect(url, autocommit=True) as watcher:
            holder.execute("LOCK TABLE films_direction")  # the first films are in, its turn is next
            killed = start(database, "load_films")
            wait_until_blocked(watcher, killed)
            killed.send_signal(signal.SIGKILL)
            killed.wait()
            holder.rollback()
            assert watcher.execute("SELECT count(*) FROM films_film").fetchone() == (0,)

        assert start(database, "load_films", "--quiet").wait() == 0
        with django_db_blocker.unblock(), _databases.connected_to(database):
            twice = state()

    with (
        empty_database(django_db_blocker) as database,
        django_db_blocker.unblock(),
        _databases.connected_to(database),
    ):
        load()
        assert state() == twice
        assert Film.objects.count() == 3201


def test_two_runs_at_once_take_turns(django_db_setup, django_db_blocker):
    with empty_database(django_db_blocker) as database:
        both = [start(database, "load_cinema", "--quiet") for _ in range(2)]
        assert [process.wait() for process in both] == [0, 0]
        with django_db_blocker.unblock(), _databases.connected_to(database):
            assert Film.objects.count() == 3201
            assert len(state()) == len(set(map(str, state())))
            assert Screening.objects.values("hall", "during").distinct().count() == (
                Screening.objects.count()
            )
