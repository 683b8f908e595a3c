-- Named one by one, so that a plan made once is good for any span: one of a span's ends would be made anew each time.
SELECT index, time, bytes FROM ledger.entries WHERE index = ANY ($1::bigint[]) ORDER BY index
