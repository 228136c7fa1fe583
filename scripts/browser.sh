#!/bin/sh
# See that there is a Chromium or Chrome for the browser tests: one that is here, else Debian's package
# where apt and root allow. Without one the tests leave their browser folder out; that is no error.
set -u
browsers="chromium chromium-browser google-chrome google-chrome-stable chrome"

here() {
    for name in $browsers; do
        command -v "$name" >/dev/null 2>&1 && return 0
    done
    [ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ] ||
        [ -x "/Applications/Chromium.app/Contents/MacOS/Chromium" ]
}

here && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Debian's chromium for the browser tests"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update && apt-get install -y --no-install-recommends chromium; } </dev/null >/dev/null 2>&1
fi
here || echo "No Chromium or Chrome found: the tests under tests/browser will be left out."
