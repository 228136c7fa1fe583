"""What one gets: a private server with sensible settings, and the database asked for."""

import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from matinee import embedded
from matinee.exceptions import EmbeddedError
from tests.unit.embedded._processes import FAST, home_of


@pytest.fixture(scope="module")
def server(cluster_folder: Path) -> Iterator[embedded.Server]:
    with embedded.start(
        cluster_folder, settings={**FAST, "application_name": "it's \\ odd"}
    ) as server:
        yield server


def ask(server: embedded.Server, query: str, database: str = "postgres") -> list[tuple]:
    with psycopg.connect(server.dsn, dbname=database, autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


def test_databases_gives_what_django_expects(server, cluster_folder) -> None:
    found = embedded.databases(cluster_folder, name="films", options={"pool": {"max_size": 4}})
    assert found == {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "films",
            "USER": "postgres",
            "PASSWORD": "",
            "HOST": server.host,
            "PORT": "5432",
            "OPTIONS": {"pool": {"max_size": 4}},
        }
    }
    embedded._databases._servers.popitem()[1].stop()


def test_a_database_is_made_once_and_then_kept(server) -> None:
    server.database("kept")
    with psycopg.connect(server.dsn, dbname="kept") as connection:
        connection.execute("CREATE TABLE proof AS SELECT 42 AS answer")
    server.database("kept")
    assert ask(server, "SELECT answer FROM proof", "kept") == [(42,)]


@pytest.mark.parametrize("name", ["Ä b%c", 'quo"ted', "x" * 63])
def test_odd_names_of_databases_are_taken_literally(server, name: str) -> None:
    server.database(name)
    assert ask(server, "SELECT current_database()", name) == [(name,)]


@pytest.mark.parametrize("name", ["", "x" * 64, "ä" * 32, "a\0b"])
def test_a_name_postgresql_would_cut_is_refused(server, name: str) -> None:
    with pytest.raises(EmbeddedError, match="1 to 63 bytes") as caught:
        server.database(name)
    assert caught.value.code == "embedded.bad_name"


def test_a_database_that_cannot_be_opened_is_a_clear_error(server) -> None:
    broken = server.dsn.replace(server.host, server.host + "/gone")
    with pytest.raises(EmbeddedError, match="cannot be opened or made") as caught:
        embedded._server._make_database(broken, "x")
    assert caught.value.code == "embedded.no_database"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("listen_addresses", ""),
        ("fsync", "off"),
        ("application_name", "it's \\ odd"),
        ("max_connections", "100"),
        ("TimeZone", "UTC"),
        ("server_encoding", "UTF8"),
        ("data_checksums", "on"),
    ],
)
def test_the_server_has_the_settings(server, name: str, value: str) -> None:
    assert ask(server, f"SELECT reset_val FROM pg_settings WHERE name = '{name}'") == [(value,)]


def test_what_is_written_is_flushed_unless_asked_otherwise(fresh_folder: Path) -> None:
    with embedded.start(fresh_folder) as server:
        assert ask(server, "SHOW fsync") == [("on",)]


def test_only_the_kernel_s_word_lets_anybody_in(server) -> None:
    rules = "SELECT DISTINCT type, auth_method, error FROM pg_hba_file_rules"
    assert ask(server, rules) == [("local", "peer", None)]


def test_the_socket_s_folder_is_its_owner_s_alone(server) -> None:
    assert stat.S_IMODE(Path(server.host).stat().st_mode) == 0o700
    assert stat.S_IMODE((Path(server.host) / ".s.PGSQL.5432").stat().st_mode) == 0o700


def test_text_is_unicode_for_case_for_similarity_and_for_search(server) -> None:
    server.database("text")
    ask(server, "CREATE EXTENSION IF NOT EXISTS pg_trgm", "text")
    row = ask(
        server,
        "SELECT upper('über'), show_trgm('Öl') = show_trgm('öl'), cardinality(show_trgm('öl')),"
        " to_tsvector('simple', 'Ärger, Öl')::text",
        "text",
    )
    assert row == [("ÜBER", True, 3, "'ärger':1 'öl':2")]


def test_the_log_is_where_it_says_and_the_one_before_beside_it(fresh_folder: Path) -> None:
    for _ in range(2):
        with embedded.start(fresh_folder, settings=FAST) as server:
            assert "ready to accept connections" in server.log.read_text()
    assert "database system is shut down" in Path(f"{server.log}.1").read_text()
    assert len(list(server.log.parent.glob("server.log*"))) == 2


@pytest.mark.parametrize("name", ["with space, comma", "quo'te\"d", "$HOME`id`\\", "füñ"])
def test_any_folder_will_do(fresh_folder: Path, name: str) -> None:
    with embedded.start(fresh_folder / name, settings=FAST) as server:
        assert ask(server, "SELECT 1") == [(1,)]
    home = home_of(fresh_folder / name)
    assert home.parent.name == name


def test_where_the_path_is_too_long_for_a_socket_it_is_elsewhere(fresh_folder: Path) -> None:
    deep = fresh_folder.joinpath(*["long" * 10] * 4)
    for _ in range(2):
        with embedded.start(deep, settings=FAST) as server, embedded.start(deep) as joined:
            assert ask(joined, "SELECT 1") == [(1,)]
            assert joined.host == server.host
            assert not server.host.startswith(str(fresh_folder))
            assert stat.S_IMODE(Path(server.host).stat().st_mode) == 0o700
        assert not Path(server.host).exists()


def test_a_tidied_up_socket_is_made_anew(fresh_folder: Path) -> None:
    deep = fresh_folder.joinpath(*["long" * 10] * 4)
    with embedded.start(deep, settings=FAST) as first:
        for file in Path(first.host).iterdir():
            file.unlink()
        Path(first.host).rmdir()
        with embedded.start(deep, settings=FAST) as second:
            assert ask(second, "SELECT 1") == [(1,)]


@pytest.mark.parametrize(
    "name", ["listen_addresses", "port", "hba_file", "data_directory", "Fsync", "a b", ""]
)
def test_settings_that_are_ours_or_none_are_refused(cluster_folder: Path, name: str) -> None:
    with pytest.raises(EmbeddedError, match="settings must be") as caught:
        embedded.start(cluster_folder / "other", settings={name: "x"})
    assert caught.value.code == "embedded.bad_setting"
