"""Where a summary goes, once, and what is still undelivered."""
