SELECT to_regclass($1::text || '.migrations') IS NOT NULL
