"""The demo's end: a signal is heard whenever it comes."""

import os
import subprocess
import sys

import pytest

# Raised where Python drops exceptions: from a finalizer, as from a weak reference's callback.
SCRIPT = """
import signal, socket
from cinema import __main__ as demo
from cinema._demo import site

class Dropped:
    def __del__(self):
        signal.raise_signal(signal.{name})

site.announce = lambda port: Dropped() and print("open", flush=True)
demo._stop_on_signals()
with socket.create_server(("127.0.0.1", 0)) as listener:
    try:
        site.serve(listener)
    except KeyboardInterrupt:
        print("ended", flush=True)
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_in_the_moment_of_opening_is_heard(name):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(name=name)],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=os.setsid,
    )

    assert done.stdout.split() == ["open", "ended"], done.stderr
