"""How quick dsar is, always as a ratio to a named floor that was measured in the same run."""
