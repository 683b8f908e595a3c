#!/usr/bin/env bash
# A PostgreSQL server for a measurement, to be sourced: in "$folder/data", on loopback and a free-looking port, told by $port.
set -euo pipefail

program() { command -v "$1" || compgen -G "/usr/lib/postgresql/*/bin/$1" | sort -V | tail -1; }
# PostgreSQL refuses to run as root.
as_user() { if [ "$(id -u)" = 0 ]; then setpriv --reuid postgres --regid postgres --clear-groups "$@"; else "$@"; fi; }

start_postgres() {
    chmod 755 "$folder"
    mkdir "$folder/data"
    [ "$(id -u)" != 0 ] || chown postgres: "$folder/data"
    as_user "$(program initdb)" --pgdata "$folder/data" --username bench --auth trust --encoding UTF8 --locale C >/dev/null
    port=$((20000 + RANDOM % 10000))
    # As installed, but for the buffers, which are too small for anybody: each commit is synced.
    as_user "$(program pg_ctl)" --pgdata "$folder/data" --wait --silent --log "$folder/data/log" \
        --options "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories= -c shared_buffers=256MB" start
}

stop_postgres() {
    [ ! -e "$folder/data/postmaster.pid" ] || as_user "$(program pg_ctl)" --pgdata "$folder/data" --mode immediate stop >/dev/null 2>&1 || true
}
