"""The demo's secret key: random, made once, readable by its owner only."""

import os
import secrets

from cinema._demo.places import var_directory


def secret_key() -> str:
    """Return the key under var/, made at the first start: sessions survive a restart."""
    path = var_directory() / "secret-key"
    if not path.exists():
        # Written aside, then linked: of two demos started at once one wins, and both read it all.
        aside = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            path.hardlink_to(aside)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return path.read_text()
