SELECT DISTINCT mac, subject FROM vault.matches WHERE mac = ANY ($1::bytea[]) ORDER BY mac, subject
