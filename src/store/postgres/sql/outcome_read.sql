SELECT index, id, payload_hash, size FROM ledger.outcomes WHERE id = $1
