"""The demo: `make demo`, `uv run cinema` or `python -m cinema` opens the cinema on this machine."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence

from cinema._demo import database, site
from cinema._demo.places import var_directory
from cinema._demo.port import listen
from cinema._demo.problems import explain
from cinema._demo.secret import secret_key


def main(argv: Sequence[str] | None = None) -> int:
    """Open the cinema, serve it until a signal says stop, and return the exit code."""
    port = _arguments(argv).port
    _stop_on_signals()
    try:
        _open(port)
    except KeyboardInterrupt:
        print("\nStopping.", flush=True)
    except Exception as error:
        problem = explain(error)
        if problem is None:
            raise
        print(f"\n{problem}", file=sys.stderr, flush=True)
        return 1
    finally:
        # A second Ctrl-C must not cut the database's own stop short.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        site.close()
    return 0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="cinema", description="Open the cinema, with its database and its films."
    )
    parser.add_argument(
        "--port",
        default=os.environ.get("PORT") or "8000",
        help="where to listen on 127.0.0.1; 0 takes any free port (default: $PORT or 8000)",
    )
    return parser.parse_args(argv)


def _stop_on_signals() -> None:
    """Let SIGTERM, and a terminal that closes, do what Ctrl-C does."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup has it
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))


def _open(port: str) -> None:
    # The port comes first: nothing else is worth starting without it.
    with listen(port) as listener:
        os.environ["DJANGO_SETTINGS_MODULE"] = "cinema.settings"
        os.environ.setdefault("CINEMA_BREAK_IT", "1")
        os.environ["CINEMA_VAR"] = str(var_directory())  # so that the settings mean the same
        database.check()
        os.environ.setdefault("CINEMA_SECRET_KEY", secret_key())
        site.prepare()
        site.serve(listener)


if __name__ == "__main__":
    sys.exit(main())
