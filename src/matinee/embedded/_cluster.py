"""Making a cluster and bringing its server up; the caller holds ``start.lock``."""

import os
import secrets
import socket
import struct
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from shutil import disk_usage

from matinee.embedded._home import PORT, Home
from matinee.embedded._leaving import (
    close,
    is_free,
    process_is_server,
    recorded_pid,
    stop,
    try_lock,
)
from matinee.embedded._settings import configure
from matinee.embedded._wheel import Wheel, locate
from matinee.exceptions import EmbeddedError

__all__ = ["SUPERUSER", "running_socket_folder", "start_server"]

SUPERUSER = "postgres"
# Recovery after a crash can take a while on a slow disk.
_READY_WITHIN_S = 60
# Backends of a killed postmaster leave within moments, unless one is busy.
_ORPHANS_GONE_WITHIN_S = 20
_LEAST_FREE_BYTES = 1 << 20
_FULL = ("No space left on device", "Disk quota exceeded")


def running_socket_folder(home: Home) -> Path | None:
    """Return where the running server listens, once it is ready; None where none runs."""
    if not _wait_until_ready(home):
        return None
    folder = Path(_pid_file(home)[4])
    if _answers(folder):
        return folder
    # Either orphans of a killed server, or somebody tidied up and the socket is gone: a server
    # that nobody can reach any more makes way for a new one.
    stop(home.path)
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
    lock = _await_orphans(home)
    try:
        _remove_stale_files(home)
        pid = _launch(home, wheel, lock)
    finally:
        close(lock)  # Not unlocked: the server holds it now.
    if _wait_until_ready(home, pid=pid):
        return Path(_pid_file(home)[4])
    message = f"PostgreSQL did not start in {home.server}, see server.log there."
    raise _failure(message, _log(home), home, "embedded.start_failed")


def _initdb(home: Home, wheel: Wheel, *, sync: bool) -> None:
    """Make the cluster under another name first, so that a half-finished one is never used."""
    for leftover in home.server.glob("initdb-*"):
        home.user.run(["rm", "-rf", "--", leftover])
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
        message = f"PostgreSQL could not make a cluster in {home.server}."
        raise _failure(message, done.stdout, home, "embedded.initdb_failed")
    unfinished.rename(home.data)


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


def _await_orphans(home: Home) -> int:
    """Let the last processes of a killed server go, and take their lock."""
    path = home.path / "server.lock"
    deadline = time.monotonic() + _ORPHANS_GONE_WITHIN_S
    while (lock := try_lock(path)) is None:
        if time.monotonic() > deadline:
            raise EmbeddedError(
                f"PostgreSQL cannot start in {home.server}: processes of an earlier server are "
                "still at work there, and do not answer on its socket.",
                hint=f"Find them with `fuser {path}` and end them. If they run in another "
                "container, give each container a folder of its own.",
                code="embedded.orphans",
            )
        time.sleep(0.1)
    return lock


def _remove_stale_files(home: Home) -> None:
    """Remove what a killed server left behind and PostgreSQL would take for a living one's.

    That is where the number in it is another program's of the same user by now, or a zombie's. All
    other stale pid files it deals with itself, and better.
    """
    stale = []
    pid = recorded_pid(home.data)
    if pid is not None and _exists(pid) and not process_is_server(pid, home.data):
        stale.append(home.data / "postmaster.pid")
    socket_lock = home.socket_folder() / f".s.PGSQL.{PORT}.lock"
    if socket_lock.exists():
        stale.append(socket_lock)
    if stale:
        home.user.run(["rm", "-f", "--", *stale])


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _launch(home: Home, wheel: Wheel, lock: int) -> str:
    """Start the server's process, with a new log, and return its number.

    The shell puts it in the background and leaves, so that it is nobody's child: no zombie stays
    behind, and the end of this process is nothing to it.
    """
    script = (
        'log=$1; shift; mv -f "$log" "$log.1" 2>/dev/null; : >"$log" || exit; '
        '"$@" >"$log" 2>&1 & echo $!'
    )
    config = f"config_file={home.path / 'postgresql.conf'}"
    server: list[str | Path] = [wheel.program("postgres"), "-D", home.data, "-c", config]
    done = home.user.run(
        ["/bin/sh", "-c", script, "sh", home.log, *server], cwd=home.server, keep=(lock,)
    )
    if done.returncode:
        message = f"The log {home.log} cannot be written."
        raise _failure(message, done.stdout, home, "embedded.start_failed")
    return done.stdout.strip()


def _wait_until_ready(home: Home, *, pid: str | None = None) -> bool:
    """Wait until the server says so in its pid file; False if none runs, or it ended.

    A server just launched is known by its *pid*: the file may still be a killed one's.

    Raises:
        EmbeddedError: It runs, but takes too long.
    """
    deadline = time.monotonic() + _READY_WITHIN_S
    while not is_free(home.path / "server.lock"):
        lines = _pid_file(home)
        if len(lines) > 7 and lines[7].strip() == "ready" and pid in (None, lines[0]):
            return True
        if time.monotonic() > deadline:
            message = f"PostgreSQL in {home.server} was not ready within {_READY_WITHIN_S} s."
            raise _failure(message, _log(home), home, "embedded.start_failed")
        time.sleep(0.01)
    return False


def _answers(folder: Path) -> bool:
    """Ask for TLS, which a postmaster denies on a socket like this without any further ado.

    https://www.postgresql.org/docs/current/protocol-message-formats.html, SSLRequest
    """
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        try:
            connection.connect(str(folder / f".s.PGSQL.{PORT}"))
            connection.sendall(struct.pack("!ii", 8, 80877103))
            return connection.recv(1) != b""
        except OSError:
            return False


def _pid_file(home: Home) -> list[str]:
    """Return the lines of ``postmaster.pid``: 1 the number, 5 the socket's folder, 8 the state."""
    try:
        return (home.data / "postmaster.pid").read_text().split("\n")
    except FileNotFoundError:
        return []


def _log(home: Home) -> str:
    try:
        return home.log.read_text(errors="replace")
    except FileNotFoundError:
        return ""


def _failure(message: str, said: str, home: Home, code: str) -> EmbeddedError:
    tail = "\n".join(said.strip().splitlines()[-15:])
    # A disk can be too full even for the log.
    if any(sign in said for sign in _FULL) or disk_usage(home.server).free < _LEAST_FREE_BYTES:
        return EmbeddedError(
            f"{message} The disk is full.",
            hint=f"Free some space (a new cluster takes about 60 MB) in {home.server}.\n{tail}",
            code="embedded.disk_full",
        )
    return EmbeddedError(message, hint=f"The last it said was:\n{tail}", code=code)
