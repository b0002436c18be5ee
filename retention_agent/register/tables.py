"""Every table of the register but those about transfers (`transfer_tables`), in one place.

Paths are raw bytes (`LargeBinary`): a name that is not UTF-8 keeps its identity. Instants are
RFC 3339 text in UTC; dates are ISO 8601 text. JSON columns hold small lists and mappings.

The layout only grows: a register of an earlier version is given the tables and columns it lacks
(`engine`), so a new column is nullable or has a `server_default`, and none is renamed or removed.
"""

import sqlalchemy as sa

SCHEMA_VERSION = 2

metadata = sa.MetaData()

share = sa.Table(
    "share",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("root", sa.LargeBinary, nullable=False),
    # what the root was when first opened; another file system under the same path is not this share
    sa.Column("device", sa.Integer),
    sa.Column("inode", sa.Integer),
    sa.Column("sentinel", sa.Text),  # content of .retention-share, where disposal is enabled
    sa.Column("scans", sa.Integer, nullable=False, default=0),
    sa.Column("last_scan", sa.Text),
    sa.Column("last_complete_scan", sa.Text),
    sa.Column("frozen", sa.Text),  # why disposal from this share is stopped
)

# What the walk saw: one row a directory, one row a name in it. `scan` is the number of the scan
# that last saw the row, so absences are the rows a complete scan did not touch.
directory = sa.Table(
    "directory",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("share", sa.ForeignKey("share.id"), nullable=False),
    sa.Column("path", sa.LargeBinary, nullable=False),
    sa.Column("scan", sa.Integer, nullable=False),
    sa.Column("error", sa.Text),
    # the scan that met names here of which only its end can tell what became of them
    sa.Column("unsettled", sa.Integer),
    sa.UniqueConstraint("share", "path"),
)

# How far the last scan of a share came, where it was cut short: the next one goes on from there.
unfinished_scan = sa.Table(
    "unfinished_scan",
    metadata,
    sa.Column("share", sa.ForeignKey("share.id"), primary_key=True),
    sa.Column("scan", sa.Integer, nullable=False),
    sa.Column("position", sa.LargeBinary, nullable=False),  # the folder it read last
    sa.Column("began", sa.Text),  # instant at which its first part began
    sa.Column("at", sa.Text, nullable=False),  # instant at which the part began that came so far
    sa.Column("new", sa.Integer, nullable=False),  # files it entered
    sa.Column("troubles", sa.Integer, nullable=False),  # what it could not read
)

sighting = sa.Table(
    "sighting",
    metadata,
    sa.Column("directory", sa.ForeignKey("directory.id"), primary_key=True),
    sa.Column("name", sa.LargeBinary, primary_key=True),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("mtime_ns", sa.Integer, nullable=False),
    sa.Column("ctime_ns", sa.Integer, nullable=False),
    sa.Column("device", sa.Integer, nullable=False),
    sa.Column("inode", sa.Integer, nullable=False),
    sa.Column("record", sa.ForeignKey("record.id"), nullable=False, index=True),
    sqlite_with_rowid=False,
)

