INSERT INTO access_subjects (subject, number) VALUES (?1, ?2)
