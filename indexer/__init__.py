"""Bytes in, text and hits out: the leaf that identifies, reads and searches files.

It knows nothing of records, classes or rules. Every file it is handed is hostile until read: it
works on a read-only descriptor, under limits counted on real bytes, and what it cannot read it
says it cannot read.
"""
