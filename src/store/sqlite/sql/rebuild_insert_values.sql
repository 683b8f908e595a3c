INSERT INTO main.row_values (member, value, id)
SELECT member, value, id FROM new.row_values WHERE true ON CONFLICT DO NOTHING
