-- Who read what about whom. Rows are only added.
CREATE TABLE access (
    number INTEGER PRIMARY KEY,
    time INTEGER NOT NULL, -- milliseconds since 1970
    role TEXT NOT NULL,
    of TEXT, -- in whose right
    kid TEXT NOT NULL,
    mis TEXT, -- through which MIS
    resource TEXT NOT NULL,
    subject TEXT NOT NULL, -- about whom: a stream
    size INTEGER NOT NULL -- as of which size
) STRICT;
CREATE INDEX access_by_subject ON access (subject, number);

CREATE TRIGGER access_stays_as_it_is BEFORE UPDATE ON access
BEGIN SELECT RAISE(ABORT, 'the access log stays as it is'); END;
CREATE TRIGGER access_stays BEFORE DELETE ON access
BEGIN SELECT RAISE(ABORT, 'the access log stays'); END;
CREATE TRIGGER access_is_added BEFORE INSERT ON access
WHEN EXISTS (SELECT 1 FROM access WHERE number = new.number)
BEGIN SELECT RAISE(ABORT, 'the access log is only added to'); END;
