"""What arrived: messages, forms and sheets, each with a reading of what it asks, by whom, and why we think so.

Opening cases, sending letters and keeping the message are left to the workflow.
"""
