-- Which of the tables that nobody may change the session's role could change, by a right of its own or of a role it is in.
SELECT relation.relname::text
FROM pg_class AS relation JOIN pg_namespace AS space ON space.oid = relation.relnamespace
WHERE space.nspname = 'ledger' AND relation.relname = ANY ('{entries,streams,checkpoints,tiles,outcomes,refusals}'::text[])
    AND (
        pg_has_role(session_user, relation.relowner, 'MEMBER')
        OR has_table_privilege(session_user, relation.oid, 'DELETE, TRUNCATE, TRIGGER')
        OR has_any_column_privilege(session_user, relation.oid, 'UPDATE')
    )
ORDER BY 1