record = sa.Table(
    "record",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("share", sa.ForeignKey("share.id"), nullable=False),
    sa.Column("path", sa.LargeBinary, nullable=False),  # where it is, or was last seen
    sa.Column("device", sa.Integer, nullable=False),
    sa.Column("inode", sa.Integer, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("mtime_ns", sa.Integer, nullable=False),
    sa.Column("ctime_ns", sa.Integer, nullable=False),
    sa.Column("links", sa.Integer, nullable=False),
    sa.Column("owner", sa.Text),  # as found: "name (uid)"
    sa.Column("owner_group", sa.Text),  # as found: "name (gid)"
    sa.Column("attributes", sa.JSON),  # mode, access list, named attributes: shares.attributes
    sa.Column("present", sa.Boolean, nullable=False, default=True),
    sa.Column("first_seen", sa.Text, nullable=False),  # instant
    sa.Column("last_changed", sa.Text, nullable=False),  # instant of the scan that saw it change
    # disposal state (policies.lifecycle.State); only register.records.move changes it
    sa.Column("state", sa.Text, nullable=False, default="seen"),
    # capture: pending until read; then captured or unreadable with the reason
    sa.Column("capture", sa.Text, nullable=False, default="pending"),
    sa.Column("unreadable", sa.Text),  # reason code
    sa.Column("unreadable_detail", sa.Text),
    # how often in a row it failed, for which reason, and under which version of the program
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failed_as", sa.Text),
    sa.Column("failed_with", sa.Text),
    sa.Column("sha256", sa.Text),
    sa.Column("media_type", sa.Text),
    sa.Column("puid", sa.Text),
    sa.Column("identification", sa.JSON),  # basis, puid_basis, warnings
    sa.Column("title", sa.Text),
    sa.Column("metadata", sa.JSON),  # the document's own fields
    sa.Column("dates", sa.JSON),  # [{kind, on, origin}] every date the document carries
    sa.Column("partial", sa.Boolean, nullable=False, default=False),
    # classification: origin is manual, automatic or none; suggestions are never a class
    sa.Column("class", sa.Text, key="record_class"),
    sa.Column("class_origin", sa.Text, nullable=False, default="none"),
    sa.Column("confidence", sa.Float, nullable=False, default=0.0),
    sa.Column("classification", sa.JSON),  # evidence, suggestions, margin, text quality, reason
    # what people decided about it: the last day it is kept, the day of the latest review, and how
    # many phases of its rule are done
    sa.Column("keep_until", sa.Text),  # day
    sa.Column("reviewed", sa.Text),  # day
    sa.Column("phase", sa.Integer, nullable=False, server_default="0"),
    sa.Column("phase_of", sa.Text),  # the class and content for which they were done
    sa.Column("declined", sa.Text),  # why the archive declined it, when it was offered
    sa.Column("declined_of", sa.Text),  # SHA-256 of the content that it declined
    sa.Column("archive_wanted", sa.Text),  # day on which a reviewer wanted it offered
    sqlite_autoincrement=True,  # a number is never used twice, whatever becomes of its row
)
sa.Index("record_by_inode", record.c.share, record.c.device, record.c.inode)
sa.Index("record_by_digest", record.c.sha256)
sa.Index("record_by_path", record.c.share, record.c.path)
sa.Index("record_by_class", record.c.record_class)
sa.Index(
    "record_to_capture",
    record.c.share,
    sqlite_where=record.c.capture == sa.literal_column("'pending'"),
)

record_reference = sa.Table(
    "record_reference",
    metadata,
    sa.Column("record", sa.ForeignKey("record.id"), primary_key=True),
    sa.Column("reference", sa.Text, primary_key=True, index=True),
    sa.Column("origin", sa.Text, nullable=False),  # manual, name, text
)

former_path = sa.Table(  # where a file lay before it was moved: holds by path still cover it
    "former_path",
    metadata,
    sa.Column("record", sa.ForeignKey("record.id"), primary_key=True),
    sa.Column("path", sa.LargeBinary, primary_key=True),
)

trigger_event = sa.Table(
    "trigger_event",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("reference", sa.Text, nullable=False, index=True),
    sa.Column("trigger", sa.Text, nullable=False),
    sa.Column("on", sa.Text, nullable=False),
    sa.Column("recorded", sa.Text, nullable=False),
    sa.Column("withdrawn", sa.Text),  # an event entered by mistake is withdrawn, never deleted
    sa.Column("list", sa.ForeignKey("event_list.id"), index=True),  # the list that brought it
)

# A list of events and facts that came in at once, so that it can be taken back at once.
event_list = sa.Table(
    "event_list",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),  # of the file
    sa.Column("entered", sa.Text, nullable=False),
    sa.Column("withdrawn", sa.Text),
    # [[reference, fact, before, after]]: what the facts were, true, false or unknown
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Column("confirmed", sa.JSON),  # numbers of events that it says too and others brought
)

