"""One file a command, each the program on one page."""
