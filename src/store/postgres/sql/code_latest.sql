SELECT entry, request, code, salt FROM vault.codes WHERE request = $1 ORDER BY entry DESC LIMIT 1
