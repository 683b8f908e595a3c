INSERT INTO ledger.row_values (member, value, id) SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[])
