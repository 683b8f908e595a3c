SELECT number, name FROM streams WHERE number >= ?1 ORDER BY number LIMIT ?2
