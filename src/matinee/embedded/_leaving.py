"""The way out: whoever leaves last stops the server.

Every process that uses a server holds a shared lock on ``members.lock``; the kernel lets go of it
however the process ends. A process that ends in good order looks whether it was the last one and
stops the server before it is gone. For those that do not (SIGKILL, a SIGTERM without a handler)
there is the keeper: this very file, run as ``python -I -S _leaving.py HOME``, which sleeps until
the lock is free. Hence: nothing but the standard library and no import from this package.

The server's own processes, down to the last orphan of a killed one, hold ``server.lock``. Unlike
the number in ``postmaster.pid`` it is never stale, and it is seen from other containers too.
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
    "close",
    "has_keeper",
    "is_free",
    "locked",
    "process_is_server",
    "recorded_pid",
    "stop",
    "try_lock",
]

_PROC = Path("/proc")
_NUMBER_WITHIN_S = 3
_memberships: "set[Membership]" = set()
# Locks held for a moment; a child forked in that moment must not keep its copy.
_momentary: set[int] = set()


def _open(path: Path, *, make: bool = True) -> int:
    flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
    return os.open(path, flags | os.O_CREAT if make else flags, 0o600)


def close(fd: int) -> None:
    """Close a descriptor that `try_lock` returned."""
    _momentary.discard(fd)
    os.close(fd)


def _take(fd: int) -> bool:
    """Lock exclusively, without waiting."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def try_lock(path: Path, *, make: bool = True) -> int | None:
    """Return a descriptor that holds *path* exclusively, or None if somebody else does."""
    fd = _open(path, make=make)
    _momentary.add(fd)
    if _take(fd):
        return fd
    close(fd)
    return None


def is_free(path: Path, *, make: bool = False) -> bool:
    try:
        fd = try_lock(path, make=make)
    except FileNotFoundError:
        return True
    if fd is not None:
        close(fd)
    return fd is not None


@contextlib.contextmanager
def locked(path: Path, *, timeout_s: float = 120, make: bool = True) -> Iterator[None]:
    """Hold *path* exclusively.

    Where *make* is False the file must be there: on the way out the folder may be being deleted.

    Raises:
        TimeoutError: Somebody else has held it for *timeout_s*.
        FileNotFoundError: It is missing and not to be made.
    """
    fd = _open(path, make=make)
    _momentary.add(fd)
    try:
        deadline = time.monotonic() + timeout_s
        while not _take(fd):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{path} was held by another process for {timeout_s:.0f} s")
            time.sleep(0.02)
        yield
    finally:
        # Said outright: a copy of the descriptor elsewhere would keep the lock past close().
        fcntl.flock(fd, fcntl.LOCK_UN)
        close(fd)


class Membership:
    """A process's share in the server of one home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._fd = self._share()
        self._heirs: list[int] = []
        _memberships.add(self)

    def before_fork(self) -> None:
        """Take the child's own share before there is a child: its parent may leave at once."""
        with contextlib.suppress(OSError):  # The folder may have been deleted.
            self._heirs.append(self._share())

    def after_fork_in_parent(self) -> None:
        if self._heirs:
            os.close(self._heirs.pop())

    def after_fork_in_child(self) -> None:
        if self._heirs:
            os.close(self._fd)
            self._fd = self._heirs.pop()
        while self._heirs:  # Another thread was about to fork too.
            os.close(self._heirs.pop())

    def leave(self) -> None:
        """Give up the share, and stop the server if it was the last one.

        Raises:
            TimeoutError: The server did not stop in time.
        """
        _memberships.discard(self)
        try:
            with locked(self.home / "start.lock", make=False):
                _stop_if_alone(self.home, self._fd)
        except FileNotFoundError:
            pass  # The whole folder was deleted; the server notices that by itself.
        finally:
            self.close()

    def close(self) -> None:
        """Give up the share and nothing else."""
        _memberships.discard(self)
        fcntl.flock(self._fd, fcntl.LOCK_UN)  # As in locked().
        os.close(self._fd)

    def _share(self) -> int:
        fd = _open(self.home / "members.lock")
        fcntl.flock(fd, fcntl.LOCK_SH)
        return fd


