"""Where the demo keeps what outlives it."""

import os
import shutil
from pathlib import Path

_REPOSITORY = Path(__file__).resolve().parent.parent.parent


def var_path() -> Path:
    """Return the folder of the demo's data: var/, or what CINEMA_VAR says."""
    return Path(os.environ.get("CINEMA_VAR") or _REPOSITORY / "var").absolute()


def var_directory() -> Path:
    """Return the folder of the demo's data, made where it is missing."""
    path = var_path()
    path.mkdir(parents=True, exist_ok=True)
    return path


def free_space() -> int:
    """Return how many bytes the disk of the demo's data has left."""
    path = var_path()
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free
