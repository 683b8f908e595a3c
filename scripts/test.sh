#!/usr/bin/env bash
# Runs all tests, then tells how many passed, and names what they skipped: each line `SKIP …` that a test printed.
set -euo pipefail
cd "$(dirname "$0")/.."

output="${CARGO_TARGET_DIR:-target}/tests"
mkdir -p "$output"
status=0

# First, so that the last words are about the rest.
cargo test --locked --workspace --doc 2>&1 | tee "$output/doc.log" || status=$?

if cargo nextest --version >/dev/null 2>&1; then
    report="${CARGO_TARGET_DIR:-target}/nextest/default/junit.xml"
    rm -f "$report"
    cargo nextest run --locked --workspace || status=$?
    [ -f "$report" ] || { echo "test: no report in $report" >&2; exit 1; }
    attribute() { sed -n "s/^<testsuites .* $1=\"\([0-9]*\)\".*/\1/p" "$report"; }
    failed=$(($(attribute failures) + $(attribute errors)))
    passed=$(($(attribute tests) - failed))
    said() { sed -e 's/&quot;/"/g; s/&apos;/'"'"'/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g' "$report"; }
else
    log="$output/test.log"
    cargo test --locked --workspace --lib --bins --tests --no-fail-fast -- --show-output 2>&1 | tee "$log" || status=$?
    passed=$(grep '^test result: ' "$log" | grep -oE '[0-9]+ passed' | awk '{ sum += $1 } END { print sum + 0 }')
    failed=$(grep '^test result: ' "$log" | grep -oE '[0-9]+ failed' | awk '{ sum += $1 } END { print sum + 0 }')
    said() { cat "$log"; }
fi

# A harness may have written `test name ... ` before the line.
skips="$output/skips.txt"
said | sed -nE 's/^(.* \.\.\. )?(SKIP .*)$/\2/p' >"$skips"
skipped=$(wc -l <"$skips")
[ "$skipped" = 0 ] || { echo; sort "$skips" | uniq -c; }

echo
echo "tests: $passed passed, $failed failed, $skipped skipped"
if [ "$skipped" != 0 ] && [ "${LITOPYS_NO_SKIP:-}" = 1 ]; then
    echo "LITOPYS_NO_SKIP=1 forbids skipping" >&2
    exit 1
fi
exit "$status"
