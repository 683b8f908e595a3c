SELECT hashes FROM ledger.tiles WHERE level = $1 AND index = $2
