DELETE FROM vault.disclosures USING unnest($1::bytea[], $2::bigint[]) AS erased (subject, through)
WHERE disclosures.subject = erased.subject AND disclosures.entry <= erased.through
