SELECT index, time, bytes FROM ledger.entries WHERE index >= $1 AND index < $2 ORDER BY index
