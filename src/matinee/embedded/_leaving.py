"""The way out: whoever leaves last stops the server.

Every process that uses a server holds a shared lock on ``members.lock``; the kernel lets go of it
however the process ends. A process that ends in good order looks whether it was the last one and
stops the server before it is gone. For those that do not (SIGKILL, a SIGTERM without a handler)
there is the keeper: this very file, run as ``python -I -S _leaving.py HOME``, which sleeps until
the lock is free. Hence: nothing but the standard library and no import from this package.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

__all__ = [
    "Membership",
    "alive",
    "has_keeper",
    "locked",
    "orphans",
    "server_pid",
    "stop",
]

_PROC = Path("/proc")
# Locks held for a moment; a child forked in that moment must not keep its copy.
_momentary: set[int] = set()


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def _try(fd: int, operation: int) -> bool:
    try:
        fcntl.flock(fd, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def locked(path: Path, *, timeout_s: float = 120) -> Iterator[None]:
    """Hold *path* exclusively.

    Raises:
        TimeoutError: Somebody else has held it for *timeout_s*.
    """
    fd = _open(path)
    _momentary.add(fd)
    try:
        deadline = time.monotonic() + timeout_s
        while not _try(fd, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{path} was held by another process for {timeout_s:.0f} s")
            time.sleep(0.02)
        yield
    finally:
        # Said outright: a copy of the descriptor elsewhere would keep the lock past close().
        fcntl.flock(fd, fcntl.LOCK_UN)
        _momentary.discard(fd)
        os.close(fd)


class Membership:
    """A process's share in the server of one home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._fd = _open(home / "members.lock")
        fcntl.flock(self._fd, fcntl.LOCK_SH)

    def renew(self) -> None:
        """After a fork: exchange the parent's share for one of the child's own."""
        inherited = self._fd
        self._fd = _open(self.home / "members.lock")
        fcntl.flock(self._fd, fcntl.LOCK_SH)
        os.close(inherited)

    def leave(self) -> None:
        """Give up the share, and stop the server if it was the last one.

        Raises:
            TimeoutError: The server did not stop in time.
        """
        try:
            with locked(self.home / "start.lock"):
                _stop_if_alone(self.home, self._fd)
        except FileNotFoundError:
            pass  # The whole folder was deleted; the server notices that by itself.
        finally:
            self.close()

    def close(self) -> None:
        """Give up the share and nothing else."""
        os.close(self._fd)


def _stop_if_alone(home: Path, members: int) -> bool:
    """Stop the server unless somebody else has a share; the caller holds ``start.lock``.

    Returns:
        Whether the server of this home is down, or no longer the one we had a share in.
    """
    # The folder may have been deleted and made anew: then its server is not ours to stop.
    if not os.path.samestat(os.fstat(members), (home / "members.lock").stat()):
        return True
    if not _try(members, fcntl.LOCK_EX):
        return False
    stop(home / "server" / "data")
    return True


def stop(data: Path, *, timeout_s: float = 60) -> None:
    """Ask for a fast shutdown and wait for its end; nothing to do where no server runs.

    Raises:
        TimeoutError: The server still runs after *timeout_s*.
    """
    pid = server_pid(data)
    if pid is None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + timeout_s
    while server_pid(data) == pid:
        if time.monotonic() > deadline:
            raise TimeoutError(f"PostgreSQL (process {pid}) did not stop within {timeout_s:.0f} s")
        time.sleep(0.01)


def server_pid(data: Path) -> int | None:
    """Return the postmaster's process number.

    The number in ``postmaster.pid`` outlives a killed server and may by now be somebody else's:
    it counts only if the process works in this very data folder, as every PostgreSQL process does.
    """
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if _works_in(pid, data) else None


def orphans(data: Path) -> bool:
    """Tell whether any process still works in *data*, such as children of a killed postmaster."""
    if not _PROC.is_dir():
        return False
    return any(_works_in(int(entry.name), data) for entry in _PROC.glob("[0-9]*"))


def alive(pid: int) -> bool:
    """Tell whether *pid* runs; a zombie does not."""
    try:
        os.kill(pid, 0)
        state = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, NotADirectoryError):
        return False
    except FileNotFoundError:
        return not _PROC.is_dir()
    return state not in "ZX"


def _works_in(pid: int, data: Path) -> bool:
    if not _PROC.is_dir():
        command = ["/bin/ps", "-o", "command=", "-p", str(pid)]
        shown = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - ours
        return b"postgres" in shown.stdout
    process = _PROC / str(pid)
    try:
        in_data = process.joinpath("cwd").samefile(data)
        return in_data and "postgres" in str((process / "exe").readlink())
    except OSError:
        return False


def has_keeper(home: Path) -> bool:
    fd = _open(home / "keeper.lock")
    try:
        return not _try(fd, fcntl.LOCK_EX)
    finally:
        os.close(fd)


def _keep(home: Path) -> None:
    """Wait until nobody has a share any more, then stop the server."""
    keeper = _open(home / "keeper.lock")
    members = _open(home / "members.lock")
    if not _try(keeper, fcntl.LOCK_EX):
        return
    done = False
    while not done:
        fcntl.flock(members, fcntl.LOCK_EX)
        fcntl.flock(members, fcntl.LOCK_UN)
        with locked(home / "start.lock"):
            done = _stop_if_alone(home, members)
            fcntl.flock(members, fcntl.LOCK_UN)
            if done:
                # Inside the lock: who starts a server next must see that nobody watches it.
                os.close(keeper)


def _drop_momentary() -> None:
    for fd in _momentary:
        os.close(fd)
    _momentary.clear()


os.register_at_fork(after_in_child=_drop_momentary)

if __name__ == "__main__":
    with contextlib.suppress(FileNotFoundError):
        _keep(Path(sys.argv[1]))
