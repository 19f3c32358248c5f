"""Drawings in text, for a terminal."""
