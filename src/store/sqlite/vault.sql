-- The vault of Litopys: personal values and what is derived from them. Every row is stamped with an entry of the ledger.

-- The vault's own head, compared and swapped as the ledger's is.
CREATE TABLE head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL CHECK (size >= 0), -- rows are complete for entries below
    epoch INTEGER NOT NULL CHECK (epoch >= 0),
    edited INTEGER NOT NULL CHECK (edited >= 0 AND edited <= size), -- edits are done for entries below
    pair BLOB NOT NULL CHECK (length(pair) = 16), -- the same in the ledger that this vault belongs to
    key BLOB NOT NULL CHECK (length(key) = 32) -- of the matching index; never leaves the vault
) STRICT;

-- Disclosures as received: those of an entry about one subject, alike on file or not, are one row.
CREATE TABLE disclosures (
    entry INTEGER NOT NULL,
    first INTEGER NOT NULL, -- the least of their ordinals
    subject ANY NOT NULL, -- the stream whose erasure deletes them: its id's 16 bytes and its type, others a text
    on_file INTEGER NOT NULL CHECK (on_file IN (0, 1)), -- their values are the subject's until others take their places
    salts BLOB NOT NULL, -- what is random
    packed BLOB NOT NULL, -- the rest, compressed: ordinals, JSON pointers of the objects with their digests, names, values
    PRIMARY KEY (entry, first)
) STRICT, WITHOUT ROWID;
CREATE INDEX disclosures_by_subject ON disclosures (subject);

-- The matching index: HMAC-SHA-256 of identity keys. Rows lie in the order in which they came; what is scattered is eight bytes of each.
CREATE TABLE matches (
    mac BLOB NOT NULL CHECK (length(mac) = 32),
    subject ANY NOT NULL, -- as above
    entry INTEGER NOT NULL
) STRICT;
CREATE INDEX matches_by_mac ON matches (substr(mac, 1, 8));
CREATE INDEX matches_by_subject ON matches (subject);
CREATE INDEX matches_by_entry ON matches (entry);

-- One-time codes with the salts of their commitments.
CREATE TABLE codes (
    request BLOB NOT NULL CHECK (length(request) = 16),
    entry INTEGER NOT NULL,
    code TEXT NOT NULL,
    salt BLOB NOT NULL CHECK (length(salt) = 32),
    PRIMARY KEY (request, entry)
) STRICT, WITHOUT ROWID;
CREATE INDEX codes_by_entry ON codes (entry);

-- Messages to send once their entry is published.
CREATE TABLE outbox (
    entry INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (entry, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER head_keeps_its_identity BEFORE UPDATE ON head
WHEN new.one IS NOT old.one OR new.pair IS NOT old.pair OR new.key IS NOT old.key OR new.epoch < old.epoch
BEGIN SELECT RAISE(ROLLBACK, 'the vault keeps its identity and its epoch'); END;
CREATE TRIGGER head_stays BEFORE DELETE ON head
BEGIN SELECT RAISE(ABORT, 'head stays'); END;
CREATE TRIGGER head_is_one_row BEFORE INSERT ON head
WHEN EXISTS (SELECT 1 FROM head)
BEGIN SELECT RAISE(ABORT, 'head is one row'); END;
