INSERT INTO streams (number, name) SELECT coalesce(max(number) + 1, 0), ?1 FROM streams WHERE true
ON CONFLICT (name) DO NOTHING
