"""Where a server lives.

In the folder asked for there is ``postgresql/``, the server's home::

    postgresql/
        settle.lock                             held while the home is looked for
        start.lock                              held while a server is started, joined or stopped
        members.lock server.lock keeper.lock    see _leaving
        postgresql.conf pg_hba.conf pg_ident.conf
        elsewhere       only if the home cannot be here: the path where it is
        socket-folder   only if the socket cannot be here: the path of its folder
        server/         0700, the server's user's own: data/, server.log, the socket

Root writes nothing below ``server/``: its owner could put links in the way.
"""

import os
import secrets
import stat
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from matinee.embedded._user import User, server_user, user_of
from matinee.exceptions import EmbeddedError

__all__ = ["PORT", "Home", "own_folder", "settle"]

PORT = 5432
# sockaddr_un.sun_path without its final NUL.
_LONGEST_SOCKET_PATH = 107 if sys.platform == "linux" else 103


@dataclass(frozen=True)
class Home:
    path: Path
    user: User

    @property
    def server(self) -> Path:
        return self.path / "server"

    @property
    def data(self) -> Path:
        return self.server / "data"

    @property
    def log(self) -> Path:
        return self.server / "server.log"

    def socket_folder(self) -> Path:
        """Return the folder for the socket, 0700 and the server user's; make it if need be."""
        length = len(os.fsencode(self.server / f".s.PGSQL.{PORT}"))
        # libpq takes a host with a comma for two hosts.
        if length <= _LONGEST_SOCKET_PATH and "," not in str(self.server):
            return self.server
        note = self.path / "socket-folder"
        if note.exists() and _is_private(folder := Path(note.read_text().strip()), self.user):
            return folder
        folder = _short_folder(self.user)
        note.write_text(f"{folder}\n")
        return folder


def settle(directory: Path) -> Home:
    """Find or make the home for the data of *directory*; the caller keeps others out.

    Raises:
        EmbeddedError: The home belongs to somebody else, or has gone.
        OSError: The folder cannot be made or written.
    """
    home = directory / "postgresql"
    note = home / "elsewhere"
    if note.exists():
        home = Path(note.read_text().strip())
        if not (home / "server").is_dir():
            raise EmbeddedError(
                f"The server's home must be where {note} says, but {home} is not there.",
                hint=f"Bring it back, or delete {note} to begin with an empty database.",
                code="embedded.home_lost",
            )
    if (home / "server").exists():
        return Home(home, _owner(home / "server"))
    user = server_user()
    if _furnish(home, user):
        return Home(home, user)
    home = _furnish_elsewhere(directory, user)
    note.write_text(f"{home}\n")
    return Home(home, user)


def own_folder() -> Iterator[Path]:
    """Yield folders of ours for what cannot be in the folder asked for, best first."""
    if os.geteuid() == 0:
        # Not below /root, which nobody else may enter; not below /tmp, which a restart empties.
        candidates = [Path("/var/lib/matinee"), Path("/var/tmp/matinee")]  # noqa: S108 - owner checked
    else:
        share = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share"
        candidates = [Path(share) / "matinee"]
    for folder in candidates:
        try:
            make_folder(folder)
        except OSError:
            continue
        found = folder.lstat()
        if (
            stat.S_ISDIR(found.st_mode)
            and found.st_uid == os.geteuid()
            and not found.st_mode & 0o022
        ):
            yield folder


def make_folder(folder: Path) -> None:
    """Make a folder that others can pass through but not list; leave an existing one as it is."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir()
    except FileExistsError:
        return
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)


def _furnish(home: Path, user: User) -> bool:
    """Make ``server/`` in *home*; False if its user cannot get there or cannot own it."""
    make_folder(home)
    new = Path(tempfile.mkdtemp(prefix="new-", dir=home))
    try:
        os.chown(new, user.uid, user.gid)
        fit = _is_private(new, user) and user.may_enter(new)
    except OSError:
        fit = False
    if fit:
        new.rename(home / "server")
    else:
        new.rmdir()
    return fit


def _furnish_elsewhere(directory: Path, user: User) -> Path:
    for folder in own_folder():
        home = folder / f"{directory.name}-{secrets.token_hex(4)}"
        if _furnish(home, user):
            return home
        home.rmdir()
    raise EmbeddedError(
        f'The user "{user.name}" must be able to own a folder and enter it, but cannot in '
        f"{directory} nor in any other place that was tried.",
        hint="Choose a folder on a local disk that this user may enter.",
        code="embedded.no_place",
    )


def _owner(server: Path) -> User:
    uid = server.lstat().st_uid
    if os.geteuid() in (0, uid) and uid != 0:
        return user_of(uid)
    raise EmbeddedError(
        f"{server} must belong to you or to the user a server of root's runs as, "
        f"but belongs to user number {uid}.",
        hint="Run as the user who made it, as root, or choose another folder.",
        code="embedded.not_yours",
    )


def _is_private(folder: Path, user: User) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    mode = stat.S_IMODE(found.st_mode)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == user.uid and mode == 0o700


def _short_folder(user: User) -> Path:
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent")
    parent = "/tmp"  # noqa: S108 - mkdtemp's name cannot be foreseen
    if user.is_me and _is_private(runtime, user) and len(os.fsencode(runtime)) < 60:
        parent = str(runtime)
    folder = Path(tempfile.mkdtemp(prefix="matinee-", dir=parent))
    os.chown(folder, user.uid, user.gid)
    return folder
