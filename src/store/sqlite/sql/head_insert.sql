INSERT INTO head (one, size, root, epoch, pair) VALUES (1, 0, ?1, 0, ?2)
