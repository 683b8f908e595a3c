INSERT INTO access (number, time, role, of, kid, mis, resource, subjects, size) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
