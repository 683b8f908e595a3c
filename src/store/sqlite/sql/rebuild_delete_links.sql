DELETE FROM main.row_links AS live WHERE NOT EXISTS (
    SELECT 1 FROM new.row_links AS meant
    WHERE meant.stream = live.stream AND meant.block = live.block AND meant.entries = live.entries
)
