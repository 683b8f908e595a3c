SELECT DISTINCT subject FROM matches WHERE mac = ?1 ORDER BY subject
