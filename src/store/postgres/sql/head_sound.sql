-- Whether the head says what the tables hold.
SELECT head.size = (SELECT coalesce(max(index) + 1, 0) FROM ledger.entries)
    AND head.size = (SELECT coalesce(max(size), 0) FROM ledger.checkpoints)
FROM ledger.head
