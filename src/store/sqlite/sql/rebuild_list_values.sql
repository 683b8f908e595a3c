SELECT resource, member, value, id FROM row_values ORDER BY resource, member, value, id
