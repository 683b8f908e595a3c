-- The ledger of Litopys. Everything here is kept for ever; nothing here is a personal value.
-- Times are milliseconds since 1970. Texts are compared by their bytes.

-- The one row that the one writer compares and swaps.
CREATE TABLE ledger.head (
    one smallint PRIMARY KEY CHECK (one = 1),
    size bigint NOT NULL CHECK (size >= 0),
    root bytea NOT NULL CHECK (length(root) = 32),
    epoch bigint NOT NULL CHECK (epoch >= 0),
    pair uuid NOT NULL -- the same in the vault that belongs to this ledger
);

-- Leaves of the log: the bytes that were hashed. They stand in the row, not beside it, as far as a page has room.
CREATE TABLE ledger.entries (
    index bigint PRIMARY KEY CHECK (index >= 0),
    time bigint NOT NULL,
    bytes bytea NOT NULL
) WITH (toast_tuple_target = 8160);
ALTER TABLE ledger.entries ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Streams, numbered in the order of their first appearance.
CREATE TABLE ledger.streams (
    number bigint PRIMARY KEY CHECK (number >= 0),
    name text COLLATE "C" NOT NULL UNIQUE
);

-- Signed notes, one for each committed batch of entries.
CREATE TABLE ledger.checkpoints (
    size bigint PRIMARY KEY CHECK (size > 0),
    note text COLLATE "C" NOT NULL
);

-- Full hash tiles; partial ones are computed.
CREATE TABLE ledger.tiles (
    level smallint NOT NULL CHECK (level >= 0),
    index bigint NOT NULL CHECK (index >= 0),
    hashes bytea NOT NULL CHECK (length(hashes) = 8192),
    PRIMARY KEY (level, index)
);
ALTER TABLE ledger.tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;

-- Accepted commands: first entry, and the size of the commit's checkpoint.
CREATE TABLE ledger.outcomes (
    index bigint PRIMARY KEY CHECK (index >= 0),
    id uuid NOT NULL UNIQUE,
    payload_hash bytea NOT NULL CHECK (length(payload_hash) = 32),
    size bigint NOT NULL
);

-- Final refusals with their signed notes.
CREATE TABLE ledger.refusals (
    id uuid PRIMARY KEY,
    payload_hash bytea NOT NULL CHECK (length(payload_hash) = 32),
    refusal text COLLATE "C" NOT NULL,
    size bigint NOT NULL CHECK (size >= 0),
    time bigint NOT NULL,
    note text COLLATE "C" NOT NULL
);
CREATE INDEX refusals_by_time ON ledger.refusals (time, id);

-- Who leads: not what makes it safe, which is the epoch in head, but what the other nodes go by.
CREATE TABLE ledger.leader (
    one smallint PRIMARY KEY CHECK (one = 1),
    node uuid NOT NULL,
    address text NOT NULL, -- where the others send commands; empty if nowhere
    beat timestamptz NOT NULL -- when it last said that it lives, by the database's clock
);

-- Rows of the public read models, versioned by size: a version is true from from_size on, until the next one's.
-- Folded from entries; whoever doubts them folds them again. Ids and values are packed: a byte 1 and a UUID's 16 bytes, or a
-- byte 0 and a text.
CREATE TABLE ledger.row_versions (
    resource smallint NOT NULL, -- its number
    id bytea NOT NULL,
    from_size bigint NOT NULL CHECK (from_size > 0),
    body text COLLATE "C" NOT NULL,
    PRIMARY KEY (resource, id, from_size)
);

-- Which rows ever had which value in a member: leads a query to its candidates, whose version then decides.
-- Long values stand here with their beginning.
CREATE TABLE ledger.row_values (
    member smallint NOT NULL, -- its number, which says the resource too
    value bytea NOT NULL,
    id bytea NOT NULL,
    PRIMARY KEY (member, value, id)
);

-- Which entries are about which stream (its number in streams), by blocks of 256 entries: for each such entry its place in the
-- block and the set of ways, a byte each. 1: by an event of it, 2: by a signature in its right, 4: by changing a row of this provider.
-- A block grows with each batch, so pages keep room for that.
CREATE TABLE ledger.row_links (
    stream bigint NOT NULL,
    block bigint NOT NULL CHECK (block >= 0),
    entries bytea NOT NULL,
    PRIMARY KEY (stream, block)
) WITH (fillfactor = 80);

-- Guards. They hold for every role, the owner's included, as long as the owner does not drop them; the server's role could
-- neither drop them nor do what they forbid, for want of the right.

CREATE FUNCTION ledger.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE integrity_constraint_violation USING MESSAGE = format('%s stays as it is: %s', TG_TABLE_NAME, TG_OP);
END $$;

