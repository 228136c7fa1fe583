"""Type for the posters: which face a decade is set in, and where a title's lines break."""

import unicodedata
from dataclasses import dataclass

__all__ = ["Line", "lettering", "printable"]

SERIF = "'Times New Roman', 'Liberation Serif', Times, serif"
SANS = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif"
NARROW = "'Arial Narrow', 'Liberation Sans Narrow', 'Roboto Condensed', Arial, sans-serif"
TYPEWRITER = "'Courier New', 'Liberation Mono', Courier, monospace"

LARGEST, LARGEST_EVEN, CUTTING, SMALLEST = 62.0, 44.0, 16.0, 10.0
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


@dataclass(frozen=True, slots=True)
class Face:
    family: str
    width: float  # of its letters, beside Helvetica's
    leading: float = 0.95
    weight: int = 700
    italic: bool = False
    caps: bool = False

    def __str__(self) -> str:
        style = ' font-style="italic"' if self.italic else ""
        return f'font-family="{self.family}" font-weight="{self.weight}"{style}'

    def length(self, text: str) -> float:
        """Estimate how long *text* is, in units of the font's size."""
        if self.family is TYPEWRITER:
            return max(sum(1.0 if _wide(letter) else 0.6 for letter in text), 0.3)
        return max(sum(map(_letter, text)) * self.width, 0.3)


FACES = {
    1920: Face(SERIF, 0.98, leading=0.92, caps=True),
    1930: Face(SERIF, 0.98, leading=0.92, caps=True),
    1940: Face(SERIF, 0.92, italic=True),
    1950: Face(SERIF, 0.90, weight=400),
    1960: Face(SANS, 1.02, leading=0.98),
    1970: Face(NARROW, 0.84, leading=0.90, caps=True),
    1980: Face(SANS, 1.02, leading=0.90, italic=True, caps=True),
    1990: Face(SERIF, 0.94, leading=0.92),
    2000: Face(NARROW, 0.84, leading=0.92),
    2010: Face(SANS, 1.0, leading=0.95, weight=400, caps=True),
}
UNDATED = Face(TYPEWRITER, 1.0, leading=1.0)
OLDEST, NEWEST = min(FACES), max(FACES)


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    size: float
    length: float
    face: Face

    @property
    def leading(self) -> float:
        return self.face.leading


def printable(text: str) -> str:
    """Return *text* in one line and without what XML 1.0 does not allow."""
    return " ".join("".join(c if _allowed(c) else " " for c in text).split())


def lettering(
    title: str, year: int | None, *, width: float, height: float, justify: bool
) -> list[Line]:
    """Break *title* into lines no longer than *width*, together no higher than *height*.

    Args:
        title: One line of text, not empty.
        year: Of release; it chooses the face.
        width: Of the text, in the poster's units.
        height: Of the text, in the poster's units.
        justify: Give each line a size of its own that fills the width, as wood type does.
    """
    face = FACES[min(max(year // 10 * 10, OLDEST), NEWEST)] if year else UNDATED
    words = (title.upper() if face.caps else title).split()
    justified = _justified(words, face, width, height) if justify else None
    return justified or _even(words, face, width, height)


def _justified(words: list[str], face: Face, width: float, height: float) -> list[Line] | None:
    """Return the tallest setting that fits, or None where one line would have to be tiny."""
    best: list[Line] | None = None
    for count in range(1, min(len(words), 5) + 1):
        texts = _balanced(words, count, face)
        lines = [_filling(text, face, width) for text in texts]
        tall = sum(line.size * face.leading for line in lines)
        if tall <= height and min(line.size for line in lines) >= 15:
            best = lines
    return best


def _filling(text: str, face: Face, width: float) -> Line:
    length = face.length(text)
    size = min(width / length, LARGEST)
    return Line(text, size, size * length, face)


def _balanced(words: list[str], count: int, face: Face) -> list[str]:
    """Share the words out over *count* lines of about the same length."""
    target = face.length(" ".join(words)) / count
    lines: list[list[str]] = [[]]
    for index, word in enumerate(words):
        left, open_lines = len(words) - index, count - len(lines)
        full = lines[-1] and face.length(" ".join([*lines[-1], word])) > target * 1.15
        if lines[-1] and open_lines and (full or left <= open_lines):
            lines.append([])
        lines[-1].append(word)
    return [" ".join(line) for line in lines]


def _even(words: list[str], face: Face, width: float, height: float) -> list[Line]:
    """Return lines of one size, the largest that fits; cut the title where none does."""
    size = LARGEST_EVEN
    while True:
        room = width / size
        # Words are cut only once the type is small already.
        pieces = (
            words if size > CUTTING else [p for word in words for p in _pieces(word, face, room)]
        )
        texts = _wrapped(pieces, face, room)
        rows = int(height / (size * face.leading))
        fits = len(texts) <= rows and all(face.length(text) <= room for text in texts)
        if fits or size <= SMALLEST:
            break
        size -= 2
    if len(texts) > rows:
        texts = [*texts[: rows - 1], texts[rows - 1][:-1].rstrip() + ELLIPSIS]
    return [Line(text, size, min(face.length(text) * size, width), face) for text in texts]


def _wrapped(words: list[str], face: Face, room: float) -> list[str]:
    lines = [words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]} {word}"
        if face.length(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _pieces(word: str, face: Face, room: float) -> list[str]:
    """Cut a word that is longer than a line."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and face.length(pieces[-1] + letter) > room:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _letter(letter: str) -> float:
    if _wide(letter):
        return 1.0
    if letter in " iIl.,:;'!|()[]jftr-/":
        return 0.31
    if letter in "mwMW@%&":
        return 0.88
    return 0.71 if letter.isupper() else 0.56


def _wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def _allowed(letter: str) -> bool:
    # Cc holds the control characters, Cs the surrogates; U+FFFE and U+FFFF are no characters.
    return unicodedata.category(letter) not in ("Cc", "Cs") and letter not in "\ufffe\uffff"
