#!/usr/bin/env bash
# Counts which files are synced how often while the embedded store takes commands in process, by watching the system calls. The mark is written once
# a commit, so it counts commits. Arguments go to `litopys bench --parts process`.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v strace >/dev/null || { echo "syncs: strace is not installed" >&2; exit 1; }
cargo build --release --locked
target="${CARGO_TARGET_DIR:-target}"
mkdir -p "$target/bench"
folder=$(mktemp -d "$(cd "$target/bench" && pwd)/run.XXXXXX")
trap 'rm -rf "$folder"' EXIT

strace -f -y -e trace=fsync,fdatasync -o "$folder/calls" "$target/release/litopys" bench --folder "$folder" --parts process "$@" >/dev/null
sed -nE 's#.*f(data)?sync\([0-9]+</.*/([^/>]+)>.*#\2#p' "$folder/calls" | awk '
    { count[$1]++ }
    END {
        commits = count["high-water"]
        printf "commits: %d\n", commits
        for (file in count) if (count[file] * 20 > commits) printf "%-20s %.2f syncs a commit\n", file, count[file] / commits
    }'
