DELETE FROM ledger.row_values AS live USING unnest($1::bigint[], $2::bytea[], $3::bytea[]) AS gone (member, value, id)
WHERE live.member = gone.member AND live.value = gone.value AND live.id = gone.id
