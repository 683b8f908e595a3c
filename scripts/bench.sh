#!/usr/bin/env bash
# Builds the program, starts a PostgreSQL of its own where one is installed, measures both engines, and takes everything away again.
# All arguments go to `litopys bench`; ledgers and database lie in target/bench, on the same disk.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --release --locked
target="${CARGO_TARGET_DIR:-target}"
mkdir -p "$target/bench"
folder=$(mktemp -d "$(cd "$target/bench" && pwd)/run.XXXXXX")

. scripts/postgres.sh

finish() {
    stop_postgres
    rm -rf "$folder"
}
trap finish EXIT

store=()
if [ -n "$(program initdb)" ]; then
    start_postgres
    store=(--store "postgresql://bench@127.0.0.1:$port/postgres")
else
    echo "bench: PostgreSQL is not installed here, so only the embedded store is measured" >&2
fi

"$target/release/litopys" bench --folder "$folder" "${store[@]}" "$@"
