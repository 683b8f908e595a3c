-- Who leads or led last, whether the lead's lock is held, and for how many milliseconds the leader has said nothing.
SELECT node, address,
    EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND (classid::bigint << 32 | objid::bigint) = 7811903050628035391 AND objsubid = 1 AND granted
    ),
    least(greatest(extract(epoch FROM clock_timestamp() - beat) * 1000, 0), 9e15)::bigint
FROM ledger.leader
