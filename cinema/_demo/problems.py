"""What can go wrong with a demo, each in one message with its remedy."""

import errno
import os
from collections.abc import Iterator

from django.core.management import CommandError
from django.db import DatabaseError, OperationalError

from cinema._demo.places import free_space, var_path
from matinee.exceptions import MatineeError

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DISK_FULL = "53100"
_INSUFFICIENT_PRIVILEGE = "42501"
_MIB = 1024 * 1024
_ELSEWHERE = "The data can be kept elsewhere: make demo CINEMA_VAR=/a/folder/of/yours"


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
    if isinstance(error, MatineeError | CommandError):
        return str(error)
    if isinstance(error, DatabaseError):
        return _database_trouble(error)
    if isinstance(error, OSError) and error.filename:
        return str(Problem(f"{error.filename} cannot be used: {error.strerror}.", _ELSEWHERE))
    return None


def no_room() -> Problem:
    """Return the problem of a full disk."""
    return Problem(
        f"The disk is full, or this process may not write more: {free_space() // _MIB} MB are left"
        f" in {var_path()}.",
        f"Free some space and start again; nothing that was finished is lost. {_ELSEWHERE}",
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
    return embedded and isinstance(error, DatabaseError) and free_space() < _MIB


def _database_trouble(error: DatabaseError) -> str | None:
    reason = str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
    if any(getattr(link, "sqlstate", None) == _INSUFFICIENT_PRIVILEGE for link in _chain(error)):
        return str(
            Problem(
                f"The role in DATABASE_URL may not do what the demo needs: {reason}.",
                "Use a role that owns the database: CREATE DATABASE cinema OWNER ...",
            )
        )
    if isinstance(error, OperationalError):
        return str(
            Problem(
                f"The database stopped answering: {reason}.",
                "See that it runs and start again; nothing that was finished is lost.",
            )
        )
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__ or link.__context__
