"""What can go wrong with a demo, each in one message with its remedy."""

import errno
import os
import shutil
from collections.abc import Iterator

from cinema._demo.places import var_directory
from matinee.exceptions import MatineeError

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DISK_FULL = "53100"
_INSUFFICIENT_PRIVILEGE = "42501"
_MIB = 1024 * 1024


class Problem(MatineeError):  # noqa: N818 - its reader is no programmer
    """Something the person at the keyboard can mend."""

    code = "cinema.demo"

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message, hint=hint)


def explain(error: Exception) -> str | None:
    """Return what to tell the person at the keyboard about *error*; None: it is a bug of ours."""
    if isinstance(error, Problem):
        return str(error)
    if _out_of_room(error):
        return str(no_room())
    if isinstance(error, MatineeError):
        return str(error)
    return _database_trouble(error)


def no_room() -> Problem:
    """Return the problem of a full disk."""
    path = var_directory()
    free = shutil.disk_usage(path).free // _MIB
    return Problem(
        f"The disk is full, or this process may not write more: {path} has {free} MB left.",
        "Free some space and start again; nothing that was finished is lost. Or keep the data"
        " elsewhere: make demo CINEMA_VAR=/path/with/space",
    )


def _out_of_room(error: Exception) -> bool:
    """Whether room ran out, here or in the server, which often just breaks off when it does."""
    for link in _chain(error):
        if isinstance(link, OSError) and link.errno in _NO_ROOM:
            return True
        if getattr(link, "sqlstate", None) == _DISK_FULL:
            return True
        if any(os.strerror(number) in str(link) for number in _NO_ROOM):
            return True
    embedded = not os.environ.get("DATABASE_URL")
    return embedded and shutil.disk_usage(var_directory()).free < _MIB


def _database_trouble(error: Exception) -> str | None:
    from django.db import DatabaseError  # Django may be what could not be set up

    if not isinstance(error, DatabaseError):
        return None
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if any(getattr(link, "sqlstate", None) == _INSUFFICIENT_PRIVILEGE for link in _chain(error)):
        remedy = "Give DATABASE_URL a role that owns its database: CREATE DATABASE cinema OWNER ..."
        return str(
            Problem(f"The database's role may not do what the demo needs: {reason}.", remedy)
        )
    if type(error).__name__ in {"OperationalError", "InterfaceError"}:
        remedy = "See that the database runs and start again; nothing that was finished is lost."
        return str(Problem(f"The database stopped answering: {reason}.", remedy))
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__ or link.__context__
