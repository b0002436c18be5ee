"""Putting what is due in front of people, and keeping their binding answers."""
