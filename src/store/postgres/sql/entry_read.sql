SELECT index, time, bytes FROM ledger.entries WHERE index = $1
