-- What a server's role may do with a ledger: add, and take the next step with the head. :role stands for the role.
GRANT USAGE ON SCHEMA ledger TO :role;
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO :role;
GRANT INSERT ON ledger.entries, ledger.streams, ledger.checkpoints, ledger.tiles, ledger.outcomes, ledger.refusals TO :role;
GRANT UPDATE (size, root, epoch) ON ledger.head TO :role;
GRANT UPDATE ON ledger.leader TO :role;
GRANT INSERT, UPDATE, DELETE ON ledger.row_versions, ledger.row_values, ledger.row_links TO :role;
