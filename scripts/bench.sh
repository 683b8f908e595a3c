#!/usr/bin/env bash
# Builds the program, starts a PostgreSQL of its own where one is installed, measures both engines, and takes everything away again.
# All arguments go to `litopys bench`; ledgers and database lie in target/bench, on the same disk.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --release --locked
target="${CARGO_TARGET_DIR:-target}"
mkdir -p "$target/bench"
folder=$(mktemp -d "$(cd "$target/bench" && pwd)/run.XXXXXX")

program() { command -v "$1" || compgen -G "/usr/lib/postgresql/*/bin/$1" | sort -V | tail -1; }
# PostgreSQL refuses to run as root.
as_user() { if [ "$(id -u)" = 0 ]; then setpriv --reuid postgres --regid postgres --clear-groups "$@"; else "$@"; fi; }

finish() {
    [ ! -e "$folder/data/postmaster.pid" ] || as_user "$(program pg_ctl)" --pgdata "$folder/data" --mode immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap finish EXIT

store=()
if [ -n "$(program initdb)" ]; then
    chmod 755 "$folder"
    mkdir "$folder/data"
    [ "$(id -u)" != 0 ] || chown postgres: "$folder/data"
    as_user "$(program initdb)" --pgdata "$folder/data" --username bench --auth trust --encoding UTF8 --locale C >/dev/null
    port=$((20000 + RANDOM % 20000))
    # As installed, but for the buffers, which are too small for anybody: each commit is synced.
    as_user "$(program pg_ctl)" --pgdata "$folder/data" --wait --silent --log "$folder/data/log" \
        --options "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories= -c shared_buffers=256MB" start
    store=(--store "postgresql://bench@127.0.0.1:$port/postgres")
else
    echo "bench: PostgreSQL is not installed here, so only the embedded store is measured" >&2
fi

"$target/release/litopys" bench --folder "$folder" "${store[@]}" "$@"
