"""Mends for text that is wrong in a way that shows. Pure functions: text in, text out.

Each returns the text as it was where it is not sure.
"""

import re

__all__ = ["article_first", "code_page", "double_quotes", "own_year", "spaces"]

# cp1252 bytes that were read as mac_roman: "ë" (0xEB) became "Î". What gives the misreading away
# is where the character stands: a capital or a symbol inside a lower-case word, "Ω" after a digit,
# "Ö" alone between spaces. "Élan", "CRÈME", "Alien³", "Ri¢h" and "col·legi" show none of these.
_MISREAD = re.compile(
    r"""
    (?<=[a-z]) [ÁÂÈÊËÍÎÏÌÓÔÒÚÛÙ]
    | (?<=[A-Za-z]) [ÁÂÈÊËÍÎÏÌÓÔÒÚÛÙ] (?=[a-z])
    | (?<=[A-Za-z]) [‡‰‚„˘˙˚¸˝] (?![‡‰‚„˘˙˚¸˝])
    | (?<=[A-Za-z]) · (?=[a-z]) (?<! l· )
    | (?<=\d) Ω
    | (?<=\s) Ö (?=\s)
    """,  # noqa: RUF001
    re.VERBOSE,
)
_ARTICLES = "The|An|A|Das|Der|Die|Las|La|Les|Le|Los|El|Il|Lo"
_ARTICLE_BEHIND = re.compile(rf"(?P<rest>.+), (?P<article>{_ARTICLES})")
_YEAR_BEHIND = re.compile(r"(?P<rest>.+) \((?P<year>\d{4})\)")


def spaces(text: str) -> str:
    """Make each run of white space one space, and none at the ends."""
    return " ".join(text.split())


def double_quotes(text: str) -> str:
    """Undo quotes that were escaped for CSV twice."""
    return text.replace('""', '"')


def code_page(text: str) -> str:
    """Read cp1252 text again that somebody read as mac_roman, where every odd character agrees."""
    odd = [index for index, character in enumerate(text) if not character.isascii()]
    if not odd or not all(_MISREAD.match(text, index) for index in odd):
        return text
    return text.encode("mac_roman").decode("cp1252")


def article_first(title: str) -> str:
    """Put the article of "Boot, Das" back to the front."""
    found = _ARTICLE_BEHIND.fullmatch(title)
    return f"{found['article']} {found['rest']}" if found else title


def own_year(title: str, *, year: int | None) -> str:
    """Drop a "(1933)" that only repeats the *year* of release."""
    found = _YEAR_BEHIND.fullmatch(title)
    return found["rest"] if found and int(found["year"]) == year else title
