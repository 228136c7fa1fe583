"""``manage.py reads``: what each view reads, and who asked for it."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

__all__ = ["Command"]


class Command(BaseCommand):
    """Print the plan of every view, or of those that are named."""

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
            from matinee.reads.drf import routes
        except ModuleNotFoundError as error:
            raise CommandError(
                f"{error}. Install Django REST framework: pip install django-matinee[drf]"
            ) from error
        names = tuple(options.get("names") or names)
        found = [route for route in routes() if not names or _goes_by(route, names)]
        if names and not found:
            raise CommandError(
                f"No view, serializer or path has {' or '.join(names)} in its name. "
                "Without a name, all of them are printed."
            )
        if options["json"]:
            self.stdout.write(json.dumps([_facts(route) for route in found], indent=2))
            return
        for route in found:
            self.print(route, sql=options["sql"])

    def print(self, route: Any, *, sql: bool) -> None:
        """Print one route."""
        self.stdout.write(self.style.MIGRATE_HEADING(f"{route.name}  GET {route.path}"))
        if route.reader is None:
            self.stdout.write(self.style.WARNING(f"not planned: {route.problem}\n"))
            return
        counted = ", one of them to count the rows" if route.counted else ""
        queries = "1 query" if route.queries == 1 else f"{route.queries} queries"
        plan = route.reader.plan
        self.stdout.write(f"{route.reader.name} reads {plan.model.__name__}: {queries}{counted}")
        self.stdout.write("\n".join(plan.branches()))
        for path, text in route.reader.statements(route.rows) if sql else ():
            self.stdout.write(f"\n-- {path or plan.model.__name__}\n{text}")
        self.stdout.write("")


def _goes_by(route: Any, names: tuple[str, ...]) -> bool:
    known = f"{route.name} {route.reader.name if route.reader else ''} {route.path}".lower()
    return any(name.lower() in known for name in names)


def _facts(route: Any) -> dict[str, Any]:
    facts = {"view": route.name, "path": route.path, "queries": route.queries}
    if route.reader is None:
        return {**facts, "problem": route.problem}
    statements = route.reader.statements(route.rows)
    return {
        **facts,
        "serializer": route.reader.name,
        "counted": route.counted,
        "plan": list(route.reader.plan.lines()),
        "sql": [{"path": path, "sql": text} for path, text in statements],
    }
