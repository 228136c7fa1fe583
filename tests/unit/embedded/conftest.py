import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.embedded._processes import eventually, home_of, keepers, working_below

# What only root can do or cause is tested where the tests run as root.
collect_ignore = [] if os.geteuid() == 0 else ["test_as_root.py", "test_full_disk.py"]


@pytest.fixture(autouse=True)
def no_database_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the server's user may enter too; no process may be left behind in it."""
    yield from _folder()


@pytest.fixture(scope="module")
def shared_folder() -> Iterator[Path]:
    yield from _folder()


def _folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="m-", dir="/tmp"))
    path.chmod(0o711)
    yield path
    home = home_of(path)
    assert eventually(lambda: not working_below(home) and not keepers(path))
    if home.parent != path:
        shutil.rmtree(home)
    shutil.rmtree(path)
