#!/usr/bin/env bash
# Trains a dictionary for Zstandard on what six demos of different seeds leave in the embedded store. It comes beside those that are there, with a
# number of its own, never in the place of one: what was written with a dictionary is read with it for ever.
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# = 4 ] || { echo "usage: $0 entries|rows|disclosures MOST-BYTES NUMBER FILE" >&2; exit 2; }
case "$1" in
    entries) database=ledger table=entries column=bytes ;;
    rows) database=ledger table=row_versions column=body ;;
    disclosures) database=vault table=disclosures column=packed ;;
    *) echo "dictionary: there are no $1" >&2; exit 2 ;;
esac
for program in sqlite3 zstd; do
    command -v "$program" >/dev/null || { echo "dictionary: $program is not installed" >&2; exit 1; }
done
cargo build --release --locked
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

mkdir "$folder/samples"
for seed in 11 12 13 14 15 16; do
    "${CARGO_TARGET_DIR:-target}/release/litopys" demo --once --dir "$folder/demo" --seed "$seed" >/dev/null
    sqlite3 "$folder/demo/$database.sqlite" >/dev/null "
        WITH numbered AS (SELECT row_number() OVER () AS number, CAST($column AS BLOB) AS value FROM $table)
        SELECT writefile('$folder/samples/$seed-' || number || iif(substr(value, 1, 4) = x'28b52ffd', '.zst', ''), value) FROM numbered"
    rm -r "$folder/demo"
done
find "$folder/samples" -name '*.zst' -print0 | xargs -0 -r zstd -q -d --rm -D "src/store/$1-1.dictionary"
zstd -q -r --train "$folder/samples" -1 --maxdict="$2" --dictID="$3" -o "$4"
