-- The last row, and the last one that is sorted.
SELECT
    (SELECT coalesce(max(number), 0) FROM vault.access),
    (SELECT coalesce(max(number), 0) FROM vault.access_sorted)
