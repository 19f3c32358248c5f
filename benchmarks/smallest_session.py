"""The smallest typer + rich + pandas program for the job of `marketmove session`."""

from typing import Any

import pandas as pd
import typer
from rich.console import Console
from rich.table import Table


def session(date: str, levels: str = "samples/closes.csv") -> None:
    """Show the moves of one session and the pairs of opposite sign."""
    closes: Any = pd.read_csv(levels, parse_dates=["date"]).sort_values(["symbol", "date"])
    closes["prior"] = closes.groupby("symbol")["close"].shift()
    rows = closes[closes["date"] == pd.Timestamp(date)].copy()
    rows["pct"] = (rows["close"] / rows["prior"] - 1) * 100
    rows = rows.sort_values("pct", ascending=False)
    table = Table("Index", "Close", "Prior close", "Change", "Change %")
    for row in rows.itertuples():
        change = row.close - row.prior
        table.add_row(
            row.symbol,
            f"{row.close:,.2f}",
            f"{row.prior:,.2f}",
            f"{change:+,.2f}",
            f"{row.pct:+.2f}%",
        )
    pairs = Table("Up", "Down", "Spread")
    for up in rows[rows["pct"] >= 0.5].itertuples():
        for down in rows[rows["pct"] <= -0.5].itertuples():
            pairs.add_row(up.symbol, down.symbol, f"{up.pct - down.pct:.2f} pp")
    console = Console()
    console.print(table)
    console.print(pairs)


if __name__ == "__main__":
    typer.run(session)
