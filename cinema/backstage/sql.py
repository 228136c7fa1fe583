"""SQL made fit to be read by people: shortened, broken into lines, its keywords marked."""

import re
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

KEPT_COLUMNS = 3

_ATOM = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[(),]|\bFROM\b""")
_PLAIN_NAME = re.compile(r'"([a-z_][a-z0-9_]*)"')
_LONG_LIST = re.compile(r"\(%s((?:, %s){2,})\)")
_CLAUSE = re.compile(
    r" (?=(?:FROM|WHERE|GROUP BY|HAVING|ORDER BY|LIMIT|VALUES|SET|RETURNING|UNION"
    r"|(?:LEFT OUTER|INNER|CROSS) JOIN)\b)"
)
_WORD = re.compile(
    r"(?P<comment>/\*.*?\*/)|(?P<string>'(?:[^']|'')*')|(?P<param>%s)|(?P<key>\b(?:SELECT|DISTINCT"
    r"|FROM|WHERE|GROUP|ORDER|BY|HAVING|LIMIT|OFFSET|VALUES|SET|RETURNING|UNION|ALL|LEFT|OUTER"
    r"|INNER|CROSS|JOIN|LATERAL|ON|AS|AND|OR|NOT|IN|IS|NULL|NULLS|LAST|FIRST|ASC|DESC|BETWEEN|LIKE"
    r"|EXISTS|CASE|WHEN|THEN|ELSE|END|INSERT|INTO|UPDATE|DELETE|OVER|PARTITION|WITH|FILTER)\b)"
    r"|(?P<number>\b\d+(?:\.\d+)?\b)"
)


@lru_cache(maxsize=512)
def readable(sql: str) -> SafeString:
    """Return *sql* as HTML: ``<span>`` around its words, a line for each clause."""
    return highlight(_CLAUSE.sub("\n", shorten(sql)))


def shorten(sql: str) -> str:
    """Leave out what a reader would skip: most columns, long IN lists, needless quotes."""
    return _PLAIN_NAME.sub(r"\1", _LONG_LIST.sub(_cut_list, _cut_columns(sql)))


def highlight(sql: str) -> SafeString:
    """Mark up keywords, strings, numbers and comments; all else is escaped as it stands."""
    parts, end = [], 0
    for match in _WORD.finditer(sql):
        parts += [escape(sql[end : match.start()])]
        parts += [f'<span class="bs-{match.lastgroup}">{escape(match.group())}</span>']
        end = match.end()
    return mark_safe("".join([*parts, escape(sql[end:])]))  # noqa: S308  # each part is escaped


def _cut_list(match: re.Match[str]) -> str:
    return f"(%s, /* {match.group(1).count('%s')} more */)"


def _cut_columns(sql: str) -> str:
    if not sql.startswith("SELECT "):
        return sql
    depth, commas = 0, []
    for atom in _ATOM.finditer(sql):
        depth += {"(": 1, ")": -1}.get(atom.group(), 0)
        if depth == 0 and atom.group() == ",":
            commas.append(atom.start())
        if depth == 0 and atom.group() == "FROM":
            break
    else:
        return sql
    left_out = len(commas) - KEPT_COLUMNS + 1
    if left_out < 2:
        return sql
    return f"{sql[: commas[KEPT_COLUMNS - 1]]}, /* {left_out} more columns */ {sql[atom.start() :]}"
