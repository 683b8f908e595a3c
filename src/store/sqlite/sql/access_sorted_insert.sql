INSERT INTO access_sorted (number) VALUES (0)
