SELECT resource, id, from_size, until_size, body FROM row_versions ORDER BY resource, id, from_size
