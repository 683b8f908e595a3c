-- Rows of the public read models, versioned by size: a version is true from from_size on, until the next one's.
-- Folded from entries; whoever doubts them folds them again. Ids and values are UUIDs as their 16 bytes, others texts.
CREATE TABLE row_versions (
    resource INTEGER NOT NULL, -- its number
    id ANY NOT NULL,
    from_size INTEGER NOT NULL CHECK (from_size > 0),
    body ANY NOT NULL, -- JSON: compressed, or a text where that is no longer
    PRIMARY KEY (resource, id, from_size)
) STRICT, WITHOUT ROWID;

-- Which rows ever had which value in a member: leads a query to its candidates, whose version then decides.
-- Long values stand here with their beginning.
CREATE TABLE row_values (
    member INTEGER NOT NULL, -- its number, which says the resource too
    value ANY NOT NULL,
    id ANY NOT NULL,
    PRIMARY KEY (member, value, id)
) STRICT, WITHOUT ROWID;

-- Which entries are about which stream (its number in streams), by blocks of 256 entries: for each such entry its place in the
-- block and the set of ways, a byte each. 1: by an event of it, 2: by a signature in its right, 4: by changing a row of this provider.
CREATE TABLE row_links (
    stream INTEGER NOT NULL,
    block INTEGER NOT NULL CHECK (block >= 0),
    entries BLOB NOT NULL,
    PRIMARY KEY (stream, block)
) STRICT, WITHOUT ROWID;
