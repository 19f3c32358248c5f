"""Run the program: what the command `marketmove` and ``python -m marketmove`` start."""

import gc


def main() -> None:
    """Run the command line."""
    # Imports make some hundred thousand objects that all stay; looking for garbage among them
    # takes a tenth of a run.
    gc.set_threshold(200_000)
    from marketmove.cli import main as run

    run()


if __name__ == "__main__":
    main()
