-- Settings of a writing connection. A commit is durable when COMMIT returns: FULL syncs the WAL at each.
PRAGMA synchronous = FULL;
PRAGMA fullfsync = ON;
PRAGMA checkpoint_fullfsync = ON;
PRAGMA recursive_triggers = ON;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -32768; -- room for what a full batch writes; after a split a commit looks through all of it
PRAGMA wal_autocheckpoint = 0; -- the writer checkpoints between batches
PRAGMA journal_size_limit = 67108864;
