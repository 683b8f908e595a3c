-- A commit is durable when it returns, on the standbys too if there are such; a stricter setting of the database stays.
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write');
SET jit = off;
SET lock_timeout = '10s';
SET idle_in_transaction_session_timeout = '15s';
