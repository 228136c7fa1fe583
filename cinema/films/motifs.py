"""The pictures on the posters: one to three small abstract drawings a genre.

A motif gets a source of chance, the height of its field (which is WIDTH wide) and the colours, and
returns SVG elements. It may draw beyond its field; the poster covers that.
"""

import math
from collections.abc import Callable
from random import Random
from typing import NamedTuple

__all__ = ["HEIGHT", "MOTIFS", "WIDTH", "Palette", "rect"]

WIDTH, HEIGHT = 200, 300


class Palette(NamedTuple):
    paper: str
    ink: str
    accent: str
    second: str


def rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{x:g}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"/>'


def circle(x: float, y: float, r: float, fill: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="{fill}"/>'


def polygon(points: list[tuple[float, float]], fill: str) -> str:
    path = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
    return f'<polygon points="{path}" fill="{fill}"/>'


def horizon(chance: Random, h: float, p: Palette) -> str:
    """Draw a disc that the horizon cuts, and its reflection."""
    x, level = chance.choice([60, 100, 140]), h * chance.uniform(0.5, 0.68)
    r = min(chance.uniform(52, 78), level - 8)
    strips = "".join(
        rect(0, level + 6 + i * 13, WIDTH, 3 + i * 2, p.second)
        for i in range(int((h - level) // 13))
    )
    arc = f"M{x - r:.0f} {level:.1f}a{r:.0f} {r:.0f} 0 0 1 {2 * r:.0f} 0z"
    sun = f'<path d="{arc}" fill="{p.accent}"/>'
    return sun + strips + rect(0, level, WIDTH, 2, p.ink)


def doorway(chance: Random, h: float, p: Palette) -> str:
    """Open a door on somebody, whose shadow comes first."""
    x, floor = chance.uniform(55, 110), h * 0.72
    light = [(x, floor), (x + 44, floor), (x + 44 + chance.uniform(-60, 70), h), (x - 40, h)]
    return (
        rect(0, floor, WIDTH, h - floor, p.second)
        + polygon(light, p.accent)
        + rect(x, h * 0.12, 44, floor - h * 0.12, p.accent)
        + polygon([(x + 17, floor), (x + 27, floor), (x + 22, floor - h * 0.3)], p.ink)
        + circle(x + 22, floor - h * 0.3, 6, p.ink)
    )


def arches(chance: Random, h: float, p: Palette) -> str:
    """Stand arches inside each other; the light is in the last."""
    x, high = chance.choice([60, 100, 140]), h * 0.92
    parts = []
    for step in range(5):
        r = 92 - step * 19
        top = h - high * (1 - step * 0.17) + r
        d = f"M{x - r} {h:.1f}V{min(top, h):.1f}a{r} {r} 0 0 1 {2 * r} 0V{h:.1f}z"
        colour = p.accent if step == 4 else (p.second, p.paper)[step % 2]
        parts.append(f'<path d="{d}" fill="{colour}"/>')
    return "".join(parts)


def tiles(chance: Random, h: float, p: Palette) -> str:
    """Lay quarter circles and discs on a grid."""
    side, parts = 50, []
    for row in range(math.ceil(h / side)):
        for column in range(WIDTH // side):
            x, y = column * side, row * side
            colour = chance.choice([p.accent, p.second, p.ink, p.accent])
            kind = chance.randrange(6)
            if kind == 5:
                parts.append(circle(x + 25, y + 25, 17, colour))
                continue
            if kind < 4:
                corner = [(0, 0), (side, 0), (side, side), (0, side)][kind]
                parts.append(_quarter(x, y, side, corner, colour))
    return "".join(parts)


def _quarter(x: float, y: float, side: int, corner: tuple[int, int], fill: str) -> str:
    cx, cy = x + corner[0], y + corner[1]
    to_x, to_y = side - 2 * corner[0], side - 2 * corner[1]
    sweep = 1 if to_x * to_y > 0 else 0
    return (
        f'<path d="M{cx:g} {cy:g}h{to_x}a{side} {side} 0 0 {sweep} {-to_x} {to_y}z" fill="{fill}"/>'
    )


def grin(chance: Random, h: float, p: Palette) -> str:
    """Make a face of a disc, two dots and a half moon."""
    x, r = chance.uniform(75, 125), min(74.0, h * 0.44)
    y, tilt = h * 0.52, chance.uniform(-16, 16)
    mouth = f"M{x - r * 0.62:.1f} {y + r * 0.08:.1f}h{r * 1.24:.1f}"
    mouth += f"a{r * 0.62:.1f} {r * 0.62:.1f} 0 0 1 {-r * 1.24:.1f} 0z"
    eyes = "".join(circle(x + side * r * 0.36, y - r * 0.3, r * 0.12, p.ink) for side in (-1, 1))
    face = circle(x, y, r, p.accent) + eyes + f'<path d="{mouth}" fill="{p.ink}"/>'
    return (
        rect(0, h * chance.uniform(0.55, 0.8), WIDTH, h, p.second)
        + f'<g transform="rotate({tilt:.0f} {x:.0f} {y:.0f})">{face}</g>'
    )


def slashes(chance: Random, h: float, p: Palette) -> str:
    """Throw bars across the field, all one way."""
    lean, parts, x = chance.choice([-90, 90]), [], -120.0
    while x < WIDTH + 120:
        thick = chance.choice([6, 14, 26, 40])
        colour = chance.choice([p.accent, p.accent, p.second, p.ink])
        corners = [(x, h + 2), (x + thick, h + 2), (x + thick + lean, -2), (x + lean, -2)]
        parts.append(polygon(corners, colour))
        x += thick + chance.choice([10, 18, 30])
    return "".join(parts)


def burst(chance: Random, h: float, p: Palette) -> str:
    """Let wedges fly from one point, with a disc there."""
    x, y = chance.choice([(40, h * 0.7), (160, h * 0.7), (100, h * 0.55), (30, h * 0.25)])
    count, turn = chance.choice([9, 12, 15]), chance.random()
    wedges = []
    for i in range(count):
        a, b = ((i + turn) * math.tau / count, (i + turn + 0.5) * math.tau / count)
        far = [(x + 320 * math.cos(t), y + 320 * math.sin(t)) for t in (a, b)]
        wedges.append(polygon([(x, y), *far], p.accent if i % 3 else p.second))
    return "".join(wedges) + circle(x, y, 27, p.paper) + circle(x, y, 19, p.ink)


def mountains(chance: Random, h: float, p: Palette) -> str:
    """Stagger three ridges under a sun."""
    parts = [circle(chance.uniform(45, 155), h * 0.33, chance.uniform(22, 34), p.accent)]
    for depth, colour in ((0.42, p.second), (0.6, p.accent), (0.78, p.ink)):
        points: list[tuple[float, float]] = [(-10, h)]
        for step in range(6):
            lift = h * (0.16 if step % 2 else -0.12) * chance.uniform(0.5, 1.2)
            points.append((step * 44 - 10, h * depth + lift))
        parts.append(polygon([*points, (WIDTH + 10, h)], colour))
    return "".join(parts)


def rings(chance: Random, h: float, p: Palette) -> str:
    """Nest circles whose centres drift: the staircase seen from above."""
    x, y = chance.uniform(70, 130), h * chance.uniform(0.4, 0.6)
    drift_x, drift_y = chance.uniform(-4, 4), chance.uniform(-4, 4)
    return "".join(
        circle(x + i * drift_x, y + i * drift_y, 132 - i * 15, p.paper if i % 2 else p.accent)
        for i in range(8)
    ) + circle(x + 8 * drift_x, y + 8 * drift_y, 7, p.second)


def teeth(chance: Random, h: float, p: Palette) -> str:
    """Close two jagged rows around something that looks at you."""

    def row(base: float, depth: float) -> list[tuple[float, float]]:
        tips = [
            (i * 20, base + (depth * chance.uniform(0.55, 1) if i % 2 else 0)) for i in range(11)
        ]
        return [(0, base - depth), *tips, (WIDTH, base - depth)]

    x, y = chance.uniform(60, 140), h * 0.5
    eye = (
        f'<path d="M{x - 46:.0f} {y:.0f}q46 -40 92 0q-46 40 -92 0z" fill="{p.ink}"/>'
        + circle(x, y, 17, p.accent)
        + circle(x, y, 7, p.paper)
    )
    return (
        eye
        + polygon(row(h * 0.12, h * 0.26), p.accent)
        + polygon(row(h * 0.9, -h * 0.26), p.accent)
    )


def pair(chance: Random, h: float, p: Palette) -> str:
    """Let two discs meet; where they do, they share a colour."""
    r = min(56.0, h * 0.42)
    apart, y, tilt = chance.uniform(0.75, 1.25) * r, h * 0.52, chance.uniform(-14, 14)
    left, right = 100 - apart / 2, 100 + apart / 2
    half = math.sqrt(r * r - apart * apart / 4)
    lens = (
        f'<path d="M100 {y - half:.1f}A{r:.1f} {r:.1f} 0 0 1 100 {y + half:.1f}'
        f'A{r:.1f} {r:.1f} 0 0 1 100 {y - half:.1f}z" fill="{p.ink}"/>'
    )
    discs = circle(left, y, r, p.accent) + circle(right, y, r, p.second)
    return f'<g transform="rotate({tilt:.0f} 100 {y:.0f})">{discs}{lens}</g>'


def bars(chance: Random, h: float, p: Palette) -> str:
    """Stand a row of bars like an orchestra's loudness."""
    parts = []
    for i in range(10):
        tall = h * chance.uniform(0.25, 0.92)
        colour = chance.choice([p.accent, p.accent, p.second, p.ink])
        parts.append(
            rect(i * 20 + 3, h - tall, 14, tall, colour) + circle(i * 20 + 10, h - tall, 7, colour)
        )
    return "".join(parts)


def frames(chance: Random, h: float, p: Palette) -> str:
    """Print a contact sheet with one frame chosen."""
    rows, columns = max(int((h - 24) // 42), 1), 4
    chosen = chance.randrange(rows * columns)
    parts = []
    for i in range(rows * columns):
        x, y = 14 + i % columns * 44, 16 + i // columns * 42
        parts.append(rect(x, y, 40, 36, p.accent if i == chosen else p.second))
        if chance.random() < 0.5:
            parts.append(circle(x + chance.uniform(12, 28), y + 18, chance.uniform(4, 11), p.ink))
    return "".join(parts)


def mesa(chance: Random, h: float, p: Palette) -> str:
    """Set a striped sun behind a table mountain."""
    x, level = chance.uniform(60, 140), h * 0.7
    r = min(70.0, level - 10)
    stripes = "".join(rect(0, level - r * 0.6 + i * 12, WIDTH, 2 + i, p.paper) for i in range(5))
    left = chance.uniform(-20, 90)
    table = [(left, h), (left + 18, level - 26), (left + 88, level - 26), (left + 112, h)]
    return (
        circle(x, level, r, p.accent)
        + stripes
        + rect(0, level, WIDTH, h, p.second)
        + polygon(table, p.ink)
    )


def halves(chance: Random, h: float, p: Palette) -> str:
    """Divide the field, and swap the colours of a disc where it is divided."""
    cut = chance.choice([80, 100, 120])
    r, y = min(66.0, h * 0.42), h * 0.5
    disc = f'<path d="M{cut} {y - r:.1f}a{r:.1f} {r:.1f} 0 0 0 0 {2 * r:.1f}z" fill="{p.accent}"/>'
    other = f'<path d="M{cut} {y - r:.1f}a{r:.1f} {r:.1f} 0 0 1 0 {2 * r:.1f}z" fill="{p.paper}"/>'
    return rect(cut, 0, WIDTH - cut, h, p.accent) + disc + other + circle(cut, y, 9, p.second)


def spotlights(chance: Random, h: float, p: Palette) -> str:
    """Cross beams of light on one spot."""
    spot = chance.uniform(70, 130)
    beams = "".join(
        f'<polygon points="{x},-4 {spot - 34:.0f},{h:.0f} {spot + 34:.0f},{h:.0f}"'
        f' fill="{colour}" fill-opacity="0.7"/>'
        for x, colour in ((20, p.accent), (100, p.second), (180, p.accent))
    )
    return beams + circle(spot, h - 34, 20, p.ink)


def leader(chance: Random, h: float, p: Palette) -> str:
    """Count down: the cross and circles of a film's leader."""
    x, y, r = 100, h * 0.5, min(78.0, h * 0.44)
    swept = chance.uniform(0.6, 5.2)
    to_x, to_y = x + 220 * math.sin(swept), y - 220 * math.cos(swept)
    large = 1 if swept > math.pi else 0
    arc = f"A220 220 0 {large} 1 {to_x:.1f} {to_y:.1f}"
    sweep = f'<path d="M{x} {y:.1f}V{y - 220:.1f}{arc}z" fill="{p.second}"/>'
    line = f'fill="none" stroke="{p.ink}" stroke-width="2"'
    ring = f'<circle cx="{x}" cy="{y:.1f}" r="{{:.1f}}" {line}/>'
    cross = rect(0, y - 0.75, WIDTH, 1.5, p.ink) + rect(x - 0.75, 0, 1.5, h, p.ink)
    return sweep + cross + ring.format(r) + ring.format(r * 0.82) + circle(x, y, r * 0.2, p.accent)


# The data has most of its films in the first three.
MOTIFS: dict[str, tuple[Callable[[Random, float, Palette], str], ...]] = {
    "Drama": (horizon, doorway, arches),
    "Comedy": (tiles, grin),
    "Action": (burst, slashes),
    "Adventure": (mountains,),
    "Thriller/Suspense": (rings,),
    "Horror": (teeth,),
    "Romantic Comedy": (pair,),
    "Musical": (bars,),
    "Documentary": (frames,),
    "Western": (mesa,),
    "Black Comedy": (halves,),
    "Concert/Performance": (spotlights,),
    "": (leader,),
}
