-- A register as version 0.1 made it; later versions must be able to open it.
CREATE TABLE share (
    id INTEGER NOT NULL, 
    name TEXT NOT NULL, 
    root BLOB NOT NULL, 
    device INTEGER, 
    inode INTEGER, 
    sentinel TEXT, 
    scans INTEGER NOT NULL, 
    last_scan TEXT, 
    last_complete_scan TEXT, 
    frozen TEXT, 
    PRIMARY KEY (id), 
    UNIQUE (name)
);
CREATE TABLE trigger_event (
    id INTEGER NOT NULL, 
    reference TEXT NOT NULL, 
    "trigger" TEXT NOT NULL, 
    "on" TEXT NOT NULL, 
    recorded TEXT NOT NULL, 
    withdrawn TEXT, 
    PRIMARY KEY (id)
);
CREATE INDEX ix_trigger_event_reference ON trigger_event (reference);
CREATE TABLE fact (
    reference TEXT NOT NULL, 
    fact TEXT NOT NULL, 
    holds BOOLEAN NOT NULL, 
    recorded TEXT NOT NULL, 
    PRIMARY KEY (reference, fact)
);
CREATE TABLE hold (
    id TEXT NOT NULL, 
    title TEXT NOT NULL, 
    authority TEXT NOT NULL, 
    reason TEXT NOT NULL, 
    review_by TEXT NOT NULL, 
    placed TEXT NOT NULL, 
    scope JSON NOT NULL, 
    grace_ends TEXT, 
    PRIMARY KEY (id)
);
CREATE TABLE hold_epoch (
    id INTEGER NOT NULL, 
    PRIMARY KEY (id)
);
CREATE TABLE schedule (
    id INTEGER NOT NULL, 
    digest TEXT NOT NULL, 
    version TEXT NOT NULL, 
    document JSON NOT NULL, 
    codes JSON NOT NULL, 
    proposed TEXT NOT NULL, 
    adopted TEXT, 
    PRIMARY KEY (id)
);
CREATE TABLE signature (
    id INTEGER NOT NULL, 
    purpose TEXT NOT NULL, 
    subject TEXT NOT NULL, 
    person TEXT NOT NULL, 
    statement TEXT NOT NULL, 
    signature TEXT NOT NULL, 
    signed TEXT NOT NULL, 
    PRIMARY KEY (id), 
    UNIQUE (purpose, subject, person)
);
CREATE INDEX ix_signature_subject ON signature (subject);
CREATE TABLE keyring (
    version INTEGER NOT NULL, 
    document TEXT NOT NULL, 
    active BOOLEAN NOT NULL, 
    PRIMARY KEY (version)
);
CREATE TABLE log_leaf (
    number INTEGER NOT NULL, 
    leaf TEXT NOT NULL, 
    PRIMARY KEY (number)
);
CREATE INDEX log_leaf_of_keyring ON log_leaf (number) WHERE instr(leaf, '"type":"keyring activation"') > 0;
CREATE TABLE log_node (
    level INTEGER NOT NULL, 
    position INTEGER NOT NULL, 
    hash BLOB NOT NULL, 
    PRIMARY KEY (level, position)
);
CREATE TABLE log_checkpoint (
    size INTEGER NOT NULL, 
    note TEXT NOT NULL, 
    published TEXT NOT NULL, 
    PRIMARY KEY (size)
);
CREATE TABLE directory (
    id INTEGER NOT NULL, 
    share INTEGER NOT NULL, 
    path BLOB NOT NULL, 
    scan INTEGER NOT NULL, 
    error TEXT, 
    PRIMARY KEY (id), 
    UNIQUE (share, path), 
    FOREIGN KEY(share) REFERENCES share (id)
);
CREATE TABLE record (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
    share INTEGER NOT NULL, 
    path BLOB NOT NULL, 
    device INTEGER NOT NULL, 
    inode INTEGER NOT NULL, 
    size INTEGER NOT NULL, 
    mtime_ns INTEGER NOT NULL, 
    ctime_ns INTEGER NOT NULL, 
    links INTEGER NOT NULL, 
    owner TEXT, 
    present BOOLEAN NOT NULL, 
    first_seen TEXT NOT NULL, 
    last_changed TEXT NOT NULL, 
    state TEXT NOT NULL, 
    capture TEXT NOT NULL, 
    unreadable TEXT, 
    unreadable_detail TEXT, 
    sha256 TEXT, 
    media_type TEXT, 
    puid TEXT, 
    identification JSON, 
    title TEXT, 
    metadata JSON, 
    dates JSON, 
    partial BOOLEAN NOT NULL, 
    class TEXT, 
    class_origin TEXT NOT NULL, 
    confidence FLOAT NOT NULL, 
    classification JSON, 
    FOREIGN KEY(share) REFERENCES share (id)
);
CREATE INDEX record_by_digest ON record (sha256);
CREATE INDEX record_by_class ON record (class);
CREATE INDEX record_by_path ON record (share, path);
CREATE INDEX record_by_inode ON record (share, device, inode);
CREATE INDEX record_to_capture ON record (share) WHERE capture = 'pending';
CREATE TABLE batch (
    id TEXT NOT NULL, 
    share INTEGER NOT NULL, 
    requester TEXT NOT NULL, 
    proposed TEXT NOT NULL, 
    expires TEXT NOT NULL, 
    root TEXT NOT NULL, 
    policy TEXT NOT NULL, 
    hold_epoch INTEGER NOT NULL, 
    status TEXT NOT NULL, 
    index_purge JSON, 
    PRIMARY KEY (id), 
    FOREIGN KEY(share) REFERENCES share (id)
);
CREATE TABLE log_opening (
    number INTEGER NOT NULL, 
    field TEXT NOT NULL, 
    salt TEXT NOT NULL, 
    value TEXT NOT NULL, 
    PRIMARY KEY (number, field), 
    FOREIGN KEY(number) REFERENCES log_leaf (number)
);
CREATE TABLE sighting (
    directory INTEGER NOT NULL, 
    name BLOB NOT NULL, 
    size INTEGER NOT NULL, 
    mtime_ns INTEGER NOT NULL, 
    ctime_ns INTEGER NOT NULL, 
    device INTEGER NOT NULL, 
    inode INTEGER NOT NULL, 
    record INTEGER NOT NULL, 
    PRIMARY KEY (directory, name), 
    FOREIGN KEY(directory) REFERENCES directory (id), 
    FOREIGN KEY(record) REFERENCES record (id)
)
 WITHOUT ROWID

