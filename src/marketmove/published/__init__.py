"""What a report printed: figures with their precision, and what agrees with the closes."""
