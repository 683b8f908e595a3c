DELETE FROM vault.matches WHERE mac = $1 AND subject = $2 AND entry <= $3
