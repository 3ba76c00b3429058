"""How things are read and written safely: mail, mailboxes, tables, HTML, Markdown, templates, files.

What the content means is for the rooms that call in here (inbox, sources, letters, reports).
"""
