"""Histories past one machine's memory: one SQL text, and the engines that run it."""
