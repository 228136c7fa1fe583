"""A folder like a home folder, a fresh copy of the repository, and one where the demo has been opened."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.demo.machine import copy_repository, path_without_uv
from tests.demo.running import Demo, demo


@dataclass(frozen=True)
class Clone:
    """A clone in which `make demo` has been run once on a machine without uv."""

    path: Path
    search: str
    first: Demo
    first_code: int
    films: dict

    @property
    def var(self) -> Path:
        return self.path / "var"

    @property
    def launcher(self) -> list[str]:
        return [str(self.path / ".venv/bin/python"), "-m", "cinema", "--port", "0"]


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """A folder that others may enter, as they may not enter pytest's own when root runs it."""
    path = Path(tempfile.mkdtemp(prefix="matinee-demo-")).resolve()
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def copy(home: Path, request: pytest.FixtureRequest) -> Path:
    """A fresh copy of the repository, without an environment."""
    return copy_repository(Path(tempfile.mkdtemp(prefix="copy-", dir=home)))


@pytest.fixture(scope="session")
def clone(home: Path) -> Clone:
    import httpx2

    path = copy_repository(home / "clone")
    search = path_without_uv(home / "links")
    with demo(["make", "demo", "PORT=0"], cwd=path, PATH=search) as first:
        first.wait_until_open()
        films = httpx2.get(f"{first.url}/api/films/?page_size=100", timeout=60)
        films.raise_for_status()
        code = first.stop()
    return Clone(path, search, first, code, films.json())


@pytest.fixture
def var(home: Path) -> Path:
    """An empty folder for the data of a demo."""
    path = Path(tempfile.mkdtemp(prefix="var-", dir=home))
    path.chmod(0o755)
    return path
