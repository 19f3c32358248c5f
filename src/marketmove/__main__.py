"""Run the program: what the command `marketmove` and ``python -m marketmove`` start."""

import gc


def main() -> int:
    """Run the command line, and give the status of one that is ended before its work began."""
    # Imports make some hundred thousand objects that all stay; looking for garbage among them
    # takes a tenth of a run.
    gc.set_threshold(200_000)
    try:
        from marketmove.cli import main as run

        run()
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
