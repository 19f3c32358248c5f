"""Index moves from closing levels."""

__version__ = "0.1.0"
