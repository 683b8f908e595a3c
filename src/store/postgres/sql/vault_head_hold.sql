-- Changes nothing; hits the row only for the leader.
UPDATE vault.head SET epoch = epoch WHERE epoch = $1 RETURNING size, epoch, edited
