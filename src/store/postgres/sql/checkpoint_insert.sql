INSERT INTO ledger.checkpoints (size, note) VALUES ($1, $2)
