"""The server's configuration files, written anew at each start."""

import re
from collections.abc import Mapping

from matinee.embedded._home import PORT, Home
from matinee.exceptions import EmbeddedError

__all__ = ["configure"]

_DEFAULTS = {
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] ",
    "default_text_search_config": "pg_catalog.english",
}
_HEAD = "# Written by matinee.embedded at each start; changes are lost.\n"


def configure(home: Home, settings: Mapping[str, str]) -> None:
    """Write ``postgresql.conf`` and who may connect into *home*.

    Raises:
        EmbeddedError: A name in *settings* is no setting's, or is one that keeps the server
            private.
    """
    socket_folder = str(home.socket_folder()).replace('"', '""')
    fixed = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": f'"{socket_folder}"',
        "unix_socket_permissions": "0700",
        "hba_file": str(home.path / "pg_hba.conf"),
        "ident_file": str(home.path / "pg_ident.conf"),
    }
    _check(settings, fixed)
    lines = [
        f"{name} = {_quote(value)}\n" for name, value in {**_DEFAULTS, **settings, **fixed}.items()
    ]
    _write(home, "postgresql.conf", lines)
    # The socket's folder is 0700 already; asking the kernel who connects is the second lock.
    _write(
        home,
        "pg_hba.conf",
        [f"local {database} all peer map=matinee\n" for database in ("all", "replication")],
    )
    names = dict.fromkeys(["root", home.user.name])
    _write(home, "pg_ident.conf", [f'matinee "{name}" all\n' for name in names])


def _check(settings: Mapping[str, str], fixed: Mapping[str, str]) -> None:
    for name in settings:
        if name in {*fixed, "config_file", "data_directory"} or not re.fullmatch(
            r"[a-z_][\w.]*", name
        ):
            raise EmbeddedError(
                f"settings must be PostgreSQL's own in lower case, other than those that keep the "
                f"server private, got {name!r}.",
                hint='For example settings={"fsync": "off"}.',
                code="embedded.bad_setting",
            )


def _quote(value: str) -> str:
    return "'{}'".format(value.replace("\\", "\\\\").replace("'", "''"))


def _write(home: Home, name: str, lines: list[str]) -> None:
    file = home.path / name
    file.write_text("".join([_HEAD, *lines]))
    file.chmod(0o644)
