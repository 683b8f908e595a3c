-- Numbered from $1 on.
INSERT INTO ledger.streams (number, name) SELECT $1::bigint + place - 1, name FROM unnest($2::text[]) WITH ORDINALITY AS new (name, place)
