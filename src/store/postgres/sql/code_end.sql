DELETE FROM vault.codes WHERE request = $1 AND entry <= $2
