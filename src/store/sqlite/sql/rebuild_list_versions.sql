SELECT resource, id, from_size, body FROM row_versions ORDER BY resource, id, from_size
