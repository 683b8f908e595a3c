INSERT INTO main.row_values (resource, member, value, id)
SELECT resource, member, value, id FROM new.row_values WHERE true ON CONFLICT DO NOTHING
