SELECT number, subjects FROM access WHERE number > (SELECT number FROM access_sorted) ORDER BY number LIMIT ?1
