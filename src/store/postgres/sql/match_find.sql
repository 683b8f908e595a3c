SELECT DISTINCT subject FROM vault.matches WHERE mac = $1 ORDER BY subject
