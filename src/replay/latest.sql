-- The last version of every row while entries are folded; a resource by its place among all.
CREATE TABLE latest (
    resource INTEGER NOT NULL,
    id TEXT NOT NULL,
    from_size INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (resource, id)
) STRICT, WITHOUT ROWID;
