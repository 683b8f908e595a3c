-- A version that the same entry changes again.
UPDATE row_versions SET body = ?4 WHERE resource = ?1 AND id = ?2 AND from_size = ?3
