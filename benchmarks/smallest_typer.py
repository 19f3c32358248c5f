"""The smallest typer program: what `--help` and `--version` are measured against."""

import typer

app = typer.Typer()


@app.command()
def session(date: str) -> None:
    """Show one session."""
    print(date)


@app.command()
def calc(close: float, prior: float) -> None:
    """Work out a percent."""
    print(close / prior)


if __name__ == "__main__":
    app()
