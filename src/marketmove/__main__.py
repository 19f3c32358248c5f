"""Run the program: what the command `marketmove` and ``python -m marketmove`` start."""

import gc
import sys


def main() -> None:
    """Run the command line; whoever ends it before or after its own work ends it quietly."""
    # Imports make some hundred thousand objects that all stay; looking for garbage among them
    # takes a tenth of a run.
    gc.set_threshold(200_000)
    try:
        from marketmove.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
