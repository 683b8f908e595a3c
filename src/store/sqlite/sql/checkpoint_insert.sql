INSERT OR ROLLBACK INTO checkpoints (size, note) VALUES (?1, ?2)
