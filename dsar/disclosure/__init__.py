"""What we hand over: what is proposed for each finding, the package made of it, and the check of the package.

Whether it may leave is the gates' business, and who is told what in a letter the letters'.
"""
