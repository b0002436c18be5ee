"""Carrying out what was approved: bin, undo window, purge, certificate."""
