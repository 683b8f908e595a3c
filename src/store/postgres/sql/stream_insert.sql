INSERT INTO ledger.streams (number, name)
SELECT (SELECT coalesce(max(number), -1) FROM ledger.streams) + place, name FROM unnest($1::text[]) WITH ORDINALITY AS new (name, place)
RETURNING name, number
