-- Changes nothing; hits the row only for the leader, at the size that he acts on.
UPDATE ledger.head SET epoch = epoch WHERE epoch = $1 AND size = $2
