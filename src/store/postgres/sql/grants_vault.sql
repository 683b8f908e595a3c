-- What a server's role may do with a vault: add and forget. ROLE stands for the role.
GRANT USAGE ON SCHEMA vault TO ROLE;
GRANT SELECT ON ALL TABLES IN SCHEMA vault TO ROLE;
GRANT INSERT, DELETE ON vault.disclosures, vault.matches, vault.codes, vault.outbox TO ROLE;
GRANT UPDATE (size, epoch, edited) ON vault.head TO ROLE;
GRANT INSERT ON vault.access TO ROLE;
