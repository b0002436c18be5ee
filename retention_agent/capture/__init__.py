"""Capture (ISO 15489-1, 9.2): read each file once, record what it is and that it was whole.

`run.capture_pending` is the stage. It hands open, read-only descriptors to worker processes
(`pool`, `worker`), because whoever writes a file on a share writes the parser's input.
"""
