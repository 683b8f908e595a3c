INSERT INTO access (time, role, of, kid, mis, resource, subject, size) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
