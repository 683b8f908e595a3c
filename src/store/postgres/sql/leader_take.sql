UPDATE ledger.leader SET node = $1, address = $2, beat = clock_timestamp()
