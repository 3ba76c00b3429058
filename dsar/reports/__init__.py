"""What can we show? Due dates as a calendar and the weeks ahead, from values of ``case`` and ``law``.

Which cases are shown, and who may see them, is the workflow's business.
"""
