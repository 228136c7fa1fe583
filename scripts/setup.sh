#!/bin/sh
# Build .venv from uv.lock. `setup.sh demo` installs what the demo needs, `setup.sh all` the tools and
# the tests' packages too; neither takes away what the other installed. In step already: under half a second.
set -eu
cd "$(dirname "$0")/.."

case ${1:-all} in
    demo) wanted="--no-default-groups --group cinema" ;;
    all) wanted="" ;;
    *) echo "usage: setup.sh [demo|all]" >&2; exit 2 ;;
esac
export UV_PROJECT_ENVIRONMENT=.venv
unset VIRTUAL_ENV UV_PYTHON 2>/dev/null || :

identity() {
    "$1" -c 'import sys; assert sys.version_info >= (3, 12); print(sys.base_prefix, sys.version)' 2>/dev/null
}

# Is this a uv of the version that pyproject.toml requires?
oldest_uv=$(sed -n 's/^required-version = ">=\([0-9.]*\)"$/\1/p' pyproject.toml)
fits() {
    version=$("$1" --version 2>/dev/null | sed -n 's/^uv \([0-9.]*\).*/\1/p')
    [ -n "$version" ] && [ "$(printf '%s\n%s\n' "$oldest_uv" "$version" | sort -t. -k1,1n -k2,2n | head -n 1)" = "$oldest_uv" ]
}

fail() {
    disk=.
    if [ -d .venv ]; then disk=.venv; fi
    free=$(df -Pk $disk | awk 'NR == 2 { print int($4 / 1024) }')
    if [ "$free" -lt 200 ]; then
        echo "The disk is full: .venv needs up to 600 MB, and $PWD has $free MB left. Free some space and try again." >&2
    else
        echo "$1" >&2
    fi
    exit 1
}

# An environment that works is kept, whichever Python it has, unless PYTHON names one.
if [ -z "${PYTHON:-}" ] && identity .venv/bin/python >/dev/null; then
    python=.venv/bin/python
else
    python=$(sh scripts/find-python.sh)
fi

if fits uv; then
    uv=uv
else
    if [ "$(identity "$python")" != "$(identity .venv/bin/python)" ]; then
        echo "Making .venv with $python"
        "$python" -m venv --clear .venv || fail "$python cannot make a virtual environment (see above). On Debian: apt install python3-venv."
    fi
    python=.venv/bin/python
    uv=.venv/bin/uv
    if ! fits $uv; then
        # The uv whose own build backend builds the project.
        release=$(sed -n 's/^requires = \["uv_build\(.*\)"\]$/uv\1/p' pyproject.toml)
        echo "Installing $release into .venv"
        $python -m pip --version >/dev/null 2>&1 || $python -m ensurepip >/dev/null
        $python -m pip install --quiet --disable-pip-version-check "$release" ||
            fail "pip could not install $release (see above). Is the network there? A uv of your own on PATH does as well."
    fi
fi

sync="$uv sync --locked --inexact $wanted"
if [ "$python" != .venv/bin/python ]; then
    $sync --python "$python" || fail "The environment could not be built (see above). Once the cause is mended, the same command carries on."
elif ! $sync --check --quiet 2>/dev/null; then
    $sync || fail "The environment could not be built (see above). Once the cause is mended, the same command carries on."
fi
