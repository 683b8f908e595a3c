DELETE FROM matches WHERE substr(mac, 1, 8) = substr(?1, 1, 8) AND mac = ?1 AND subject = ?2 AND entry <= ?3
