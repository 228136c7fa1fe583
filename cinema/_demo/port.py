"""The port the demo listens on, taken before anything else is started."""

import errno
import socket

from cinema._demo.problems import Problem

_HOST = "127.0.0.1"


def listen(port: str) -> socket.socket:
    """Return a socket that listens on 127.0.0.1, so that nobody else can take the port meanwhile.

    Raises:
        Problem: *port* is no port, is taken, or is not for this user.
    """
    if not port.isdecimal() or int(port) > 65535:
        raise Problem(
            f"PORT must be a number from 0 to 65535, got {port!r}.", "Try make demo PORT=8123."
        )
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # The connections of the run before may linger for a minute; they are no reason to refuse.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_HOST, int(port)))
        listener.listen()
    except OSError as error:
        listener.close()
        raise _refused(port, error) from error
    return listener


def _refused(port: str, error: OSError) -> Problem:
    remedy = f"Use another: make demo PORT={_free_port()}"
    if error.errno == errno.EADDRINUSE:
        return Problem(f"Port {port} of {_HOST} is taken by another program.", remedy)
    if error.errno == errno.EACCES:
        return Problem(f"Port {port} of {_HOST} is not for this user to listen on.", remedy)
    return Problem(f"Port {port} of {_HOST} cannot be used: {error.strerror}.", remedy)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])
