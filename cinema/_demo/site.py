"""The site itself: made ready, announced, served, closed."""

import logging
import os
import secrets
import signal
import socket
import threading

import uvicorn

_GRACE_S = 3
_LAST_RESORT_S = 5


def prepare() -> None:
    """Bring the database up to date and fill it; what is there already is not loaded again."""
    print("Starting PostgreSQL", flush=True)
    import django

    django.setup()  # imports the settings, and with them starts the embedded server
    from django.core.management import call_command
    from django.db import connections

    print("Migrating", flush=True)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_cinema")
    connections.close_all()


def announce(port: int) -> None:
    """Print what to open and try, and the admin's password on the one occasion it is known."""
    password = _new_admin()
    known = "with the password that the first start printed"
    pages = {
        "/": "the films, and at each page's foot how it was made",
        "/api/films/?page_size=100": "nested JSON from a handful of queries",
        "/api/": "the API, to click through",
        "/api/docs/": "its documentation; the schema is /api/schema/",
        "/admin/": f"as admin, {known if password is None else f'password {password}'}",
    }
    print("\nThe cinema is open:\n")
    for path, what in pages.items():
        print(f"  {f'http://127.0.0.1:{port}{path}':<47} {what}")
    if password is None:
        print("\nForgotten it? .venv/bin/python manage.py changepassword admin")
    else:
        print("\nThe password is printed this once: only its hash is kept.")
    print(
        "Ctrl-C stops it, its database too; nothing is lost. Below, a line per request.\n",
        flush=True,
    )


class _Server(uvicorn.Server):
    """Uvicorn, with an end that no request can hold up."""

    def take_signals(self) -> None:
        """Be told of signals from now on.

        While the site is imported an exception may be lost: one that is raised in the callback of
        a weak reference, say, ends nothing.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
                signal.signal(number, self.handle_exit)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets=sockets)
        # A thread cannot be cancelled, and one may wait for a lock in the database for ever. This
        # is the end all the same: the embedded server's own watcher then sees to its stop.
        last_resort = threading.Timer(_LAST_RESORT_S, os._exit, [0])
        last_resort.daemon = True
        last_resort.start()


def serve(listener: socket.socket) -> None:
    """Announce the site and serve it on *listener* until a signal comes.

    Raises:
        KeyboardInterrupt: It came.
    """
    logging.basicConfig(format="%(message)s")
    logging.getLogger("matinee.receipts").setLevel(logging.INFO)
    config = uvicorn.Config(
        "cinema.asgi:application",
        lifespan="off",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=_GRACE_S,  # a browser may keep its connection open for ever
    )
    server = _Server(config)
    server.take_signals()
    announce(listener.getsockname()[1])
    server.run(sockets=[listener])
    raise KeyboardInterrupt


def close() -> None:
    """Give back the database's connections, the pool's too, so that its server can stop."""
    from django.conf import settings
    from django.db import connections

    if not settings.configured:
        return
    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def _new_admin() -> str | None:
    """Return the password of the admin just made; None where there is one already."""
    from django.contrib.auth import get_user_model

    users = get_user_model().objects
    if users.filter(is_superuser=True).exists():
        return None
    password = secrets.token_urlsafe(12)
    users.create_superuser("admin", password=password)
    return password
