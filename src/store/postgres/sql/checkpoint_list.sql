SELECT size, note FROM ledger.checkpoints WHERE size >= $1 ORDER BY size LIMIT $2