;
CREATE INDEX ix_sighting_record ON sighting (record);
CREATE TABLE record_reference (
    record INTEGER NOT NULL, 
    reference TEXT NOT NULL, 
    origin TEXT NOT NULL, 
    PRIMARY KEY (record, reference), 
    FOREIGN KEY(record) REFERENCES record (id)
);
CREATE INDEX ix_record_reference_reference ON record_reference (reference);
CREATE TABLE batch_item (
    batch TEXT NOT NULL, 
    number INTEGER NOT NULL, 
    record INTEGER NOT NULL, 
    manifest TEXT NOT NULL, 
    state TEXT NOT NULL, 
    bin_name BLOB, 
    binned TEXT, 
    finished TEXT, 
    outcome TEXT, 
    leaf INTEGER, 
    excluded_by TEXT, 
    PRIMARY KEY (batch, number), 
    FOREIGN KEY(batch) REFERENCES batch (id), 
    FOREIGN KEY(record) REFERENCES record (id), 
    UNIQUE (bin_name)
);
CREATE INDEX ix_batch_item_record ON batch_item (record);
CREATE TABLE review_sample (
    batch TEXT NOT NULL, 
    person TEXT NOT NULL, 
    seed TEXT NOT NULL, 
    numbers JSON NOT NULL, 
    shown TEXT NOT NULL, 
    PRIMARY KEY (batch, person), 
    FOREIGN KEY(batch) REFERENCES batch (id)
);
CREATE TABLE certificate (
    batch TEXT NOT NULL, 
    issued TEXT NOT NULL, 
    document TEXT NOT NULL, 
    signature TEXT NOT NULL, 
    PRIMARY KEY (batch), 
    FOREIGN KEY(batch) REFERENCES batch (id)
);
PRAGMA user_version = 1;
