#!/usr/bin/env bash
# Installs UmaDB's server, builds what measures, starts PostgreSQL and UmaDB on loopback, measures, and takes everything away again.
# All arguments go to the program: --rounds 3, --declarations 2000, --json FILE.
set -euo pipefail
cd "$(dirname "$0")/../.."

umadb_version=0.7.8
target=$(mkdir -p "${CARGO_TARGET_DIR:-target}" && cd "${CARGO_TARGET_DIR:-target}" && pwd)
umadb="$target/umadb/bin/umadb"

. scripts/postgres.sh

if ! "$umadb" --version 2>/dev/null | grep -qF "$umadb_version"; then
    if ! command -v protoc >/dev/null; then
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            apt-get update -qq
            DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends protobuf-compiler >/dev/null
        else
            echo "peers: please install protobuf-compiler (name as in Debian)" >&2
            exit 1
        fi
    fi
    CARGO_TARGET_DIR="$target/peers" cargo install --quiet --locked --root "$target/umadb" "umadb@$umadb_version"
fi
[ -n "$(program initdb)" ] || { echo "peers: please install postgresql" >&2; exit 1; }
CARGO_TARGET_DIR="$target/peers" cargo build --release --locked --manifest-path benches/peers/Cargo.toml

mkdir -p "$target/bench"
folder=$(mktemp -d "$target/bench/peers.XXXXXX")
finish() {
    [ -z "${umadb_pid:-}" ] || kill "$umadb_pid" 2>/dev/null || true
    stop_postgres
    rm -rf "$folder"
}
trap finish EXIT

start_postgres
for name in litopys peer; do
    "$(program psql)" --quiet --host 127.0.0.1 --port "$port" --username bench --dbname postgres --command "CREATE DATABASE $name"
done

uma_port=$((30000 + RANDOM % 10000))
"$umadb" --listen "127.0.0.1:$uma_port" --db-path "$folder/uma.db" >"$folder/uma.log" 2>&1 &
umadb_pid=$!
for _ in $(seq 100); do
    (exec 3<>"/dev/tcp/127.0.0.1/$uma_port") 2>/dev/null && break
    sleep 0.1
done

cat <<TEXT
$("$(program postgres)" --version), as installed but for shared_buffers=256MB: fsync and synchronous_commit on
postgres-es 0.5: pool of ten connections (default_postgress_pool), event store without snapshots, one view by GenericQuery, 64 commands at once
umadb $umadb_version: as installed; each append answered after fdatasync, appends at the same time together
Litopys: SQLite synchronous=FULL, PostgreSQL synchronous_commit=on
TEXT
"$target/peers/release/litopys-peers" --folder "$folder" --umadb "127.0.0.1:$uma_port" \
    --store "postgresql://bench@127.0.0.1:$port/litopys" --peer-store "postgresql://bench@127.0.0.1:$port/peer" "$@"
