-- Values are a set: a row that had a value before is found by it already. There is one writer, so what is not there is not
-- there a moment later either; to add it as if it might be (ON CONFLICT) costs half as much again.
INSERT INTO ledger.row_values (member, value, id)
SELECT new.* FROM unnest($1::smallint[], $2::bytea[], $3::bytea[]) AS new (member, value, id)
WHERE NOT EXISTS (
    SELECT FROM ledger.row_values AS known WHERE (known.member, known.value, known.id) = (new.member, new.value, new.id) OFFSET 0
)
