-- Reading much of a file once: its pages are looked at in the system's cache (the first 2 GiB, SQLite's own limit), not copied from it.
-- A ledger's file is never cut while it is open, and what is in the WAL is read as before. A page that the disk cannot give ends the process
-- (SIGBUS) in place of an error, so connections that serve do without.
PRAGMA mmap_size = 2147418112;
