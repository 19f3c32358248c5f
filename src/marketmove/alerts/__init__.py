"""Conditions that a user watches, and which of them a session meets."""
