-- One node after the other adds to the access log, until its commit: so numbers are dense, and in the order of the commits. "litopysA" in ASCII.
BEGIN ISOLATION LEVEL READ COMMITTED;
SELECT pg_advisory_xact_lock(7811903050628035393)
