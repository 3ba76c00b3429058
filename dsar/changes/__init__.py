"""Plans what to change in the sources: erasures, corrections, and marks that stop a use.

Carrying a plan out is the sources' (``sources.writing``); approving it, the workflow's.
"""
