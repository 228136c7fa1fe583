"""Django's settings for a process that serves the films of the benchmark that started it."""

import os

from benchmarks._reads import CLIENTS
from benchmarks.settings import *  # noqa: F403
from benchmarks.settings import DATABASES

# Under ASGI each request would open a connection of its own.
DATABASES["default"]["NAME"] = os.environ["BENCHMARK_DATABASE"]
DATABASES["default"]["OPTIONS"] = {
    **DATABASES["default"].get("OPTIONS", {}),
    "pool": {"min_size": CLIENTS, "max_size": CLIENTS},
}
ALLOWED_HOSTS = ["127.0.0.1"]
