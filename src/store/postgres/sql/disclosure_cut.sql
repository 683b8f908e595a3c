DELETE FROM vault.disclosures WHERE entry >= $1
