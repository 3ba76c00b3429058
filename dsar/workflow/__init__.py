"""What is done, in order: one file per verb. Takes a workspace, a stamp and plain values; returns values.

Nothing here prints, asks or parses arguments; that is the command line's business.
"""
