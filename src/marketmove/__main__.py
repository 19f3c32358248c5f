"""Run the program as ``python -m marketmove``."""

from marketmove.cli import main

main()
