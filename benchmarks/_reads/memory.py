"""By how many bytes one answer raises the peak: ``python -m benchmarks._reads.memory SLUG ROWS``.

In a process of its own, since memory that another way has given back would be taken again unseen.
"""

import re
import sys
from pathlib import Path

import django


def main(slug: str, rows: str) -> int:
    """Return by how much an answer of *rows* films needs more than one of 20 did."""
    django.setup()
    from django.test import RequestFactory

    from benchmarks._reads.ways import PLAIN

    way = next(each for each in PLAIN if each.slug == slug)
    way.answer(RequestFactory().get("/", {"rows": "20"}))
    before = _peak_bytes()
    way.answer(RequestFactory().get("/", {"rows": rows}))
    return _peak_bytes() - before


def _peak_bytes() -> int:
    # getrusage() would tell the peak of the process that this one was forked from.
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(peak[1]) * 1024 if peak else 0


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
