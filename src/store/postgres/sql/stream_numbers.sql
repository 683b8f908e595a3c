SELECT name, number FROM ledger.streams WHERE name = ANY ($1::text[])
