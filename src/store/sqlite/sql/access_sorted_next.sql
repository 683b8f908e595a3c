SELECT number, subjects FROM access WHERE number > ?1 ORDER BY number LIMIT ?2
