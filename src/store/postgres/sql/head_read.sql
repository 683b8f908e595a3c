SELECT head.size, head.root, head.epoch, coalesce(checkpoints.note, '')
FROM ledger.head LEFT JOIN ledger.checkpoints ON checkpoints.size = head.size
