"""The site itself: made ready, announced, served, closed."""

import logging
import secrets
import socket

_GRACE_S = 3


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
    site = f"http://127.0.0.1:{port}"
    admin = (
        "the password printed at the first start; .venv/bin/python manage.py changepassword admin"
    )
    if password is not None:
        admin = f"user admin, password {password}   (printed this once, kept only as a hash)"
    print(
        f"""
The cinema is open.

  {site}/                             the films, and who showed what when
  At the foot of every page               "How this page was made": switch Matinee off and compare
  {site}/api/films/?page_size=100     nested JSON in a handful of queries
  {site}/api/                         the API in the browser
  {site}/api/schema/                  its schema and its documentation
  {site}/admin/                       {admin}

Ctrl-C stops it, database and all; nothing is lost. One line per request follows.
""",
        flush=True,
    )


def serve(listener: socket.socket) -> None:
    """Serve on *listener* until SIGINT or SIGTERM, which come out as KeyboardInterrupt."""
    import uvicorn

    logging.basicConfig(format="%(message)s")
    logging.getLogger("matinee.receipts").setLevel(logging.INFO)
    config = uvicorn.Config(
        "cinema.asgi:application",
        lifespan="off",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=_GRACE_S,  # a browser may keep its connection open for ever
    )
    uvicorn.Server(config).run(sockets=[listener])


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
