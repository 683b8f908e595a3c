DELETE FROM main.row_versions AS live WHERE NOT EXISTS (
    SELECT 1 FROM new.row_versions AS meant
    WHERE meant.resource = live.resource AND meant.id = live.id AND meant.from_size = live.from_size AND meant.body = live.body
)
