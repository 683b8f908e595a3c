UPDATE ledger.head SET size = $1, root = $2 WHERE size = $3 AND root = $4 AND epoch = $5
