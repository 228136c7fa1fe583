"""Put what a benchmark found into the docs: tables, and a drawing of what is read.

    python -m benchmarks reads --no-gate --json-only | python -m benchmarks._plot docs/explanation

The drawing has a row for each contender, a mark for each number of films, on a logarithmic scale:
equal distances are equal ratios. It takes its colours from the page, light or dark.
"""

import json
import math
import re
import sys
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

WIDTH, LEFT, RIGHT, TOP, ROW = 760, 210, 740, 66, 36
OURS = "Matinee"
# One shape for each size, since colour alone does not reach everybody.
MARKS = {
    20: '<circle cx="{x}" cy="{y}" r="4.5" class="matinee-box" stroke="currentColor"/>',
    100: '<circle cx="{x}" cy="{y}" r="5.5" fill="currentColor"/>',
    1_000: '<path d="M{x} {y}m-5-5h10v10h-10z" class="matinee-box" stroke="currentColor"/>',
}

type Medians = dict[str, dict[int, float]]


def medians(found: Mapping[str, Any]) -> Medians:
    """Return milliseconds by contender and number of films, the slowest contender first."""
    by_name: Medians = {}
    for table in found["median_ms"]:
        if films := re.fullmatch(r"([\d,]+) films", table["title"]):
            for name, ms in table.items():
                if name != "title":
                    by_name.setdefault(name, {})[int(films[1].replace(",", ""))] = ms
    return dict(sorted(by_name.items(), key=lambda each: -each[1][100]))


def drawing(found: Mapping[str, Any]) -> str:
    """Return the drawing as SVG."""
    return "\n".join(_lines(medians(found))) + "\n"


def tables(found: Mapping[str, Any]) -> str:
    """Return the figures and everything beside them as Markdown."""
    return "\n".join(_figures(found["details"])) + "\n" + "\n".join(_beside(found)) + "\n"


def _figures(details: Mapping[str, Any]) -> Iterator[str]:
    yield "| figure | less favourable quartile | median | gate | |"
    yield "|---|---|---|---|---|"
    for name, each in details.items():
        verdict = "" if each["passed"] else "missed"
        numbers = f"{_short(each['quartile'])} | {_short(each['median'])} | {each['gate'] or ''}"
        yield f"| `{name}` | {numbers} | {verdict} |"


def _beside(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the tables that the drawing does not show, and the machine."""
    for title, numbers in found["facts"].items():
        yield from _table(title, "", numbers)
    for table in found["median_ms"]:
        if not re.fullmatch(r"[\d,]+ films(, these two alone)?", table["title"]):
            numbers = {name: ms for name, ms in table.items() if name != "title"}
            yield from _table(table["title"], "ms", numbers)
    machine = found["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    yield ""
    yield f"{machine['cpus']} cores of {machine['cpu']}, one-minute load {machine['load_1min']}"
    yield f"at the start; {machine['python']}, PostgreSQL {machine['postgresql']}, {versions}."


def _table(title: str, unit: str, numbers: Mapping[str, float]) -> Iterator[str]:
    yield from ("", f"| {title} | {unit} |", "|---|---|")
    yield from (f"| {name} | {_short(number)} |" for name, number in numbers.items())


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def _lines(rows: Medians) -> Iterator[str]:
    every = [ms for row in rows.values() for ms in row.values()]
    decades = range(math.floor(math.log10(min(every))), math.ceil(math.log10(max(every))) + 1)
    bottom = TOP + ROW * len(rows)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 30}" role="img"'
        ' aria-labelledby="speed-title speed-desc" class="matinee-figure" font-family="inherit"'
        ' font-size="13" fill="none" stroke-width="1.5">'
    )
    yield '  <title id="speed-title">Milliseconds from the request to the bytes</title>'
    yield f'  <desc id="speed-desc">{escape(_told(rows))}</desc>'
    yield from _legend(sorted({films for row in rows.values() for films in row}))
    for decade in decades:
        x = _x(10.0**decade, decades)
        yield f'  <path d="M{x} {TOP - 8}V{bottom}" stroke="currentColor" opacity="0.2"/>'
        yield _text(x, bottom + 20, f"{10**decade:,} ms", anchor="middle")
    for number, (name, row) in enumerate(rows.items()):
        yield from _row(name, row, TOP + ROW * number + ROW // 2, decades)
    yield "</svg>"


def _told(rows: Medians) -> str:
    return "; ".join(f"{name}: {_ms(row[100])} ms for 100 films" for name, row in rows.items())


def _legend(sizes: list[int]) -> Iterator[str]:
    yield _text(LEFT, 18, "Milliseconds from the request to the bytes: less is better")
    for number, films in enumerate(sizes):
        x = LEFT + 8 + 110 * number
        yield "  " + MARKS[films].format(x=x, y=38)
        yield _text(x + 12, 42, f"{films:,} films")


def _row(name: str, row: dict[int, float], y: int, decades: range) -> Iterator[str]:
    ours = name.startswith(OURS)
    yield '  <g class="matinee-ours" font-weight="600">' if ours else "  <g>"
    yield _text(LEFT - 14, y + 4, name, anchor="end")
    ends = [_x(ms, decades) for ms in (min(row.values()), max(row.values()))]
    yield f'  <path d="M{ends[0]} {y}H{ends[1]}" stroke="currentColor" opacity="0.4"/>'
    for films, ms in row.items():
        x = _x(ms, decades)
        yield "  " + MARKS[films].format(x=x, y=y)
        yield _text(x, y - 9, _ms(ms), anchor="middle", size=11)
    yield "  </g>"


def _text(x: float, y: int, text: str, *, anchor: str = "start", size: int = 13) -> str:
    place = f'x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}"'
    return f'  <text {place} fill="currentColor">{escape(text)}</text>'


def _x(ms: float, decades: range) -> float:
    share = (math.log10(ms) - decades[0]) / (len(decades) - 1)
    return round(LEFT + share * (RIGHT - LEFT - 20), 1)


def _ms(ms: float) -> str:
    return f"{ms:,.0f}" if ms >= 10 else f"{ms:.1f}"


def main(folder: str) -> None:
    found = json.loads(sys.stdin.read().splitlines()[-1])
    benchmark = next(iter(found["details"])).partition(".")[0]
    if benchmark == "reads":
        Path(folder, "performance.svg").write_text(drawing(found))
    # Included in a page, and none itself: hence the suffix.
    Path(folder, f"performance-{benchmark}.txt").write_text(tables(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
