"""Read-only access to file shares: opened root handles, raw names, what a file system tells."""