fact = sa.Table(
    "fact",
    metadata,
    sa.Column("reference", sa.Text, primary_key=True),
    sa.Column("fact", sa.Text, primary_key=True),
    sa.Column("holds", sa.Boolean, nullable=False),
    sa.Column("recorded", sa.Text, nullable=False),
)

hold = sa.Table(
    "hold",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("authority", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("review_by", sa.Text, nullable=False),
    sa.Column("placed", sa.Text, nullable=False),
    sa.Column("scope", sa.JSON, nullable=False),
    sa.Column("grace_ends", sa.Text),
    sa.Column("placed_by", sa.Text),  # as the account that ran the command is called, or as given
)

# What reading a record said about the query of a hold. It counts only as long as `subject`, a
# digest over content and fields, is still the record's; without a row the hold applies.
hold_evaluation = sa.Table(
    "hold_evaluation",
    metadata,
    sa.Column("hold", sa.ForeignKey("hold.id"), primary_key=True),
    sa.Column("record", sa.ForeignKey("record.id"), primary_key=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("matched", sa.Boolean, nullable=False),
    sa.Column("evaluated", sa.Text, nullable=False),  # instant
    sqlite_with_rowid=False,
)

# Which records a person was told that a hold covers: at placement, or later as an arrival.
hold_covered = sa.Table(
    "hold_covered",
    metadata,
    sa.Column("hold", sa.ForeignKey("hold.id"), primary_key=True),
    sa.Column("record", sa.ForeignKey("record.id"), primary_key=True),
    sa.Column("arrived", sa.Text),  # instant of the look that first showed it; null: at placement
    sqlite_with_rowid=False,
)

hold_review = sa.Table(
    "hold_review",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("hold", sa.ForeignKey("hold.id"), nullable=False, index=True),
    sa.Column("reviewed", sa.Text, nullable=False),  # instant
    sa.Column("next_date", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)

# One row for every change of any hold: the number of rows is the hold epoch.
hold_epoch = sa.Table("hold_epoch", metadata, sa.Column("id", sa.Integer, primary_key=True))

schedule = sa.Table(
    "schedule",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("document", sa.JSON, nullable=False),
    sa.Column("codes", sa.JSON, nullable=False),  # the classes that are put in force
    sa.Column("proposed", sa.Text, nullable=False),
    sa.Column("adopted", sa.Text),  # instant at which the second signature came
)

# A signature by a person over a canonical statement (audit.statement); the executor checks the
# signature itself against the keyring, so a row written here by hand proves nothing.
signature = sa.Table(
    "signature",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False, index=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("statement", sa.Text, nullable=False),  # canonical JSON, exactly what was signed
    sa.Column("signature", sa.Text, nullable=False),  # base64 Ed25519
    sa.Column("signed", sa.Text, nullable=False),
    sa.UniqueConstraint("purpose", "subject", "person"),
)

keyring = sa.Table(
    "keyring",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),  # canonical JSON
    sa.Column("active", sa.Boolean, nullable=False, default=False),
)

batch = sa.Table(
    "batch",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("share", sa.ForeignKey("share.id"), nullable=False),
    sa.Column("requester", sa.Text, nullable=False),
    sa.Column("proposed", sa.Text, nullable=False),
    sa.Column("expires", sa.Text, nullable=False),
    sa.Column("root", sa.Text, nullable=False),  # Merkle root of the manifest, hex
    sa.Column("policy", sa.Text, nullable=False),  # digest of the rule rows it uses, hex
    sa.Column("hold_epoch", sa.Integer, nullable=False),
    sa.Column("status", sa.Text, nullable=False),  # proposed, approved, rejected, disposing, closed
    sa.Column("index_purge", sa.JSON),  # what was let go of in the index, and what a search found
)

batch_item = sa.Table(
    "batch_item",
    metadata,
    sa.Column("batch", sa.ForeignKey("batch.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("record", sa.ForeignKey("record.id"), nullable=False, index=True),
    sa.Column("manifest", sa.Text, nullable=False),  # the manifest leaf, canonical JSON
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("bin_name", sa.LargeBinary, unique=True),  # unpredictable name in the disposal bin
    sa.Column("binned", sa.Text),
    sa.Column("finished", sa.Text),
    sa.Column("outcome", sa.Text),  # reason of a refusal, failure, return or restore
    sa.Column("leaf", sa.Integer),  # the log leaf of its last move
    sa.Column("excluded_by", sa.Text),
    sa.Column("stopped", sa.Text),  # why a hold took it out, whatever became of it later
)

review_sample = sa.Table(
    "review_sample",
    metadata,
    sa.Column("batch", sa.ForeignKey("batch.id"), primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("seed", sa.Text, nullable=False),
    sa.Column("numbers", sa.JSON, nullable=False),
    sa.Column("shown", sa.Text, nullable=False),
)

certificate = sa.Table(
    "certificate",
    metadata,
    sa.Column("batch", sa.ForeignKey("batch.id"), primary_key=True),
    sa.Column("issued", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),  # canonical JSON
    sa.Column("signature", sa.Text, nullable=False),
)

# Searches that are kept. What they found is kept as record numbers alone, so that no text of a
# record outlives it here.
saved_search = sa.Table(
    "saved_search",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("question", sa.JSON, nullable=False),  # the words, the person, the scope
    sa.Column("saved", sa.Text, nullable=False),
)

search_seen = sa.Table(
    "search_seen",
    metadata,
    sa.Column("search", sa.ForeignKey("saved_search.id"), primary_key=True),
    sa.Column("searcher", sa.Text, primary_key=True),  # one person's look is no other's
    sa.Column("ran", sa.Text, nullable=False),
    sa.Column("records", sa.JSON, nullable=False),  # numbers found by any run so far
)

# People whose records are looked for, as the requests of UK GDPR article 15 name them. Nothing of
# this is ever logged in clear, and all of it can be erased.
data_subject = sa.Table(
    "data_subject",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),  # what the office calls the person
    sqlite_autoincrement=True,
)

subject_name = sa.Table(
    "subject_name",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("subject", sa.ForeignKey("data_subject.id"), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),  # name, alias, email, reference
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("added", sa.Text, nullable=False),
    sa.Column("withdrawn", sa.Text),
)

# The log. A leaf is canonical JSON without any name, path or person in clear: those stand as
# salted commitments whose openings live in an erasable side table.
log_leaf = sa.Table(
    "log_leaf",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("leaf", sa.Text, nullable=False),
)
# the few leaves that say which keyring came into force, and which signatures came in, are looked up
keyring_leaves = sa.text('instr(leaf, \'"type":"keyring activation"\') > 0')
sa.Index("log_leaf_of_keyring", log_leaf.c.number, sqlite_where=keyring_leaves)
signature_leaves = sa.text('instr(leaf, \'"type":"digital signature generation"\') > 0')
sa.Index("log_leaf_of_signature", log_leaf.c.number, sqlite_where=signature_leaves)

log_opening = sa.Table(
    "log_opening",
    metadata,
    sa.Column("number", sa.ForeignKey("log_leaf.number"), primary_key=True),
    sa.Column("field", sa.Text, primary_key=True),
    sa.Column("salt", sa.Text, nullable=False),
    sa.Column("value", sa.Text, nullable=False),  # canonical JSON of the value
)

log_node = sa.Table(
    "log_node",
    metadata,
    sa.Column("level", sa.Integer, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)

log_checkpoint = sa.Table(
    "log_checkpoint",
    metadata,
    sa.Column("size", sa.Integer, primary_key=True),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("published", sa.Text, nullable=False),
)
