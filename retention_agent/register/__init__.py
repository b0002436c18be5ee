"""The register of records: what was seen, what it is, what was decided (ISO 15489 registration)."""
