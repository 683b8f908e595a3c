-- Of rows that are new too, so that none of it can be there.
INSERT INTO ledger.row_values (member, value, id) SELECT unnest($1::smallint[]), unnest($2::bytea[]), unnest($3::bytea[])
