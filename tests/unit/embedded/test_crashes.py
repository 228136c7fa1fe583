"""Killed at the worst moment, and started again."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from matinee import embedded
from matinee.embedded._user import server_user
from tests.unit.embedded._processes import (
    FAST,
    Member,
    eventually,
    keepers,
    kill_all,
    postmaster,
    working_below,
)


def ask(server: embedded.Server, query: str) -> list[tuple]:
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


def test_a_server_whose_processes_were_all_killed_starts_again_with_its_data(folder: Path) -> None:
    with embedded.start(folder, settings=FAST) as killed:
        ask(killed, "CREATE TABLE kept AS SELECT 42 AS answer")
        kill_all([postmaster(folder), *working_below(folder)])
        with embedded.start(folder, settings=FAST) as server:
            assert ask(server, "SELECT answer FROM kept") == [(42,)]


def test_the_start_waits_for_the_orphans_of_a_killed_postmaster(folder: Path) -> None:
    with (
        embedded.start(folder, settings=FAST) as killed,
        psycopg.connect(killed.dsn, autocommit=True) as connection,
    ):
        pid = connection.info.backend_pid
        # Stopped, it cannot notice that its parent is gone; it goes on while we start.
        os.kill(pid, signal.SIGSTOP)
        os.kill(postmaster(folder), signal.SIGKILL)
        assert eventually(lambda: postmaster(folder) not in working_below(folder))
        with (
            subprocess.Popen(["/bin/sh", "-c", f"sleep 1; kill -CONT {pid}"]),
            embedded.start(folder, settings=FAST) as server,
        ):
            assert ask(server, "SELECT 1") == [(1,)]


@pytest.mark.parametrize("as_server", [True, False], ids=["the server's user", "ourselves"])
def test_a_stale_pid_file_with_a_number_that_is_another_program_s_is_no_hindrance(
    folder: Path, as_server: bool
) -> None:
    with embedded.start(folder, settings=FAST):
        pid_file = folder / "postgresql/server/data/postmaster.pid"
        kill_all(working_below(folder))
        assert eventually(lambda: not working_below(folder))
        user = server_user().uid if as_server else None
        with subprocess.Popen(["sleep", "600"], user=user) as stranger:
            lines = pid_file.read_text().split("\n")
            pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]))
            try:
                with embedded.start(folder, settings=FAST) as server:
                    assert ask(server, "SELECT 1") == [(1,)]
                assert stranger.poll() is None
            finally:
                stranger.kill()


def test_a_stale_pid_file_of_a_server_that_nobody_uses_is_no_hindrance(folder: Path) -> None:
    with Member(folder) as member:
        member.line()
        kill_all([*keepers(folder), *working_below(folder), member.pid])
    with embedded.start(folder, settings=FAST) as server:
        assert ask(server, "SELECT 1") == [(1,)]


def test_a_half_finished_initdb_is_done_again(fresh_folder: Path) -> None:
    server_folder = fresh_folder / "postgresql/server"
    with Member(fresh_folder) as member:
        # Killed between the first file and the last: initdb has written its catalogue.
        assert eventually(lambda: list(server_folder.glob("initdb-*/base/1/PG_VERSION")))
        kill_all([member.pid, *keepers(fresh_folder), *working_below(server_folder)])
    assert eventually(lambda: not working_below(server_folder))
    assert not (server_folder / "data").exists()
    assert list(server_folder.glob("initdb-*"))
    with embedded.start(fresh_folder, settings=FAST) as server:
        assert ask(server, "SELECT 1") == [(1,)]
    assert not list(server_folder.glob("initdb-*"))


def test_a_start_that_is_interrupted_leaves_nothing_running(folder: Path) -> None:
    with embedded.start(folder, settings=FAST):
        pass
    script = (
        "import sys\nfrom matinee import embedded\nembedded.start(sys.argv[1])\nsys.stdin.read()"
    )
    for _ in range(3):
        with Member(folder, script, stderr=subprocess.DEVNULL) as member:
            assert eventually(lambda: working_below(folder))
            member.kill(signal.SIGINT)
            assert eventually(lambda: not working_below(folder) and not keepers(folder))


def test_the_python_that_starts_may_be_gone_before_the_server_is_up(folder: Path) -> None:
    with embedded.start(folder, settings=FAST):
        pass
    script = (
        "import sys\nfrom matinee import embedded\nembedded.start(sys.argv[1])\nsys.stdin.read()"
    )
    with Member(folder, script) as member:
        assert eventually(lambda: working_below(folder))
        member.kill()
    with embedded.start(folder, settings=FAST) as server:
        assert ask(server, "SELECT 1") == [(1,)]


def test_a_keeper_needs_no_site_packages(folder: Path) -> None:
    with embedded.start(folder, settings=FAST):
        (keeper,) = keepers(folder)
        words = Path(f"/proc/{keeper}/cmdline").read_text().split("\0")
        assert words[:3] == [sys.executable, "-I", "-S"]
