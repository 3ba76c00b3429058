"""What does the law say? Rules as dated, cited data, and clocks that turn facts into due dates with their reasons.

What a case is and what happened to it are left to ``case`` and ``ledger``, which only hand over dates. Doors:
``rules`` (load, find), ``clocks`` (due dates), ``calendars`` (working days), ``vocabulary`` (words for people).
"""
