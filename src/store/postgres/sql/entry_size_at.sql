-- How many entries have a time not after $1, by halving; no row where an entry is missing.
WITH RECURSIVE search (low, high) AS (
    SELECT 0::bigint, size FROM ledger.head
    UNION ALL
    SELECT CASE WHEN entry.time <= $1 THEN entry.index + 1 ELSE low END, CASE WHEN entry.time <= $1 THEN high ELSE entry.index END
    FROM search JOIN ledger.entries AS entry ON entry.index = low + (high - low) / 2
    WHERE low < high
)
SELECT low FROM search WHERE low = high
