-- The ledger of Litopys. Everything here is kept for ever; nothing here is a personal value.
-- Binary ids and hashes are BLOBs; times are milliseconds since 1970.

-- The one row that the one writer compares and swaps.
CREATE TABLE head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL CHECK (size >= 0),
    root BLOB NOT NULL CHECK (length(root) = 32),
    epoch INTEGER NOT NULL CHECK (epoch >= 0),
    pair BLOB NOT NULL CHECK (length(pair) = 16) -- the same in the vault that belongs to this ledger
) STRICT;

-- Leaves of the log: the bytes that were hashed.
CREATE TABLE entries (
    "index" INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

-- Streams, numbered in the order of their first appearance.
CREATE TABLE streams (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- Signed notes, one for each committed batch of entries.
CREATE TABLE checkpoints (
    size INTEGER PRIMARY KEY,
    note TEXT NOT NULL
) STRICT;

-- Full hash tiles; partial ones are computed.
CREATE TABLE tiles (
    level INTEGER NOT NULL,
    "index" INTEGER NOT NULL,
    hashes BLOB NOT NULL CHECK (length(hashes) = 8192),
    PRIMARY KEY (level, "index")
) STRICT, WITHOUT ROWID;

-- Accepted commands: first entry, and the size of the commit's checkpoint.
CREATE TABLE outcomes (
    "index" INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    payload_hash BLOB NOT NULL CHECK (length(payload_hash) = 32),
    size INTEGER NOT NULL
) STRICT;

-- Final refusals with their signed notes.
CREATE TABLE refusals (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    payload_hash BLOB NOT NULL CHECK (length(payload_hash) = 32),
    refusal TEXT NOT NULL,
    size INTEGER NOT NULL CHECK (size >= 0),
    time INTEGER NOT NULL,
    note TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refusals_by_time ON refusals (time, id);

-- Guards. They hold for every connection, whatever its settings. INSERT OR REPLACE deletes without firing delete triggers
-- unless recursive_triggers is on, so each guard against it stands before the insert. Guards that every commit passes end the whole
-- transaction: to undo one statement alone, SQLite would have to keep each page as it was before each of them.

CREATE TRIGGER head_only_grows BEFORE UPDATE ON head
WHEN new.one IS NOT old.one OR new.pair IS NOT old.pair OR new.size < old.size OR new.epoch < old.epoch
    OR (new.size = old.size AND new.root IS NOT old.root)
BEGIN SELECT RAISE(ROLLBACK, 'head only grows'); END;
CREATE TRIGGER head_stays BEFORE DELETE ON head
BEGIN SELECT RAISE(ABORT, 'head stays'); END;
CREATE TRIGGER head_is_one_row BEFORE INSERT ON head
WHEN EXISTS (SELECT 1 FROM head)
BEGIN SELECT RAISE(ABORT, 'head is one row'); END;

CREATE TRIGGER entries_are_appended BEFORE INSERT ON entries
WHEN new."index" IS NOT (SELECT coalesce(max("index") + 1, 0) FROM entries) OR new."index" >= (SELECT size FROM head)
    OR new.time < (SELECT time FROM entries WHERE "index" = new."index" - 1)
BEGIN SELECT RAISE(ROLLBACK, 'entries are appended, densely, below the head and in the order of time'); END;
CREATE TRIGGER entries_stay_as_they_are BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'entries stay as they are'); END;
CREATE TRIGGER entries_stay BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'entries stay'); END;

CREATE TRIGGER streams_are_appended BEFORE INSERT ON streams
WHEN new.number IS NOT (SELECT coalesce(max(number) + 1, 0) FROM streams)
    OR EXISTS (SELECT 1 FROM streams WHERE name = new.name)
BEGIN SELECT RAISE(ROLLBACK, 'streams are appended, densely and once'); END;
CREATE TRIGGER streams_stay_as_they_are BEFORE UPDATE ON streams
BEGIN SELECT RAISE(ABORT, 'streams stay as they are'); END;
CREATE TRIGGER streams_stay BEFORE DELETE ON streams
BEGIN SELECT RAISE(ABORT, 'streams stay'); END;

CREATE TRIGGER checkpoints_are_appended BEFORE INSERT ON checkpoints
WHEN new.size <= (SELECT coalesce(max(size), 0) FROM checkpoints) OR new.size IS NOT (SELECT size FROM head)
BEGIN SELECT RAISE(ROLLBACK, 'checkpoints are appended, at the head'); END;
CREATE TRIGGER checkpoints_stay_as_they_are BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints stay as they are'); END;
CREATE TRIGGER checkpoints_stay BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints stay'); END;

CREATE TRIGGER tiles_are_appended BEFORE INSERT ON tiles
WHEN new."index" IS NOT (SELECT coalesce(max("index") + 1, 0) FROM tiles WHERE level = new.level)
BEGIN SELECT RAISE(ROLLBACK, 'tiles are appended, densely'); END;
CREATE TRIGGER tiles_stay_as_they_are BEFORE UPDATE ON tiles
BEGIN SELECT RAISE(ABORT, 'tiles stay as they are'); END;
CREATE TRIGGER tiles_stay BEFORE DELETE ON tiles
BEGIN SELECT RAISE(ABORT, 'tiles stay'); END;

-- An id is used up by an entry or by a final refusal, never by both.
CREATE TRIGGER outcomes_are_appended BEFORE INSERT ON outcomes
WHEN new."index" <= (SELECT coalesce(max("index"), -1) FROM outcomes)
    OR new."index" >= (SELECT size FROM head)
    OR EXISTS (SELECT 1 FROM outcomes WHERE id = new.id)
    OR EXISTS (SELECT 1 FROM refusals WHERE id = new.id)
BEGIN SELECT RAISE(ROLLBACK, 'outcomes are appended, one for an id'); END;
CREATE TRIGGER outcomes_stay_as_they_are BEFORE UPDATE ON outcomes
BEGIN SELECT RAISE(ABORT, 'outcomes stay as they are'); END;
CREATE TRIGGER outcomes_stay BEFORE DELETE ON outcomes
BEGIN SELECT RAISE(ABORT, 'outcomes stay'); END;

CREATE TRIGGER refusals_are_added BEFORE INSERT ON refusals
WHEN EXISTS (SELECT 1 FROM refusals WHERE id = new.id) OR EXISTS (SELECT 1 FROM outcomes WHERE id = new.id)
BEGIN SELECT RAISE(ROLLBACK, 'refusals are added, one for an id'); END;
CREATE TRIGGER refusals_stay_as_they_are BEFORE UPDATE ON refusals
BEGIN SELECT RAISE(ABORT, 'refusals stay as they are'); END;
CREATE TRIGGER refusals_stay BEFORE DELETE ON refusals
BEGIN SELECT RAISE(ABORT, 'refusals stay'); END;
