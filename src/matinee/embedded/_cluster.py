"""Making a cluster and bringing its server up; the caller holds ``start.lock``."""

import secrets
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from matinee.embedded._home import PORT, Home
from matinee.embedded._leaving import alive, orphans, server_pid, stop
from matinee.embedded._settings import configure
from matinee.embedded._wheel import Wheel, locate
from matinee.exceptions import EmbeddedError

__all__ = ["SUPERUSER", "running_socket_folder", "start_server"]

SUPERUSER = "postgres"
# Recovery after a crash can take a while on a slow disk.
_READY_WITHIN_S = 60
# Backends of a killed postmaster leave within moments, unless one is busy.
_ORPHANS_GONE_WITHIN_S = 20
_FULL = ("No space left on device", "Disk quota exceeded")


def running_socket_folder(home: Home) -> Path | None:
    """Return where the running server listens, once it is ready; None where none runs."""
    pid = server_pid(home.data)
    if pid is None or not _wait_until_ready(home, pid):
        return None
    folder = Path(_pid_file(home)[4])
    if (folder / f".s.PGSQL.{PORT}").exists():
        return folder
    # Somebody tidied up /tmp: the server runs on, but nobody can get to it any more.
    stop(home.data)
    return None


def start_server(home: Home, settings: Mapping[str, str]) -> Path:
    """Start the server on the home's cluster, which is made if there is none.

    Returns:
        The folder of its socket.

    Raises:
        EmbeddedError: With the end of the server's log as the hint.
    """
    wheel = locate(home.user)
    if not home.data.exists():
        _initdb(home, wheel, sync=settings.get("fsync", "on") != "off")
    _check_version(home, wheel)
    configure(home, settings)
    _await_orphans(home)
    for attempt in range(10):
        log = _launch(home, wheel)
        if log is None:
            return Path(_pid_file(home)[4])
        # Where there is no /proc, only the refusal tells of children that have yet to go.
        if "shared memory block" not in log or attempt == 9:
            break
        time.sleep(0.2)
    raise _failure(
        f"PostgreSQL did not start in {home.server}.", log, home, "embedded.start_failed"
    )


def _initdb(home: Home, wheel: Wheel, *, sync: bool) -> None:
    """Make the cluster under another name first, so that a half-finished one is never used."""
    _remove_leftovers(home)
    unfinished = home.server / f"initdb-{secrets.token_hex(4)}"
    done = home.user.run(
        [
            wheel.program("initdb"),
            f"--pgdata={unfinished}",
            f"--username={SUPERUSER}",
            "--auth=peer",
            "--encoding=UTF8",
            "--locale=C",
            # pg_trgm and the text search parser still ask the C library what a letter is.
            f"--lc-ctype={'C.UTF-8' if sys.platform == 'linux' else 'UTF-8'}",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
            *([] if sync else ["--no-sync"]),
        ],
        cwd=home.server,
    )
    if done.returncode:
        raise _failure(
            f"PostgreSQL could not make a cluster in {home.server}.",
            done.stdout,
            home,
            "embedded.initdb_failed",
        )
    unfinished.rename(home.data)


def _remove_leftovers(home: Home) -> None:
    for leftover in home.server.glob("initdb-*"):
        home.user.run(["rm", "-rf", "--", leftover])


def _check_version(home: Home, wheel: Wheel) -> None:
    try:
        found = (home.data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise EmbeddedError(
            f"{home.data} must hold a PostgreSQL cluster, and has no PG_VERSION.",
            hint="Move the folder out of the way; the next start makes a new, empty one.",
            code="embedded.not_a_cluster",
        ) from None
    if found != wheel.major:
        raise EmbeddedError(
            f"{home.data} must be of PostgreSQL {wheel.major}, got one of PostgreSQL {found}.",
            hint=f"Dump it with PostgreSQL {found} and load it into {wheel.major}, or move the "
            "folder out of the way; the next start makes a new, empty one.",
            code="embedded.other_version",
        )


def _await_orphans(home: Home) -> None:
    """Let the children of a killed server go, then remove its pid file.

    PostgreSQL refuses to start while they live, and also when another program of the same user
    now has the number in the file.
    """
    deadline = time.monotonic() + _ORPHANS_GONE_WITHIN_S
    while orphans(home.data) and time.monotonic() < deadline:
        time.sleep(0.2)
    pid_file = home.data / "postmaster.pid"
    if pid_file.exists() and not orphans(home.data) and server_pid(home.data) is None:
        home.user.run(["rm", "-f", "--", pid_file])


def _launch(home: Home, wheel: Wheel) -> str | None:
    """Start the server; None once it is ready, else the log of the attempt.

    The shell puts it in the background and leaves, so that it is nobody's child: no zombie stays
    behind, and the end of this process is nothing to it.
    """
    script = 'mv -f "$1" "$1.1" 2>/dev/null; log=$1; shift; "$@" </dev/null >"$log" 2>&1 & echo $!'
    server = [
        wheel.program("postgres"),
        "-D",
        home.data,
        "-c",
        f"config_file={home.path}/postgresql.conf",
    ]
    done = home.user.run(["/bin/sh", "-c", script, "sh", home.log, *server], cwd=home.server)
    if done.returncode == 0 and _wait_until_ready(home, int(done.stdout)):
        return None
    try:
        return home.log.read_text(errors="replace")
    except OSError:
        return done.stdout


def _wait_until_ready(home: Home, pid: int) -> bool:
    """Wait until the server says so in its pid file; False if it ended, or took too long."""
    deadline = time.monotonic() + _READY_WITHIN_S
    while alive(pid) and time.monotonic() < deadline:
        lines = _pid_file(home)
        if lines[0] == str(pid) and len(lines) > 7 and lines[7].strip() == "ready":
            return True
        time.sleep(0.01)
    return False


def _pid_file(home: Home) -> list[str]:
    """Return the lines of ``postmaster.pid``: 1 the number, 5 the socket's folder, 8 the state."""
    try:
        return (home.data / "postmaster.pid").read_text().split("\n")
    except FileNotFoundError:
        return [""]


def _failure(message: str, log: str, home: Home, code: str) -> EmbeddedError:
    tail = "\n".join(log.strip().splitlines()[-15:])
    if any(sign in log for sign in _FULL):
        return EmbeddedError(
            f"{message} The disk is full.",
            hint=f"Free some space (a new cluster takes about 60 MB) in {home.server}.\n{tail}",
            code="embedded.disk_full",
        )
    return EmbeddedError(message, hint=f"The log {home.log} ends with:\n{tail}", code=code)
