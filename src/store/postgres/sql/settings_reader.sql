SET default_transaction_read_only = on;
SET jit = off;
SET statement_timeout = '25s';
