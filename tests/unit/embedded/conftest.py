import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.embedded._processes import eventually, home_of, keepers, may_mount, working_below

# What only root can do or cause is tested where the tests run as root, and what takes a mount
# where root may do that: not in every container.
_IS_ROOT = os.geteuid() == 0
_MAY_MOUNT = _IS_ROOT and may_mount()
collect_ignore = [] if _IS_ROOT else ["test_as_root.py"]
collect_ignore += [] if _MAY_MOUNT else ["test_in_own_mounts.py"]


@pytest.fixture(autouse=True)
def no_database_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.fixture(scope="module")
def cluster_folder() -> Iterator[Path]:
    yield from _new_folder()


@pytest.fixture
def folder(cluster_folder: Path) -> Iterator[Path]:
    """A folder whose cluster is made once a file; no process may be left behind in it."""
    yield cluster_folder
    _see_that_all_have_left(cluster_folder)


@pytest.fixture
def fresh_folder() -> Iterator[Path]:
    yield from _new_folder()


def _new_folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="m-", dir="/tmp"))
    path.chmod(0o711)  # The server's user may enter.
    yield path
    _see_that_all_have_left(path)
    home = home_of(path)
    if home.parent != path:
        shutil.rmtree(home)
    shutil.rmtree(path)


def _see_that_all_have_left(path: Path) -> None:
    homes = (path, home_of(path))
    assert eventually(lambda: not any(map(working_below, homes)) and not keepers(path))
