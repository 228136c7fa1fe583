"""Where the demo keeps what outlives it."""

import os
from pathlib import Path

_REPOSITORY = Path(__file__).resolve().parent.parent.parent


def var_directory() -> Path:
    """Return the folder of the demo's data, var/ or CINEMA_VAR; make it where it is missing."""
    path = Path(os.environ.get("CINEMA_VAR") or _REPOSITORY / "var")
    path.mkdir(parents=True, exist_ok=True)
    return path
