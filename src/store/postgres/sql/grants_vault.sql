-- What a server's role may do with a vault: add and forget. :role stands for the role.
GRANT USAGE ON SCHEMA vault TO :role;
GRANT SELECT ON ALL TABLES IN SCHEMA vault TO :role;
GRANT INSERT, DELETE ON vault.disclosures, vault.matches, vault.codes, vault.outbox TO :role;
GRANT UPDATE (size, epoch, edited) ON vault.head TO :role;
GRANT INSERT ON vault.access, vault.access_subjects, vault.access_sorted TO :role;
