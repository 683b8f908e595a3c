DELETE FROM main.row_links AS live WHERE NOT EXISTS (
    SELECT 1 FROM new.row_links AS meant
    WHERE meant.stream = live.stream AND meant.kind = live.kind AND meant.entry = live.entry
)