CREATE TRIGGER stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.entries EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.streams EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.checkpoints EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.tiles EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.outcomes EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.refusals EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER stays BEFORE DELETE OR TRUNCATE ON ledger.head EXECUTE FUNCTION ledger.refuse();

CREATE FUNCTION ledger.head_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF new.one IS DISTINCT FROM old.one OR new.pair IS DISTINCT FROM old.pair OR new.size < old.size OR new.epoch < old.epoch
        OR (new.size = old.size AND new.root IS DISTINCT FROM old.root)
    THEN
        RAISE integrity_constraint_violation USING MESSAGE = 'head only grows';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER only_grows BEFORE UPDATE ON ledger.head FOR EACH ROW EXECUTE FUNCTION ledger.head_only_grows();

-- The guards of what is appended look at a whole statement's rows together.

CREATE FUNCTION ledger.entries_are_appended() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    first bigint;
    last bigint;
    rows bigint;
BEGIN
    SELECT min(index), max(index), count(*) INTO first, last, rows FROM added;
    IF rows > 0 AND (
        last - first + 1 <> rows
        OR last >= (SELECT size FROM ledger.head)
        OR last <> (SELECT max(index) FROM ledger.entries)
        OR (first > 0 AND NOT EXISTS (
            SELECT FROM ledger.entries JOIN added ON added.index = first WHERE entries.index = first - 1 AND entries.time <= added.time
        ))
        OR EXISTS (SELECT FROM (SELECT time < lag(time) OVER (ORDER BY index) AS is_earlier FROM added) AS pairs WHERE is_earlier)
    ) THEN
        RAISE integrity_constraint_violation
            USING MESSAGE = 'entries are appended, densely, below the head and in the order of time';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER appended AFTER INSERT ON ledger.entries
    REFERENCING NEW TABLE AS added EXECUTE FUNCTION ledger.entries_are_appended();

CREATE FUNCTION ledger.streams_are_appended() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    first bigint;
    last bigint;
    rows bigint;
BEGIN
    SELECT min(number), max(number), count(*) INTO first, last, rows FROM added;
    IF rows > 0 AND (
        last - first + 1 <> rows
        OR last <> (SELECT max(number) FROM ledger.streams)
        OR (first > 0 AND NOT EXISTS (SELECT FROM ledger.streams WHERE number = first - 1))
    ) THEN
        RAISE integrity_constraint_violation USING MESSAGE = 'streams are appended, densely and once';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER appended AFTER INSERT ON ledger.streams
    REFERENCING NEW TABLE AS added EXECUTE FUNCTION ledger.streams_are_appended();

CREATE FUNCTION ledger.checkpoints_are_appended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM added WHERE size <> (SELECT size FROM ledger.head))
        OR (SELECT max(size) FROM ledger.checkpoints) > (SELECT size FROM ledger.head)
    THEN
        RAISE integrity_constraint_violation USING MESSAGE = 'checkpoints are appended, at the head';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER appended AFTER INSERT ON ledger.checkpoints
    REFERENCING NEW TABLE AS added EXECUTE FUNCTION ledger.checkpoints_are_appended();

CREATE FUNCTION ledger.tiles_are_appended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added WHERE index > 0
            AND NOT EXISTS (SELECT FROM ledger.tiles AS tile WHERE tile.level = added.level AND tile.index = added.index - 1)
    ) THEN
        RAISE integrity_constraint_violation USING MESSAGE = 'tiles are appended, densely';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER appended AFTER INSERT ON ledger.tiles
    REFERENCING NEW TABLE AS added EXECUTE FUNCTION ledger.tiles_are_appended();

-- An id is used up by an entry or by a final refusal, never by both. A plan for any span is as good as one for this, and is made once.
CREATE FUNCTION ledger.outcomes_are_appended() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    first bigint;
    last bigint;
    rows bigint;
BEGIN
    SELECT min(index), max(index), count(*) INTO first, last, rows FROM added;
    IF rows > 0 AND (
        last <> (SELECT max(index) FROM ledger.outcomes)
        OR rows <> (SELECT count(*) FROM ledger.outcomes WHERE index >= first AND index <= last)
        OR last >= (SELECT size FROM ledger.head)
        OR EXISTS (SELECT FROM added JOIN ledger.refusals USING (id))
    ) THEN
        RAISE integrity_constraint_violation USING MESSAGE = 'outcomes are appended, one for an id';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER appended AFTER INSERT ON ledger.outcomes
    REFERENCING NEW TABLE AS added EXECUTE FUNCTION ledger.outcomes_are_appended();

CREATE FUNCTION ledger.refusals_are_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM added JOIN ledger.outcomes USING (id)) THEN
        RAISE integrity_constraint_violation USING MESSAGE = 'refusals are added, one for an id';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER appended AFTER INSERT ON ledger.refusals
    REFERENCING NEW TABLE AS added EXECUTE FUNCTION ledger.refusals_are_added();
