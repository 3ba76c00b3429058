"""Where the data lives: the sources, one module per kind, and the search across them.

What is done with what they hold (review, disclosure, change) is left to other rooms.
"""
