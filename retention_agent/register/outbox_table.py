"""The table of warnings to people: each matter once for each person, as long as it stands."""

import sqlalchemy as sa

from retention_agent.register.transfer_tables import metadata

__all__ = ["metadata", "outbox"]  # with this it is complete

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("created", sa.Text, nullable=False),
    sa.Column("sent", sa.Text),
    sa.Column("tried", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failure", sa.Text),  # what the mail server said
    sa.UniqueConstraint("key", "person"),
)
