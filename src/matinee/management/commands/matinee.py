"""``manage.py matinee``: the house's own commands."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from matinee._audit import Finding as AuditFinding
from matinee._audit import audit
from matinee._baseline import write
from matinee._doctor import Finding, Level, examine

__all__ = ["Command"]


class Command(BaseCommand):
    help = "Look after Matinee in this project."
    # The doctor reports what the checks would stop at.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
        doctor = commands.add_parser(
            "doctor", help="look at versions, settings and databases, and say what to do"
        )
        report = commands.add_parser(
            "audit", help="report what could be read, kept or sent better, with the line to write"
        )
        report.add_argument(
            "--write-baseline",
            action="store_true",
            help='write the findings to MATINEE["reads"]["baseline"], for check to pass over',
        )
        for command in (doctor, report):
            command.add_argument("--json", action="store_true", help="print one JSON array instead")

    def handle(self, *names: str, **options: Any) -> None:
        if "audit" in (*names, options.get("command")):
            found = audit()
            self._report(found, as_json=options["json"])
            if options.get("write_baseline"):
                self.stderr.write(f"{len(found)} findings are the baseline now: {write(found)}")
        else:
            self._doctor(**options)

    def _report(self, found: list[AuditFinding], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps([asdict(each) for each in found], indent=2))
            return
        for each in found:
            self.stdout.write(f"{each}\n    {each.hint}")
        self.stdout.write(f"Findings: {len(found)}." if found else "Nothing found.")

    def _doctor(self, **options: Any) -> None:
        findings = list(examine())
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings], indent=2))
        else:
            self._print(findings)
        failed = sum(finding.level is Level.FAILED for finding in findings)
        if failed:
            raise CommandError(f"{failed} of {len(findings)} need your hand: see the lines with !!")

    def _print(self, findings: list[Finding]) -> None:
        width = max(len(finding.item) for finding in findings)
        styles = {
            Level.OK: self.style.SUCCESS,
            Level.ABSENT: self.style.NOTICE,
            Level.WARNING: self.style.WARNING,
            Level.FAILED: self.style.ERROR,
        }
        for finding in findings:
            level = styles[finding.level](f"{finding.level:<2}")
            remedy = f". {finding.remedy}" if finding.remedy else ""
            self.stdout.write(f"{level}  {finding.item:<{width}}  {finding.found}{remedy}")
