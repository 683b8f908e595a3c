DELETE FROM main.row_values AS live WHERE NOT EXISTS (
    SELECT 1 FROM new.row_values AS meant
    WHERE meant.member = live.member AND meant.value = live.value AND meant.id = live.id
)
