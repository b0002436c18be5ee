"""Full-text search of captured records: our own query language over a replaceable index.

Index content is a cache of what extraction found. It may be dropped and rebuilt at any time, and no
decision about a record ever depends on it.
"""
