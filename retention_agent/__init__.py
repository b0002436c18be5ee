"""Retention Agent: finds records, applies the retention schedule, disposes with proof.

The application composes three leaves that know nothing of each other: `policies` decides,
`classifiers` recognises, `indexer` reads and finds. Stages (`scan`, `capture`, `workflow`,
`disposal`) meet in the register and never import one another.
"""

__version__ = "0.1.0"
