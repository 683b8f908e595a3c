SELECT member, value, id FROM row_values ORDER BY member, value, id
