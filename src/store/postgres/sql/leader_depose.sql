-- Ends the sessions of a node that says nothing any more, and with them its locks and what it had begun.
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND usename = session_user AND pid <> pg_backend_pid()
