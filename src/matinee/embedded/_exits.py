"""What happens to the servers of this process when it ends, in good order or not."""

import atexit
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from matinee.embedded import _leaving
from matinee.embedded._user import user_of
from matinee.exceptions import EmbeddedError

if TYPE_CHECKING:
    from matinee.embedded._server import Server

__all__ = ["register", "watch"]

_servers: list["Server"] = []


def register(server: "Server") -> None:
    """See to it that *server* is left at the end of the process, if not before."""
    _servers[:] = [known for known in _servers if not known.stopped]
    _servers.append(server)


def watch(home: Path) -> None:
    """Start the keeper of *home*, unless it is there.

    It ends with the server. Where ``sys.executable`` is no Python there is none, and a server
    whose last process was killed runs on until the next one has joined and left.
    """
    if _leaving.has_keeper(home) or not sys.executable:
        return
    keeper = [sys.executable, "-I", "-S", _leaving.__file__, str(home)]
    script = '"$@" </dev/null >/dev/null 2>&1 &'
    user_of(os.geteuid()).run(["/bin/sh", "-c", script, "sh", *keeper])


@atexit.register
def _leave() -> None:
    for server in _servers:
        try:
            server.stop()
        except EmbeddedError as error:
            sys.stderr.write(f"{error}\n")
