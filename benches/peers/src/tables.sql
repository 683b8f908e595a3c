-- The tables that postgres-es asks for; of the views there is one.
CREATE TABLE events (
    aggregate_type text NOT NULL,
    aggregate_id text NOT NULL,
    sequence bigint NOT NULL CHECK (sequence >= 0),
    event_type text NOT NULL,
    event_version text NOT NULL,
    payload json NOT NULL,
    metadata json NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id, sequence)
);

CREATE TABLE declarations (
    view_id text NOT NULL PRIMARY KEY,
    version bigint NOT NULL CHECK (version >= 0),
    payload json NOT NULL
);
