UPDATE ledger.leader SET beat = clock_timestamp() WHERE node = $1
