"""The smallest pandas script for the same figures, without a command line or a table."""

import sys

import pandas as pd

closes = pd.read_csv("samples/closes.csv", parse_dates=["date"]).sort_values(["symbol", "date"])
closes["prior"] = closes.groupby("symbol")["close"].shift()
rows = closes[closes["date"] == pd.Timestamp(sys.argv[1])].copy()
rows["pct"] = (rows["close"] / rows["prior"] - 1) * 100
print(rows.to_string(index=False))
