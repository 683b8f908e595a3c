-- What conflicts is what was left, being the same already.
INSERT INTO main.row_versions (resource, id, from_size, body)
SELECT resource, id, from_size, body FROM new.row_versions WHERE true ON CONFLICT DO NOTHING
