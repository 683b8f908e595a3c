-- Settings for a file that is thrown away unless it is finished: nothing need survive a crash.
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA trusted_schema = OFF;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -65536;
