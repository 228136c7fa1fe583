"""Two processes share a server; the last one out stops it."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from matinee import embedded
from tests.unit.embedded._processes import (
    FAST,
    MEMBER,
    Member,
    environment,
    eventually,
    keepers,
    kill_all,
    postmaster,
    python,
    working_below,
)


def test_the_last_one_out_stops_the_server(folder: Path) -> None:
    with Member(folder) as first, Member(folder) as second:
        assert first.line() == second.line()
        first.end()
        assert postmaster(folder) in working_below(folder)
        second.end()
        assert not working_below(folder)


def test_ten_starters_at_once_start_one_server(folder: Path) -> None:
    with ExitStack() as stack:
        members = [stack.enter_context(Member(folder)) for _ in range(10)]
        assert {member.line() for member in members} == {str(folder / "postgresql/server")}
        assert _servers(working_below(folder)) == [postmaster(folder)]
        assert [member.end() for member in members] == [0] * 10
        assert not working_below(folder)


def test_two_holds_in_one_process_are_two_shares(folder: Path) -> None:
    first = embedded.start(folder, settings=FAST)
    second = embedded.start(folder)
    first.stop()
    first.stop()
    assert working_below(folder)
    second.stop()
    assert not working_below(folder)


def test_a_with_block_ends_the_share(folder: Path) -> None:
    with embedded.start(folder, settings=FAST):
        assert working_below(folder)
    assert not working_below(folder)


def test_settings_read_twice_join_once(folder: Path) -> None:
    done = python(
        "import os, sys\n"
        "from matinee import embedded\n"
        "def held():\n"
        "    links = [os.path.realpath(f'/proc/self/fd/{fd}') for fd in os.listdir('/proc/self/fd')]\n"
        "    return sum(link.endswith('members.lock') for link in links)\n"
        "one = embedded.databases(sys.argv[1], settings={'fsync': 'off'})\n"
        "two = embedded.databases(sys.argv[1] + '/.', name='other')\n"
        "print(held(), one['default']['HOST'] == two['default']['HOST'])",
        folder,
    )
    assert (done.stdout, done.stderr) == ("1 True\n", "")


def test_the_keeper_stops_the_server_of_a_process_that_was_killed(folder: Path) -> None:
    with Member(folder) as member:
        member.line()
        member.kill(signal.SIGKILL)
        assert eventually(lambda: not working_below(folder) and not keepers(folder))


def test_the_keeper_stops_the_server_of_a_process_that_had_no_handler_for_sigterm(
    folder: Path,
) -> None:
    with Member(folder) as member:
        member.line()
        member.kill(signal.SIGTERM)
        assert eventually(lambda: not working_below(folder) and not keepers(folder))


def test_nothing_is_made_anew_in_a_folder_that_is_being_deleted(fresh_folder: Path) -> None:
    with Member(fresh_folder) as member:
        member.line()
        home = fresh_folder / "postgresql"
        kill_all(working_below(fresh_folder))
        for name in ("start.lock", "server.lock"):
            (home / name).unlink()
        member.kill(signal.SIGKILL)
        assert eventually(lambda: not keepers(fresh_folder))
        assert {path.name for path in home.glob("*.lock")} == {
            "settle.lock",
            "members.lock",
            "keeper.lock",
        }


def test_the_keeper_leaves_the_server_to_those_who_are_still_there(folder: Path) -> None:
    with Member(folder) as killed, Member(folder) as left:
        killed.line(), left.line()
        killed.kill()
        with Member(folder) as third:
            third.line()
            assert third.end() == 0
        assert postmaster(folder) in working_below(folder)
        assert len(keepers(folder)) == 1
        left.end()
        assert not working_below(folder)


def test_a_server_that_was_left_running_is_joined_and_stopped(folder: Path) -> None:
    with Member(folder) as first:
        first.line()
        kill_all(keepers(folder))
        first.kill()
    left_running = postmaster(folder)
    with Member(folder) as second:
        second.line()
        assert postmaster(folder) == left_running
        assert keepers(folder)
        second.end()
    assert not working_below(folder)


def test_a_forked_child_has_a_share_of_its_own(folder: Path) -> None:
    script = MEMBER.replace(
        "sys.stdin.read()",
        "import os\nif os.fork():\n    sys.exit()\nos.close(1)\nsys.stdin.read()",
    )
    with Member(folder, script) as member:
        member.line()
        assert member.process.stdout.read() == ""
        member.process.wait()
        assert postmaster(folder) in working_below(folder)
        member.close_input()
        assert eventually(lambda: not working_below(folder))


def test_workers_of_every_kind_come_and_go_without_stopping_the_server(folder: Path) -> None:
    script = (
        "import multiprocessing, sys, warnings\n"
        "from matinee import embedded\n"
        "def work(folder):\n"
        "    embedded.databases(folder)\n"
        "if __name__ == '__main__':\n"
        "    server = embedded.start(sys.argv[1], settings={'fsync': 'off'})\n"
        "    for kind in ('fork', 'spawn', 'forkserver'):\n"
        "        context = multiprocessing.get_context(kind)\n"
        "        worker = context.Process(target=work, args=(sys.argv[1],))\n"
        "        worker.start(); worker.join()\n"
        "        print(worker.exitcode, embedded.start(sys.argv[1]).host == server.host)\n"
    )
    file = folder / "workers.py"
    file.write_text(script)
    done = subprocess.run(
        [sys.executable, file, folder],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("0 True\n" * 3, "")
    assert not working_below(folder)


def test_ctrl_c_in_a_terminal_does_not_stop_the_server_under_a_sibling(folder: Path) -> None:
    script = MEMBER.replace(
        "sys.stdin.read()", "try: sys.stdin.read()\nexcept KeyboardInterrupt: pass"
    )
    with Member(folder, script, start_new_session=True) as first, Member(folder) as sibling:
        first.line(), sibling.line()
        os.killpg(first.pid, signal.SIGINT)
        first.process.wait()
        assert postmaster(folder) in working_below(folder)
        sibling.end()


def test_leaving_does_not_touch_a_server_in_a_folder_that_was_made_anew(fresh_folder: Path) -> None:
    old = embedded.start(fresh_folder, settings=FAST)
    kill_all([*keepers(fresh_folder), *working_below(fresh_folder)])
    (fresh_folder / "postgresql").rename(fresh_folder / "moved")
    with embedded.start(fresh_folder, settings=FAST):
        old.stop()
        assert postmaster(fresh_folder) in working_below(fresh_folder / "postgresql")


def test_leaving_is_quiet_when_the_folder_was_deleted(fresh_folder: Path) -> None:
    with Member(fresh_folder) as member:
        member.line()
        kill_all([*keepers(fresh_folder), *working_below(fresh_folder)])
        (fresh_folder / "postgresql").rename(fresh_folder / "moved")
        assert member.end() == 0


def _servers(working: list[int]) -> list[int]:
    """Return those of *working* that none of the others started; a worker may end meanwhile."""
    parents = {pid: _parent(pid) for pid in working}
    return [pid for pid, parent in parents.items() if parent is not None and parent not in working]


def _parent(pid: int) -> int | None:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return int(status.rpartition(")")[2].split()[1])
