-- The state of a Litopys ledger after some of its entries, for any tool that reads SQLite. Every table and column is
-- told in data_dictionary. Instants and dates are text as in the ledger, yes and no are 1 and 0; lists and objects are JSON.

CREATE TABLE meta (
    origin TEXT NOT NULL,
    size INTEGER NOT NULL,
    time TEXT,
    root_base64 TEXT NOT NULL,
    root_hex TEXT NOT NULL,
    checkpoint TEXT NOT NULL,
    checkpoint_size INTEGER NOT NULL,
    signature_verified INTEGER NOT NULL,
    software TEXT NOT NULL
) STRICT;

CREATE TABLE data_dictionary (
    table_name TEXT NOT NULL,
    column_name TEXT NOT NULL,
    type TEXT NOT NULL,
    english TEXT NOT NULL,
    ukrainian TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (table_name, column_name)
) STRICT;

CREATE TABLE declaration_requests (
    id TEXT NOT NULL PRIMARY KEY,
    patient TEXT,
    declaration TEXT,
    employee TEXT,
    practitioner TEXT,
    legal_entity TEXT,
    division TEXT,
    status TEXT,
    created_at TEXT,
    code_sent_at TEXT,
    code_tries_left INTEGER,
    confirmation TEXT,
    entries TEXT NOT NULL,
    from_size INTEGER NOT NULL
) STRICT;
CREATE INDEX declaration_requests_by_patient ON declaration_requests (patient);
CREATE INDEX declaration_requests_by_employee ON declaration_requests (employee, status);

CREATE TABLE declarations (
    id TEXT NOT NULL PRIMARY KEY,
    patient TEXT,
    request TEXT,
    employee TEXT,
    practitioner TEXT,
    legal_entity TEXT,
    division TEXT,
    start_date TEXT,
    last_day TEXT,
    at_majority INTEGER,
    status TEXT,
    reason TEXT,
    ended_by TEXT,
    ended_on TEXT,
    entries TEXT NOT NULL,
    from_size INTEGER NOT NULL
) STRICT;
CREATE INDEX declarations_by_patient ON declarations (patient);
CREATE INDEX declarations_by_employee ON declarations (employee, status);
CREATE INDEX declarations_by_practitioner ON declarations (practitioner, status);
CREATE INDEX declarations_by_legal_entity ON declarations (legal_entity, status);
CREATE INDEX declarations_by_division ON declarations (division, status);

CREATE TABLE divisions (
    id TEXT NOT NULL PRIMARY KEY,
    legal_entity TEXT,
    status TEXT,
    name TEXT,
    type TEXT,
    addresses TEXT,
    phones TEXT,
    email TEXT,
    mountain INTEGER,
    external_id TEXT,
    location TEXT,
    working_hours TEXT,
    entries TEXT NOT NULL,
    from_size INTEGER NOT NULL
) STRICT;
CREATE INDEX divisions_by_legal_entity ON divisions (legal_entity);

CREATE TABLE employees (
    id TEXT NOT NULL PRIMARY KEY,
    practitioner TEXT,
    legal_entity TEXT,
    division TEXT,
    type TEXT,
    status TEXT,
    position TEXT,
    speciality TEXT,
    start_date TEXT,
    end_date TEXT,
    specialities TEXT,
    educations TEXT,
    entries TEXT NOT NULL,
    from_size INTEGER NOT NULL
) STRICT;
CREATE INDEX employees_by_practitioner ON employees (practitioner);
CREATE INDEX employees_by_legal_entity ON employees (legal_entity, status);

CREATE TABLE keys (
    id TEXT NOT NULL PRIMARY KEY,
    holder TEXT,
    x TEXT,
    valid_from TEXT,
    valid_until TEXT,
    status TEXT,
    compromised_since TEXT,
    represents TEXT,
    enrolled_by TEXT,
    entries TEXT NOT NULL,
    from_size INTEGER NOT NULL
) STRICT;
CREATE INDEX keys_by_holder ON keys (holder);

CREATE TABLE legal_entities (
    id TEXT NOT NULL PRIMARY KEY,
    edrpou TEXT,
    status TEXT,
    verified INTEGER,
    owner TEXT,
    name TEXT,
    short_name TEXT,
    public_name TEXT,
    ownership TEXT,
    legal_form TEXT,
    kveds TEXT,
    addresses TEXT,
    phones TEXT,
    email TEXT,
    website TEXT,
    licence TEXT,
    accreditation TEXT,
    receiver_funds_code TEXT,
    beneficiary TEXT,
    archive TEXT,
    entries TEXT NOT NULL,
    from_size INTEGER NOT NULL
) STRICT;
CREATE INDEX legal_entities_by_edrpou ON legal_entities (edrpou);

CREATE TABLE mis (
    id TEXT NOT NULL PRIMARY KEY,
    edrpou TEXT,
    status TEXT,
    suspended_because TEXT,
    name TEXT,
    product TEXT,
    email TEXT,
    website TEXT,
    test TEXT,
    entries TEXT NOT NULL,
    from_size INTEGER NOT NULL
) STRICT;

CREATE TABLE patients (
    id TEXT NOT NULL PRIMARY KEY,
    status TEXT,
    authentication TEXT,
    entries TEXT NOT NULL,
    from_size INTEGER NOT NULL
) STRICT;

CREATE TABLE policy (
    id TEXT NOT NULL PRIMARY KEY,
    request_term_days INTEGER,
    invitation_term_days INTEGER,
    declaration_term_days INTEGER,
    key_term_days INTEGER,
    patients_per_phone INTEGER,
    unverified_days INTEGER,
    limits TEXT,
    issued_at TEXT,
    codes TEXT,
    regulator_quorum TEXT,
    capitation TEXT,
    entries TEXT NOT NULL,
    from_size INTEGER NOT NULL
) STRICT;

CREATE TABLE practitioners (
    id TEXT NOT NULL PRIMARY KEY,
    last_name TEXT,
    first_name TEXT,
    second_name TEXT,
    gender TEXT,
    entries TEXT NOT NULL,
    from_size INTEGER NOT NULL
) STRICT;
CREATE INDEX practitioners_by_name ON practitioners (last_name, first_name);

CREATE TABLE trust_providers (
    id TEXT NOT NULL PRIMARY KEY,
    edrpou TEXT,
    status TEXT,
    name TEXT,
    website TEXT,
    entries TEXT NOT NULL,
    from_size INTEGER NOT NULL
) STRICT;
