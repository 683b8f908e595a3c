-- Rows of the public read models, versioned by size: a version is true for sizes in from_size ..< until_size.
-- Folded from entries; whoever doubts them folds them again.
CREATE TABLE row_versions (
    resource TEXT NOT NULL,
    id TEXT NOT NULL,
    from_size INTEGER NOT NULL CHECK (from_size > 0),
    until_size INTEGER CHECK (until_size > from_size),
    body TEXT NOT NULL,
    PRIMARY KEY (resource, id, from_size)
) STRICT, WITHOUT ROWID;

-- Which rows ever had which value in a member: leads a query to its candidates, whose version then decides.
-- Long values stand here with their beginning.
CREATE TABLE row_values (
    resource TEXT NOT NULL,
    member TEXT NOT NULL,
    value TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (resource, member, value, id)
) STRICT, WITHOUT ROWID;

-- Which entries are about which stream (its number in streams): 0 by an event of it, 1 by a signature in its right, 2 by
-- changing a row of this provider.
CREATE TABLE row_links (
    stream INTEGER NOT NULL,
    kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 2),
    entry INTEGER NOT NULL,
    PRIMARY KEY (stream, kind, entry)
) STRICT, WITHOUT ROWID;
