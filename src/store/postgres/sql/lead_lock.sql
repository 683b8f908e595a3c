-- Held by the session until it ends: "litopys?" in ASCII.
SELECT pg_try_advisory_lock(7811903050628035391)
