-- What a server's role may do with a ledger: add, and take the next step with the head. ROLE stands for the role.
GRANT USAGE ON SCHEMA ledger TO ROLE;
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO ROLE;
GRANT INSERT ON ledger.entries, ledger.streams, ledger.checkpoints, ledger.tiles, ledger.outcomes, ledger.refusals TO ROLE;
GRANT UPDATE (size, root, epoch) ON ledger.head TO ROLE;
GRANT UPDATE ON ledger.leader TO ROLE;
GRANT INSERT, UPDATE, DELETE ON ledger.row_versions, ledger.row_values, ledger.row_links TO ROLE;
