"""Evidence anyone can verify: the log, signed statements, the keyring, the exported bundle."""
