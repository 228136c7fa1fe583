#!/bin/sh
# Print the path of a Python 3.12 or newer that really runs here; with an argument such as
# "3.12", of exactly that one. $PYTHON is taken at its word: if it does not fit, nothing else is tried.
set -u
want=${1:-}

# A name on PATH proves nothing: pyenv puts one there for every version, and it need not run.
fits() {
    "$1" -c 'import sys
version, want = sys.version_info, sys.argv[1:]
named = not want or "%d.%d" % version[:2] in want
sys.exit(version < (3, 12) or version[3] != "final" or not named)' $want </dev/null >/dev/null 2>&1
}

found() {
    echo "$1"
    exit 0
}

if [ -n "${PYTHON:-}" ] && [ -z "$want" ]; then
    python=$(command -v -- "$PYTHON") && fits "$python" && found "$python"
    says=$("$PYTHON" --version 2>&1 </dev/null | head -n 1)
    echo "PYTHON must name a Python 3.12 or newer, got $PYTHON (which says: ${says:-nothing})." >&2
    echo "Leave PYTHON out to have one looked for, or give the path of one: make demo PYTHON=/path/to/python3.13" >&2
    exit 1
fi

for name in python3.14 python3.13 python3.12 python3; do
    rest=$PATH:
    while [ -n "$rest" ]; do
        directory=${rest%%:*}
        rest=${rest#*:}
        [ -x "$directory/$name" ] && fits "$directory/$name" && found "$directory/$name"
    done
done

newest=
for python in "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/3.1[2-9]*/bin/python; do
    [ -x "$python" ] && fits "$python" && newest=$python
done
[ -n "$newest" ] && found "$newest"

if command -v uv >/dev/null 2>&1; then
    python=$(uv --no-config python find --system "${want:->=3.12}" 2>/dev/null)
    [ -n "$python" ] && fits "$python" && found "$python"
fi

here=$(python3 --version 2>/dev/null </dev/null | head -n 1)
echo "No Python ${want:-3.12 or newer} runs here${here:+ (python3 is $here)}. Looked on PATH, under ~/.pyenv and with uv." >&2
echo "Install one (Debian: apt install python3 python3-venv; macOS: brew install python; with uv:" >&2
echo "uv python install 3.13), or name the one you have: make demo PYTHON=/path/to/python3.13" >&2
exit 1
