"""The system user the server runs as: oneself, or somebody harmless where one is root."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from matinee.exceptions import EmbeddedError

__all__ = ["User", "server_user", "user_of"]


@dataclass(frozen=True)
class User:
    uid: int
    gid: int
    name: str

    @property
    def is_me(self) -> bool:
        return self.uid == os.geteuid()

    def run(
        self, command: Sequence[str | Path], *, cwd: Path | str = "/", keep: tuple[int, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run *command* as this user, in a session of its own, out of reach of Ctrl-C.

        It gets none of our descriptors but those to *keep*. Output and errors come back together;
        the environment is bare, for the caller's ``PG*`` and
        ``LC_*`` variables would reach the server.

        Raises:
            OSError: The command cannot be executed.
        """
        return subprocess.run(  # noqa: S603 - our own commands, no shell
            command,
            cwd=cwd,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            pass_fds=keep,
            errors="replace",
            check=False,
            umask=0o077,
            start_new_session=True,
            user=None if self.is_me else self.uid,
            group=None if self.is_me else self.gid,
            extra_groups=None if self.is_me else [self.gid],
        )

    def may_enter(self, folder: Path) -> bool:
        """Try it: modes alone do not tell about access lists and odd file systems."""
        try:
            return self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", folder]).returncode == 0
        except OSError:
            return False


def user_of(uid: int) -> User:
    """Return the user with the number *uid*.

    Raises:
        EmbeddedError: The number has no name, as in a container run with ``--user 1234``.
    """
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedError(
            f"PostgreSQL needs a user with a name, got number {uid}, which has none.",
            hint="Add the number to /etc/passwd, or set DATABASE_URL to use another server.",
            code="embedded.no_user",
        ) from None
    return User(uid, entry.pw_gid, entry.pw_name)


def server_user() -> User:
    """Return who is to own a new server: oneself, or as root "postgres", else "nobody".

    Raises:
        EmbeddedError: One is root, and neither exists.
    """
    if os.geteuid() != 0:
        return user_of(os.geteuid())
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return User(entry.pw_uid, entry.pw_gid, name)
    raise EmbeddedError(
        'PostgreSQL refuses to run as root, and there is neither a user "postgres" nor "nobody".',
        hint="Run as another user, or set DATABASE_URL to use another server.",
        code="embedded.no_user",
    )
