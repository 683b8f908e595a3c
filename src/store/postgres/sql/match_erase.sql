DELETE FROM vault.matches WHERE subject = $1 AND entry <= $2
