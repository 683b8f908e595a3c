SELECT coalesce(max(number) + 1, 0) FROM ledger.streams
