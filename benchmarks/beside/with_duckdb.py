"""The jobs of marketmove in DuckDB, as short as they come: JOB PATH [DATE|FOLDER]."""

import sys

import duckdb

job, path, *rest = sys.argv[1:]
connection = duckdb.connect()
connection.execute("SET preserve_insertion_order = false")
source = f"'{path}'"
moves = f"""
  SELECT date, symbol, close, lag(date) OVER w AS prior_session, lag(close) OVER w AS prior_close,
    close - prior_close AS change_pts, change_pts / prior_close * 100 AS change_pct
  FROM {source} WINDOW w AS (PARTITION BY symbol ORDER BY date)"""
if job == "session":
    moves = f"SELECT * FROM ({moves}) WHERE date = DATE '{rest[0]}'"
if job in {"convert", "moves"}:
    rows = f"SELECT *, year(date) AS year FROM ({moves if job == 'moves' else f'FROM {source}'})"
    connection.execute(f"COPY ({rows}) TO '{rest[0]}' (FORMAT parquet, PARTITION_BY (year))")
else:
    connection.execute(f"COPY ({moves}) TO '/dev/stdout' (FORMAT csv, HEADER)")
