"""The jobs of marketmove in Polars, as short as they come: JOB PATH [DATE|FOLDER]."""

import datetime as dt
import sys

import polars as pl

job, path, *rest = sys.argv[1:]
closes = pl.scan_csv(path, try_parse_dates=True) if path.endswith(".csv") else pl.scan_parquet(path)
if job != "convert":
    closes = closes.sort("symbol", "date").with_columns(
        prior_session=pl.col("date").shift().over("symbol"),
        prior_close=pl.col("close").shift().over("symbol"),
    )
    if job == "session":
        closes = closes.filter(pl.col("date") == dt.date.fromisoformat(rest[0]))
    closes = closes.with_columns(change_pts=pl.col("close") - pl.col("prior_close"))
    closes = closes.with_columns(change_pct=pl.col("change_pts") / pl.col("prior_close") * 100)
if job in {"convert", "moves"}:
    rows = closes.with_columns(year=pl.col("date").dt.year()).collect()
    rows.write_parquet(rest[0], partition_by="year")
else:
    closes.collect().write_csv(sys.stdout)
