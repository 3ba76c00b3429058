"""What we say: letters composed from templates, checked for what they must contain, and handed to a mail server.

Whether a letter may leave is decided by the gates in case; when it leaves, by the workflow.
"""
