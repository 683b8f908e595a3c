SELECT DISTINCT ON (request) entry, request, code, salt FROM vault.codes WHERE request = ANY ($1::uuid[]) ORDER BY request, entry DESC
