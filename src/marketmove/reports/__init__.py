"""Results as frozen records, and their machine form."""
