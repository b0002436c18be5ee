"""The extractor port: text, facts and dates out of one file."""
