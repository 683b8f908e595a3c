SELECT level, index, hashes FROM ledger.tiles WHERE (level, index) >= ($1, $2) ORDER BY level, index LIMIT $3
