INSERT INTO ledger.head (one, size, root, epoch, pair) VALUES (1, 0, sha256(''), 0, $1)
