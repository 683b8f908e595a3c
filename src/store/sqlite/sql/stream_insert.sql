-- Not INSERT … SELECT: what reads the table that it writes goes through a temporary one.
INSERT OR ROLLBACK INTO streams (number, name) VALUES ((SELECT coalesce(max(number) + 1, 0) FROM streams), ?1)
