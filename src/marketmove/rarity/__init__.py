"""How unusual a move or a spread is among its own past sessions."""
