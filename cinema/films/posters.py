"""Typographic posters: SVG drawn from a film's title, genre and decade, and from nothing else.

The genre gives picture and colours, the decade gives the lettering, the title decides the rest.
Each line of text states its own length, so the type fits with whatever font the reader has.
No element carries an id, so many posters can stand in one page.
"""

import random
import zlib
from functools import lru_cache
from xml.sax.saxutils import escape

from cinema.films.lettering import Line, lettering, printable
from cinema.films.motifs import HEIGHT, MOTIFS, WIDTH, Palette, rect

__all__ = ["poster"]

MARGIN = 14
FOOT = 26

# Paper, ink, accent, second. Ink on paper is readable in each (at least 4.5 : 1).
PALETTES: dict[str, tuple[Palette, ...]] = {
    "Drama": (
        Palette("#e9e4da", "#1d2430", "#c8442c", "#8fa3ad"),
        Palette("#22303c", "#f3ead8", "#e0a33e", "#48606f"),
        Palette("#d9dcd6", "#14213d", "#3f6c8f", "#a9b4b0"),
        Palette("#f2d9c4", "#3a1c28", "#a63a50", "#d79a7c"),
    ),
    "Comedy": (
        Palette("#ffd23f", "#1b1b1e", "#ee4266", "#3bceac"),
        Palette("#f7f0e0", "#1f2041", "#ff7a3d", "#4b8bbe"),
        Palette("#ff8fa3", "#2b0f1c", "#fff1d6", "#c9184a"),
        Palette("#9ad8d3", "#10312f", "#f25f4c", "#fffbe6"),
    ),
    "Action": (
        Palette("#131313", "#fff4e0", "#ff3d1f", "#f2a900"),
        Palette("#f2a900", "#161616", "#161616", "#d9480f"),
        Palette("#b3121d", "#fff3e6", "#1a1a1a", "#ff8c42"),
    ),
    "Adventure": (
        Palette("#f4e3c1", "#17313b", "#d9642a", "#2a7f86"),
        Palette("#0f3d4c", "#fdeed0", "#f0a202", "#2b7a78"),
        Palette("#c9dfc2", "#1b2f24", "#3e7d4f", "#e4b04a"),
    ),
    "Thriller/Suspense": (
        Palette("#e8521f", "#120a07", "#120a07", "#f7e7d3"),
        Palette("#101820", "#e6edf0", "#4fb3bf", "#2a3b47"),
        Palette("#dfe3e4", "#14171a", "#14171a", "#9aa3a8"),
    ),
    "Horror": (
        Palette("#0d0d0f", "#efe6dd", "#c1121f", "#2b2b30"),
        Palette("#c1121f", "#fff2e8", "#160607", "#7d0a14"),
        Palette("#1c2b1f", "#eaf2d7", "#a4c639", "#0e1710"),
    ),
    "Romantic Comedy": (
        Palette("#fde2e4", "#4a1030", "#e5446d", "#f6a6b2"),
        Palette("#fff0d9", "#43142c", "#ef6461", "#5fa8a0"),
        Palette("#5b2245", "#ffe9e4", "#ff8fab", "#f7c59f"),
    ),
    "Musical": (
        Palette("#2b1a5a", "#fff5dc", "#ffb627", "#e63973"),
        Palette("#ffe8d1", "#31133f", "#d81159", "#0496ff"),
        Palette("#0b3c49", "#fdf3d8", "#f26157", "#f9c846"),
    ),
    "Documentary": (
        Palette("#f1f1ec", "#111111", "#d62c1a", "#c9c9c1"),
        Palette("#1f2a30", "#f2f2ec", "#f2c14e", "#3d4d55"),
    ),
    "Western": (
        Palette("#f0c987", "#3b1a0e", "#b5401b", "#7c2d12"),
        Palette("#8c2f1b", "#fde6c1", "#f3a847", "#4a160c"),
        Palette("#dcc9a3", "#2c2115", "#5e4327", "#a77a46"),
    ),
    "Black Comedy": (
        Palette("#f5f5f0", "#0f0f0f", "#0f0f0f", "#f2c200"),
        Palette("#0f0f0f", "#f5f5f0", "#f5f5f0", "#e8476a"),
    ),
    "Concert/Performance": (
        Palette("#14102b", "#fdf0ff", "#ff2e93", "#6a5cff"),
        Palette("#0a0a0a", "#fff9e8", "#ffd400", "#5a5a5a"),
    ),
    "": (
        Palette("#e4ddd0", "#23211d", "#8b7f6a", "#b9ae98"),
        Palette("#33373b", "#eceae4", "#a3a89f", "#4b5157"),
        Palette("#cfd8dc", "#1f2a30", "#5f7681", "#a5b5bd"),
    ),
}


def poster(film) -> str:
    """Return the film's poster as an SVG document; reads title, released and the genre's name."""
    year = film.released.year if film.released else None
    genre = film.genre.name if film.genre else ""
    return _draw(printable(film.title) or "?", year, genre if genre in PALETTES else "")


# A poster takes a quarter of a millisecond to draw and 2 kB to keep.
@lru_cache(maxsize=4096)
def _draw(title: str, year: int | None, genre: str) -> str:
    # Not hash(): that differs from one process to the next.
    chance = random.Random(zlib.crc32(f"{title}|{genre}|{year}".encode()))  # noqa: S311
    palette, motif = chance.choice(PALETTES[genre]), chance.choice(MOTIFS[genre])
    lines = lettering(
        title, year, width=WIDTH - 2 * MARGIN, height=150, justify=chance.random() < 0.6
    )
    block = sum(line.size * line.leading for line in lines) + 2 * MARGIN
    title_on_top = chance.random() < 0.35
    art = HEIGHT - block - FOOT
    top = block if title_on_top else 0
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"',
        f' aria-label="{escape(title, {chr(34): "&quot;"})}">',
        rect(0, 0, WIDTH, HEIGHT, palette.paper),
        f'<g transform="translate(0 {top:.1f})">{motif(chance, art, palette)}</g>',
        # What a motif draws outside of its field is covered again: cheaper than a clip path.
        rect(0, 0 if title_on_top else art, WIDTH, block, palette.paper),
        rect(0, HEIGHT - FOOT, WIDTH, FOOT, palette.paper),
        _text(lines, MARGIN + (0 if title_on_top else art), palette),
        _foot(year, palette),
        "</svg>",
    ]
    return "".join(parts)


def _text(lines: list[Line], top: float, palette: Palette) -> str:
    parts, y = [], top
    for line in lines:
        y += line.size * line.leading
        parts.append(
            f'<text x="{MARGIN}" y="{y - line.size * (line.leading - 0.76):.1f}"'
            f' textLength="{line.length:.1f}" lengthAdjust="spacingAndGlyphs"'
            f' font-size="{line.size:.1f}" fill="{palette.ink}" {line.face}>'
            f"{escape(line.text)}</text>"
        )
    return "".join(parts)


def _foot(year: int | None, palette: Palette) -> str:
    """Draw the house's mark, a sun behind the horizon, and the year."""
    y = HEIGHT - 11
    mark = f'<path d="M{WIDTH - MARGIN - 14} {y}a7 7 0 0 1 14 0z" fill="{palette.ink}"/>'
    rule = rect(MARGIN, HEIGHT - FOOT, WIDTH - 2 * MARGIN, 1, palette.ink)
    if year is None:
        return rule + mark
    label = (
        f'<text x="{MARGIN}" y="{y}" font-family="Helvetica, Arial, sans-serif" font-weight="700"'
        f' font-size="10" fill="{palette.ink}">{year}</text>'
    )
    return rule + label + mark
