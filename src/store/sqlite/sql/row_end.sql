-- A version that is no longer true, otherwise as it was.
UPDATE row_versions SET until_size = ?4 WHERE resource = ?1 AND id = ?2 AND from_size = ?3
