"""``python -m matinee audit --settings X``: for a project that has not installed Matinee."""

import os
import sys
from argparse import ArgumentParser

__all__ = ["main"]


def main() -> None:
    """Load the project's settings, then do as ``manage.py matinee audit`` does.

    The working directory comes first on the import path, as it does for ``manage.py``.
    """
    parser = ArgumentParser(prog="python -m matinee", description="Look at a Django project.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    audit = commands.add_parser("audit", help="report what could be read, kept or sent better")
    audit.add_argument("--settings", metavar="MODULE", help="DJANGO_SETTINGS_MODULE if not given")
    audit.add_argument("--json", action="store_true", help="print one JSON array instead")
    options = parser.parse_args()
    if options.settings:
        os.environ["DJANGO_SETTINGS_MODULE"] = options.settings
    if "DJANGO_SETTINGS_MODULE" not in os.environ:
        parser.error("name the project's settings: --settings mysite.settings")
    sys.path.insert(0, os.getcwd())  # noqa: PTH109  a str, as the others on the path

    import django
    from django.core.management import CommandError, call_command

    from matinee.management.commands.matinee import Command

    django.setup()
    try:
        call_command(Command(), "audit", json=options.json)
    except CommandError as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
