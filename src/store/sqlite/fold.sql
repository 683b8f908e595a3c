-- The streams of rows that are folded apart from a ledger, numbered as there: from 0 in the order in which they come.
CREATE TABLE streams (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