def _stop_if_alone(home: Path, members: int) -> bool:
    """Stop the server unless somebody else has a share; the caller holds ``start.lock``.

    Returns:
        Whether the server of this home is down, or no longer the one we had a share in.
    """
    # The folder may have been deleted and made anew: then its server is not ours to stop.
    if not os.path.samestat(os.fstat(members), (home / "members.lock").stat()):
        return True
    if not _take(members):
        return False
    stop(home)
    with contextlib.suppress(OSError):  # There is one only if the socket could not be at home.
        Path((home / "socket-folder").read_text().strip()).rmdir()
    return True


def stop(home: Path, *, timeout_s: float = 60) -> None:
    """Ask for a fast shutdown and wait for its end; nothing to do where no server runs.

    Raises:
        TimeoutError: The server still runs after *timeout_s*.
    """
    data = home / "server" / "data"
    told = None
    started = time.monotonic()
    while not is_free(home / "server.lock"):
        pid = recorded_pid(data)
        if pid is not None and pid != told and process_is_server(pid, data):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            told = pid
        waited_s = time.monotonic() - started
        # One that was launched a moment ago has not written its number yet; orphans never do.
        if told is None and waited_s > _NUMBER_WITHIN_S:
            return
        if waited_s > timeout_s:
            raise TimeoutError(f"PostgreSQL (process {told}) did not stop within {timeout_s:.0f} s")
        time.sleep(0.01)


def recorded_pid(data: Path) -> int | None:
    """Return the number in ``postmaster.pid``, which outlives a killed server."""
    try:
        return int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def process_is_server(pid: int, data: Path) -> bool:
    """Tell whether *pid* is a PostgreSQL process of *data*: each of them works in that folder."""
    if not _PROC.is_dir():
        command = ["/bin/ps", "-o", "command=", "-p", str(pid)]
        shown = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - ours
        return b"postgres" in shown.stdout
    process = _PROC / str(pid)
    try:
        in_data = (process / "cwd").samefile(data)
        return in_data and "postgres" in str((process / "exe").readlink())
    except OSError:
        return False


def has_keeper(home: Path) -> bool:
    # Made here, by the one who starts the server, not by the keeper on its way out.
    return not is_free(home / "keeper.lock", make=True)


def _keep(home: Path) -> None:
    """Wait until nobody has a share any more, then stop the server."""
    keeper = try_lock(home / "keeper.lock", make=False)
    if keeper is None:
        return
    members = _open(home / "members.lock", make=False)
    done = False
    while not done:
        fcntl.flock(members, fcntl.LOCK_EX)
        fcntl.flock(members, fcntl.LOCK_UN)
        with locked(home / "start.lock", timeout_s=float("inf"), make=False):
            done = _stop_if_alone(home, members)
            fcntl.flock(members, fcntl.LOCK_UN)
            if done:
                # Inside the lock: who starts a server next must see that nobody watches it.
                close(keeper)


def _before_fork() -> None:
    for membership in tuple(_memberships):
        membership.before_fork()


def _after_fork_in_parent() -> None:
    for membership in tuple(_memberships):
        membership.after_fork_in_parent()


def _after_fork_in_child() -> None:
    for fd in _momentary:
        os.close(fd)
    _momentary.clear()
    for membership in tuple(_memberships):
        membership.after_fork_in_child()


os.register_at_fork(
    before=_before_fork,
    after_in_parent=_after_fork_in_parent,
    after_in_child=_after_fork_in_child,
)

if __name__ == "__main__":
    with contextlib.suppress(FileNotFoundError):
        _keep(Path(sys.argv[1]))
