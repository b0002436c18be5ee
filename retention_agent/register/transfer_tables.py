"""The register's tables about transfers to the archive.

The log has all of this as well, and is believed rather than these rows.
"""

import sqlalchemy as sa

from retention_agent.register.tables import batch, metadata

__all__ = ["metadata", "transfer", "transfer_item", "transfer_receipt"]  # with these it is complete

transfer = sa.Table(
    "transfer",
    metadata,
    sa.Column("batch", sa.ForeignKey(batch.c.id), primary_key=True),
    sa.Column("folder", sa.LargeBinary, nullable=False),  # of the bag, once it is whole
    sa.Column("unfinished", sa.LargeBinary),  # where it is being written, or was when cut short
    sa.Column("device", sa.Integer),
    sa.Column("inode", sa.Integer),
    sa.Column("begun", sa.Text, nullable=False),
    sa.Column("validated", sa.Text),  # instant at which every file of the bag had been read again
    sa.Column("digest", sa.Text),  # SHA-256 of the bag's tag manifest
    sa.Column("leaf", sa.Integer),  # the log leaf of the export
    sa.Column("store", sa.LargeBinary),  # the archive's own copy of the bag, where it can be read
)

transfer_item = sa.Table(
    "transfer_item",
    metadata,
    sa.Column("batch", sa.ForeignKey("transfer.batch"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("path", sa.Text, nullable=False),  # in the bag
    sa.Column("lost", sa.Text),  # attributes whose values are kept nowhere
    # of the archive's receipt
    sa.Column("answer", sa.Text),  # accepted, declined
    sa.Column("accession", sa.Text),
    sa.Column("on", sa.Text),  # day
    sa.Column("reason", sa.Text),
    sa.Column("receipt", sa.Text),  # SHA-256 of the file it came in
    sa.Column("leaf", sa.Integer),  # the log leaf of the accession
)

transfer_receipt = sa.Table(
    "transfer_receipt",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),  # SHA-256 of the content
    sa.Column("batch", sa.ForeignKey("transfer.batch"), primary_key=True),
    sa.Column("received", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
