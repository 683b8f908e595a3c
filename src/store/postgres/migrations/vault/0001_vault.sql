-- The vault of Litopys: personal values and what is derived from them. Every row is stamped with an entry of the ledger.

-- The vault's own head, compared and swapped as the ledger's is.
CREATE TABLE vault.head (
    one smallint PRIMARY KEY CHECK (one = 1),
    size bigint NOT NULL CHECK (size >= 0), -- rows are complete for entries below
    epoch bigint NOT NULL CHECK (epoch >= 0),
    edited bigint NOT NULL CHECK (edited >= 0 AND edited <= size), -- edits are done for entries below
    pair uuid NOT NULL, -- the same in the ledger that this vault belongs to
    key bytea NOT NULL CHECK (length(key) = 32) -- of the matching index; never leaves the vault
);

-- Disclosures as received. Those of an entry about one subject are one row: a patient has seventeen, and a row of their own for each, with its
-- place in two indexes, costs five times as much. The arrays go from the last to the first, as the last of a name is the one that counts.
CREATE TABLE vault.disclosures (
    entry bigint NOT NULL,
    first integer NOT NULL, -- the least of the ordinals
    subject bytea NOT NULL, -- the stream whose erasure deletes them: a byte 1, its id's 16 bytes and its type, or a byte 0 and a text
    on_file boolean NOT NULL, -- their values are the subject's until others take their place
    ordinals integer[] NOT NULL,
    objects text[] COLLATE "C" NOT NULL, -- JSON pointers of the objects with their digests
    names text[] COLLATE "C" NOT NULL,
    texts text[] COLLATE "C" NOT NULL,
    PRIMARY KEY (entry, first)
) WITH (toast_tuple_target = 8160);
-- Salts do not compress, and what is read with them stands in the row as far as a page has room.
ALTER TABLE vault.disclosures ALTER COLUMN objects SET STORAGE MAIN, ALTER COLUMN names SET STORAGE MAIN, ALTER COLUMN texts SET STORAGE EXTERNAL;
CREATE INDEX disclosures_by_subject ON vault.disclosures (subject, entry);

-- The same, one by one.
CREATE VIEW vault.each_disclosure AS
SELECT entry, one.ordinal, subject, one.object, one.name, one.text, on_file
FROM vault.disclosures CROSS JOIN unnest(ordinals, objects, names, texts) AS one (ordinal, object, name, text);

-- The matching index: HMAC-SHA-256 of identity keys. What an entry gives is written once, so nothing has to be unique here.
CREATE TABLE vault.matches (
    mac bytea NOT NULL CHECK (length(mac) = 32),
    subject bytea NOT NULL, -- as above
    entry bigint NOT NULL
);
CREATE INDEX matches_by_mac ON vault.matches (mac);
CREATE INDEX matches_by_subject ON vault.matches (subject);
CREATE INDEX matches_by_entry ON vault.matches (entry);

-- One-time codes with the salts of their commitments.
CREATE TABLE vault.codes (
    request uuid NOT NULL,
    entry bigint NOT NULL,
    code text NOT NULL,
    salt bytea NOT NULL CHECK (length(salt) = 32),
    PRIMARY KEY (request, entry)
);
CREATE INDEX codes_by_entry ON vault.codes (entry);

-- Messages to send once their entry is published.
CREATE TABLE vault.outbox (
    entry bigint NOT NULL,
    ordinal integer NOT NULL,
    kind text NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (entry, ordinal)
);

-- Who read what about whom: a row for each answer. Rows are only added.
CREATE TABLE vault.access (
    number bigint PRIMARY KEY, -- of its last record; its first is as many before it as it has subjects beside one
    time bigint NOT NULL, -- milliseconds since 1970
    role text NOT NULL,
    of text, -- in whose right
    kid text NOT NULL,
    mis text, -- through which MIS
    resource text NOT NULL,
    subjects text COLLATE "C" NOT NULL, -- about whom: streams, parted by spaces, a record of each
    size bigint NOT NULL -- as of which size
) WITH (toast_tuple_target = 8160);
ALTER TABLE vault.access ALTER COLUMN subjects SET STORAGE EXTERNAL;

-- Which rows are about whom. It follows the rows, many of them at a time, so that no reader waits for pages in many places; what it does
-- not have yet is looked through.
CREATE TABLE vault.access_subjects (
    subject text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (subject, number)
);
-- The rows up to which it has all.
CREATE TABLE vault.access_sorted (
    number bigint PRIMARY KEY
);

-- What was deleted is to make room soon, so the database's own cleaner looks at every change.
ALTER TABLE vault.disclosures SET (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0);
ALTER TABLE vault.matches SET (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0);
ALTER TABLE vault.codes SET (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0);
ALTER TABLE vault.outbox SET (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0);

CREATE FUNCTION vault.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE integrity_constraint_violation USING MESSAGE = format('%s stays as it is: %s', TG_TABLE_NAME, TG_OP);
END $$;

CREATE TRIGGER stays BEFORE UPDATE OR DELETE OR TRUNCATE ON vault.access EXECUTE FUNCTION vault.refuse();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE OR TRUNCATE ON vault.access_subjects EXECUTE FUNCTION vault.refuse();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE OR TRUNCATE ON vault.access_sorted EXECUTE FUNCTION vault.refuse();
CREATE TRIGGER stays BEFORE DELETE OR TRUNCATE ON vault.head EXECUTE FUNCTION vault.refuse();

CREATE FUNCTION vault.head_keeps_its_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF new.one IS DISTINCT FROM old.one OR new.pair IS DISTINCT FROM old.pair OR new.key IS DISTINCT FROM old.key
        OR new.epoch < old.epoch
    THEN
        RAISE integrity_constraint_violation USING MESSAGE = 'the vault keeps its identity and its epoch';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER keeps_its_identity BEFORE UPDATE ON vault.head FOR EACH ROW EXECUTE FUNCTION vault.head_keeps_its_identity();
