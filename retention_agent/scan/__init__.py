"""The scan stage: walks a share without opening a file, and brings the register up to date."""
