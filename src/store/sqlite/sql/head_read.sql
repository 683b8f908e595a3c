SELECT head.size, head.root, head.epoch, coalesce(checkpoints.note, '')
FROM head LEFT JOIN checkpoints ON checkpoints.size = head.size
