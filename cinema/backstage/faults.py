"""Faults of the database: what goes wrong beneath every Django site."""

import os
import signal
from pathlib import Path
from time import monotonic, sleep

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from psycopg import OperationalError

from cinema.backstage.breaking import fault

RECOVERY_S = 30
MARK = " (renamed)"

CUT = """
    SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend'
"""
RENAMED = "SELECT id, name FROM films_director WHERE name LIKE %s ORDER BY id LIMIT 1"
BUSIEST = """
    SELECT films_director.id, films_director.name FROM films_director
    JOIN films_direction ON films_direction.director_id = films_director.id
    GROUP BY films_director.id ORDER BY count(*) DESC, films_director.id LIMIT 1
"""
RENAME = "UPDATE films_director SET name = %s WHERE id = %s"


@fault(
    "cut",
    gettext_lazy("Cut every connection"),
    explanation=gettext_lazy(
        "Ends all connections of this site to its database but the one that gives the order. "
        "The pool notices before it lends one out again: the next page comes as if nothing was."
    ),
)
def cut() -> str:
    with connection.cursor() as cursor:
        cursor.execute(CUT)
        [(count,)] = cursor.fetchall()
    return ngettext("%(count)d connection was cut.", "%(count)d connections were cut.", count) % {
        "count": count
    }


def _is_embedded() -> bool:
    """Whether the server at the other end is the wheel's, on this machine, and ours to signal."""
    return _program_of(_backend_pid()).endswith("/pginstall/bin/postgres")


@fault(
    "kill",
    gettext_lazy("Kill a server process"),
    explanation=gettext_lazy(
        "Sends SIGKILL to the PostgreSQL process that serves this very request, as the kernel does "
        "when memory runs out. PostgreSQL then drops everybody and recovers from its log."
    ),
    possible=_is_embedded,
)
def kill() -> str:
    pid = _backend_pid()
    os.kill(pid, signal.SIGKILL)
    started = monotonic()
    _wait_for_recovery(pid, until=started + RECOVERY_S)
    connection.close()  # it is dead; the next query takes another out of the pool
    return _("Process %(pid)d was killed. PostgreSQL had recovered after %(ms)d ms.") % {
        "pid": pid,
        "ms": (monotonic() - started) * 1000,
    }


@fault(
    "rename",
    gettext_lazy("Rename a director behind its back"),
    explanation=gettext_lazy(
        "Changes the name of the director with the most films in plain SQL: no save(), no signal. "
        "Look at the film pages and at the API afterwards. Press again to have the old name back."
    ),
)
def rename() -> str:
    with connection.cursor() as cursor:
        cursor.execute(RENAMED, [f"%{MARK}"])
        if not (row := cursor.fetchone()):
            cursor.execute(BUSIEST)
            row = cursor.fetchone()
        if not row:
            return _("There is no director to rename. Load the films first.")
        pk, old = row
        new = old.removesuffix(MARK) if old.endswith(MARK) else f"{old}{MARK}"
        cursor.execute(RENAME, [new, pk])
    return _("“%(old)s” is now called “%(new)s”.") % {"old": old, "new": new}


def _backend_pid() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [(pid,)] = cursor.fetchall()
    return pid


def _program_of(pid: int) -> str:
    try:
        return str(Path(f"/proc/{pid}/exe").readlink())
    except OSError:  # another machine, another user's process, or a system without /proc
        return ""


def _wait_for_recovery(pid: int, *, until: float) -> None:
    """Wait until the server has missed its process, and takes new connections again."""
    while Path(f"/proc/{pid}").exists() and monotonic() < until:
        sleep(0.01)
    parameters = connection.get_connection_params()
    parameters.pop("pool", None)
    while True:
        try:
            connection.Database.connect(**parameters).close()
        except OperationalError:
            if monotonic() > until:
                raise
            sleep(0.05)
        else:
            return
