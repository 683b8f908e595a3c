SELECT index, id, payload_hash, size FROM ledger.outcomes WHERE index >= $1 ORDER BY index LIMIT $2
