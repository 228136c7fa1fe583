#!/bin/sh
# Run the library's own tests on the oldest it supports: Python 3.12, Django 5.2 and PostgreSQL 15.
# PostgreSQL is Debian's package, in a data folder that lives as long as this script.
set -eu
cd "$(dirname "$0")/.."
binaries=/usr/lib/postgresql/15/bin

if [ ! -x $binaries/initdb ]; then
    echo "Installing Debian's postgresql-15"
    export DEBIAN_FRONTEND=noninteractive
    # Debian would open a cluster of its own and start it; the tests want neither.
    mkdir -p /etc/postgresql-common/createcluster.d
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/none.conf
    { apt-get update && apt-get install -y --no-install-recommends postgresql-15; } </dev/null >/dev/null
fi

# As `make setup` would build it, with other packages.
uv=.venv/bin/uv
[ -x $uv ] || uv=uv
python=$(sh scripts/find-python.sh 3.12)
UV_PROJECT_ENVIRONMENT=.venv-oldest $uv sync --locked --no-default-groups --group test \
    --group django52 --extra all --python "$python"

home=$(mktemp -d)
stop() {
    as_server $binaries/pg_ctl stop --pgdata="$home/data" --mode=immediate --silent 2>/dev/null || :
    rm -rf "$home"
}
trap stop EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# PostgreSQL refuses to run as root; its package brings a user for it.
as_server() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}
if [ "$(id -u)" = 0 ]; then chown postgres "$home"; fi

port=$(.venv-oldest/bin/python -c 'import socket
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    print(probe.getsockname()[1])')
as_server $binaries/initdb --pgdata="$home/data" --username=postgres --auth=trust --encoding=UTF8 \
    --locale=C.UTF-8 --no-sync >/dev/null
as_server $binaries/pg_ctl start --pgdata="$home/data" --log="$home/log" --silent --wait \
    --options="-p $port -k $home -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200"

export DATABASE_URL="postgresql://postgres@127.0.0.1:$port/postgres"
.venv-oldest/bin/python -c 'import os, sys, django, psycopg
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    server = connection.info.server_version // 10000
python = "%d.%d" % sys.version_info[:2]
print(f"Python {python}, Django {django.__version__}, PostgreSQL {server}")
sys.exit((python, django.VERSION[:2], server) != ("3.12", (5, 2), 15))'
.venv-oldest/bin/python -m pytest -n logical --dist loadfile tests/unit tests/db "$@"
