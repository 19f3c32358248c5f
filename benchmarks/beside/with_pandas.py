"""The jobs of marketmove in pandas, as short as they come: JOB PATH [DATE|FOLDER]."""

import sys

import pandas as pd

job, path, *rest = sys.argv[1:]
if path.endswith(".csv"):
    closes = pd.read_csv(path, parse_dates=["date"])
else:
    closes = pd.read_parquet(path)
    closes["date"] = pd.to_datetime(closes["date"])
if job == "convert":
    closes["year"] = closes["date"].dt.year
    closes.to_parquet(rest[0], partition_cols=["year"], index=False)
    sys.exit()
closes = closes.sort_values(["symbol", "date"])
of_index = closes.groupby("symbol", sort=False)
closes["prior_session"] = of_index["date"].shift()
closes["prior_close"] = of_index["close"].shift()
if job == "session":
    closes = closes[closes["date"] == rest[0]].copy()
closes["change_pts"] = closes["close"] - closes["prior_close"]
closes["change_pct"] = closes["change_pts"] / closes["prior_close"] * 100
if job == "moves":
    closes["year"] = closes["date"].dt.year
    closes.to_parquet(rest[0], partition_cols=["year"], index=False)
else:
    closes.to_csv(sys.stdout, index=False)
