-- Values are a set: a row that had a value before is found by it already.
INSERT INTO ledger.row_values (member, value, id)
SELECT * FROM unnest($1::smallint[], $2::bytea[], $3::bytea[])
ON CONFLICT DO NOTHING
