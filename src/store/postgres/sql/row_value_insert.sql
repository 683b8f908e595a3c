-- Values are a set: a row that had a value before is found by it already.
INSERT INTO ledger.row_values (resource, member, value, id)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
ON CONFLICT DO NOTHING
