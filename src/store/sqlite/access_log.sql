-- Who read what about whom: a row for each answer. Rows are only added.
CREATE TABLE access (
    number INTEGER PRIMARY KEY, -- of its last record; its first is as many before it as it has subjects beside one
    time INTEGER NOT NULL, -- milliseconds since 1970
    role TEXT NOT NULL,
    of TEXT, -- in whose right
    kid TEXT NOT NULL,
    mis TEXT, -- through which MIS
    resource TEXT NOT NULL,
    subjects TEXT NOT NULL, -- about whom: streams, parted by spaces, a record of each
    size INTEGER NOT NULL -- as of which size
) STRICT;

-- Which rows are about whom. It follows the rows, many of them at a time, so that no reader waits for pages in many places; what it does
-- not have yet is looked through.
CREATE TABLE access_subjects (
    subject TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (subject, number)
) STRICT, WITHOUT ROWID;
-- The last row that it has.
CREATE TABLE access_sorted (
    number INTEGER NOT NULL
) STRICT;

CREATE TRIGGER access_stays_as_it_is BEFORE UPDATE ON access
BEGIN SELECT RAISE(ABORT, 'the access log stays as it is'); END;
CREATE TRIGGER access_stays BEFORE DELETE ON access
BEGIN SELECT RAISE(ABORT, 'the access log stays'); END;
CREATE TRIGGER access_is_added BEFORE INSERT ON access
WHEN EXISTS (SELECT 1 FROM access WHERE number = new.number)
BEGIN SELECT RAISE(ABORT, 'the access log is only added to'); END;
CREATE TRIGGER access_subjects_stay_as_they_are BEFORE UPDATE ON access_subjects
BEGIN SELECT RAISE(ABORT, 'the access log stays as it is'); END;
CREATE TRIGGER access_subjects_stay BEFORE DELETE ON access_subjects
BEGIN SELECT RAISE(ABORT, 'the access log stays'); END;
CREATE TRIGGER access_is_sorted_on BEFORE UPDATE ON access_sorted
WHEN new.number <= old.number
BEGIN SELECT RAISE(ABORT, 'the access log stays sorted'); END;
CREATE TRIGGER access_stays_sorted BEFORE DELETE ON access_sorted
BEGIN SELECT RAISE(ABORT, 'the access log stays sorted'); END;
