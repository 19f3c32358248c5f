"""The closes of one run: which files, one series an index, and every doubt about a close."""
