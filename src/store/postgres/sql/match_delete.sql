DELETE FROM vault.matches USING unnest($1::bytea[], $2::bytea[], $3::bigint[]) AS gone (mac, subject, through)
WHERE matches.mac = gone.mac AND matches.subject = gone.subject AND matches.entry <= gone.through
