"""The arithmetic: moves from own prior closes, divergence, breadth."""
