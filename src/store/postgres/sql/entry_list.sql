-- At most $2 entries, ending with the one that brings the page to $3 bytes.
SELECT index, time, bytes FROM (
    SELECT index, time, bytes, sum(length(bytes)) OVER (ORDER BY index ROWS UNBOUNDED PRECEDING) - length(bytes) AS before
    FROM (SELECT index, time, bytes FROM ledger.entries WHERE index >= $1 ORDER BY index LIMIT $2) AS page
) AS summed
WHERE before < $3 ORDER BY index
