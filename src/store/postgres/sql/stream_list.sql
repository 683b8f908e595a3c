SELECT number, name FROM ledger.streams WHERE number >= $1 ORDER BY number LIMIT $2
