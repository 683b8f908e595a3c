-- Who leads or led last, and for how many milliseconds it has said nothing.
SELECT node, address, least(extract(epoch FROM clock_timestamp() - beat) * 1000, 9e15)::bigint FROM ledger.leader
