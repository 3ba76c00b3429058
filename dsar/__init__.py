"""dsar keeps a company's privacy promises on time, and proves it."""

__version__ = "0.1.0"
