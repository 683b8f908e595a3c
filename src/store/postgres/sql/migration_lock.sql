-- One at a time: "litopys!" in ASCII.
SELECT pg_advisory_xact_lock(7811903050628035361)
