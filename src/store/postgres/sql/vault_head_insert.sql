INSERT INTO vault.head (one, size, epoch, edited, pair, key) VALUES (1, 0, 0, 0, $1, $2)
