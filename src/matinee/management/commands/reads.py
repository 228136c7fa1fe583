"""``manage.py reads``: what each view reads, and who asked for it."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from matinee.reads._slower import slower

__all__ = ["Command"]


class Command(BaseCommand):
    """Print the plan of every view, or of those views and serializers that are named."""

    help = "Print what each view reads: its plan as a tree, the number of queries, the SQL."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take names, and what to print."""
        parser.add_argument(
            "names", nargs="*", metavar="NAME", help="part of a view's, serializer's or path's name"
        )
        parser.add_argument("--sql", action="store_true", help="print each query's SQL too")
        parser.add_argument("--json", action="store_true", help="print one JSON array instead")

    def handle(self, *names: str, **options: Any) -> None:
        """Print, and complain where nothing goes by a name that was given."""
        try:
            from matinee.reads.drf import routes, serializers
        except ModuleNotFoundError as error:
            raise CommandError(
                f"{error}. Install Django REST framework: pip install django-matinee[drf]"
            ) from error
        names = tuple(options.get("names") or names)
        found = [route for route in routes() if not names or _goes_by(route, names)]
        if names:
            shown = {route.reader.name for route in found if route.reader}
            found += [
                each
                for each in serializers()
                if _goes_by(each, names) and each.name.rpartition(".")[2] not in shown
            ]
        if names and not found:
            raise CommandError(
                f"No view, serializer or path has {' or '.join(names)} in its name. "
                "Without a name, all views are printed."
            )
        if options["json"]:
            self.stdout.write(json.dumps([_facts(route) for route in found], indent=2))
            return
        for route in found:
            self.print(route, sql=options["sql"])

    def print(self, route: Any, *, sql: bool) -> None:
        """Print one route."""
        self.stdout.write(self.style.MIGRATE_HEADING(_title(route)))
        if route.reader is None:
            self.stdout.write(self.style.WARNING(f"not planned: {route.problem}\n"))
            return
        self.stdout.write("\n".join(route.lines()))
        for path, text in route.statements() if sql else ():
            self.stdout.write(f"\n-- {path or route.reader.plan.model.__name__}\n{text}")
        self.stdout.write("")


def _goes_by(route: Any, names: tuple[str, ...]) -> bool:
    known = f"{route.name} {route.reader.name if route.reader else ''} {route.path}".lower()
    return any(name.lower() in known for name in names)


def _title(route: Any) -> str:
    return f"{route.name}  GET {route.path}" if route.path else f"{route.name}, in no view"


def _facts(route: Any) -> dict[str, Any]:
    facts = {"view": route.name, "path": route.path, "queries": route.queries}
    if route.reader is None:
        return {**facts, "problem": route.problem}
    return {
        **facts,
        "serializer": route.reader.name,
        "counted": route.counted,
        "dropped": list(route.dropped),
        "json": bool(route.json),
        "json_problem": route.json_problem,
        "json_slower": list(slower(route.reader.plan)) if route.json else [],
        "plan": list(route.reader.plan.lines()),
        "sql": [{"path": path, "sql": text} for path, text in route.statements()],
    }
