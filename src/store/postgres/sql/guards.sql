-- The guards in force: schema.table guard.
SELECT space.nspname || '.' || relation.relname || ' ' || guard.tgname
FROM pg_trigger AS guard
JOIN pg_class AS relation ON relation.oid = guard.tgrelid
JOIN pg_namespace AS space ON space.oid = relation.relnamespace
WHERE space.nspname IN ('ledger', 'vault') AND NOT guard.tgisinternal AND guard.tgenabled IN ('O', 'A')
