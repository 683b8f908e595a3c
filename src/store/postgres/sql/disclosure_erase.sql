DELETE FROM vault.disclosures WHERE subject = $1 AND entry <= $2
