SELECT index, id, payload_hash, size FROM ledger.outcomes WHERE id = ANY ($1::uuid[])
