"""A newcomer's machine: a fresh copy of the repository, an environment and a PATH to run it in."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
# What this test run has set for itself, or what make has told its children.
OURS = ("CINEMA_", "COVERAGE", "DATABASE_URL", "DJANGO_", "MAKE", "MFLAGS", "PORT", "PYTEST", "PYTHON", "UV_", "VIRTUAL_ENV")  # fmt: skip

UV = {"uv", "uvx"}


def copy_repository(to: Path) -> Path:
    """Copy what a clone would have, with the changes that are not committed yet."""
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    )  # fmt: skip
    for name in filter(None, listing.stdout.decode().split("\0")):
        if (source := REPOSITORY / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, to / name)
    return to


def environment(**changes: str) -> dict[str, str]:
    """Return the environment of a shell just opened, with *changes*."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    return {**kept, **changes}


def path_without_uv(links: Path) -> str:
    """Return this machine's PATH with everything on it but uv, and no virtual environment.

    Where uv shares a folder with others, *links* gets a folder that points to the others.
    """
    folders = []
    for folder in map(Path, os.environ["PATH"].split(os.pathsep)):
        if folder == Path(sys.prefix, "bin") or not folder.is_dir():
            continue
        has_uv = (folder / "uv").exists()
        without_it = links / f"{len(folders)}"
        folders.append(str(link_all(without_it, folder, without=UV) if has_uv else folder))
    return os.pathsep.join(folders)


def link_all(to: Path, folder: Path, *, without: set[str]) -> Path:
    to.mkdir(parents=True)
    for program in folder.iterdir():
        if program.name not in without:
            (to / program.name).symlink_to(program)
    return to


@contextmanager
def small_disk(folder: Path, *, megabytes: int) -> Iterator[int | None]:
    """Mount a disk of that size at *folder*, where this user may.

    Yields:
        None, or where nothing can be mounted the size in bytes to limit files to instead.
    """
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        yield megabytes * 1024 * 1024 // 16
        return
    try:
        yield None
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
