"""Sentences and number formats for people."""
