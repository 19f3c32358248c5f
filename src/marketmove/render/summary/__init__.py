"""The summary in each of its formats."""
