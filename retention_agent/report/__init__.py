"""What stands on the shares, counted for people: redundant, obsolete, trivial, overdue, unknown."""
