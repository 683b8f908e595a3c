SELECT type || ' ' || name || ' on ' || tbl_name, sql FROM sqlite_schema
WHERE name NOT LIKE 'sqlite\_stat%' ESCAPE '\' ORDER BY 1
