-- Changes nothing; hits the row only for the leader.
UPDATE head SET epoch = epoch WHERE epoch = ?1
