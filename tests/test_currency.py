"""Moves in one currency, against examples worked by hand and plain loops over the decimals."""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import marketmove
from marketmove.errors import WrongUsageError
from marketmove.market.currencies import currencies, quote_of
from profiles import THOROUGH, tried
from program import SAMPLE_CLOSES
from test_periods import LONG, read_written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from program import RunCli, Write

# Closes of 14 February 2025, and rates in round figures: the yen went from 160 to 150 for a dollar.
HEAD = "date,symbol,close\n"
NIKKEI = "2025-02-13,N225,40000\n2025-02-14,N225,39000\n"
YEN = "2025-02-13,USDJPY,160\n2025-02-14,USDJPY,150\n"


def _move(run_cli: RunCli, path: Path, symbol: str, *arguments: str) -> dict[str, Any]:
    ran = run_cli("session", "2025-02-14", "-l", path, "-f", "json", *arguments)
    moves = ran.document["moves"]
    (found,) = (move for move in moves if move["symbol"] == symbol)
    return dict(found)


def test_a_move_is_compounded_with_that_of_its_currency(run_cli: RunCli, write: Write) -> None:
    """39,000 / 150 is 260 dollars after 40,000 / 160, which is 250: 4% more, not 6.67 − 2.5."""
    found = _move(run_cli, write("a.csv", HEAD + NIKKEI + YEN), "N225", "--in", "usd")
    assert (found["status"], found["change_pct"], found["change_pts"]) == ("ok", -2.5, -1000)
    assert found["fx_change_pct"] == pytest.approx(100 / 15, abs=1e-12)
    assert found["fx_effect_pp"] == pytest.approx(6.5, abs=1e-12)
    assert found["converted_change_pct"] == pytest.approx(4.0, abs=1e-12)
    assert (found["currency"], found["in_currency"]) == ("JPY", "USD")
    assert found["fx_rate"] == pytest.approx(1 / 150)
    assert found["fx_rate_session"] == "2025-02-14"
    assert found["prior_fx_rate_session"] == "2025-02-13"
    assert found["converted_reason"] is None


@pytest.mark.parametrize(
    ("name", "rates"),
    [
        *((name, (160, 150)) for name in ("USD/JPY", "JPY=X", "DEXJPUS", "usdjpy", "USDJPY=X")),
        *((name, (160, 150)) for name in ("JPY=", "JPY Curncy", "FX:USDJPY", "USD_JPY")),
        ("JPYUSD", (0.00625, 1 / 150)),
        ("JPYUSD=X", (0.00625, 1 / 150)),
    ],
)
def test_a_rate_is_known_by_its_name_whichever_way_it_is_quoted(
    name: str, rates: tuple[float, float], run_cli: RunCli, write: Write
) -> None:
    rows = f"2025-02-13,{name},{rates[0]!r}\n2025-02-14,{name},{rates[1]!r}\n"
    found = _move(run_cli, write("a.csv", HEAD + NIKKEI + rows), "N225", "--in", "USD")
    assert found["converted_change_pct"] == pytest.approx(4.0, abs=1e-9)


def test_rates_for_a_euro_lead_from_one_currency_to_another(run_cli: RunCli, write: Write) -> None:
    """The ECB's file: 1.04 dollars and 166.4 yen for a euro are 160 yen for a dollar."""
    write("closes.csv", HEAD + NIKKEI)
    rates = (
        "Date,USD,JPY,GBP,DKK,\n2025-02-14,1.05,157.5,0.83,7.46,\n2025-02-13,1.04,166.4,0.83,N/A,\n"
    )
    folder = write("eurofxref-hist.csv", rates).parent
    found = _move(run_cli, folder, "N225", "--in", "USD")
    assert found["converted_change_pct"] == pytest.approx(4.0, abs=1e-12)
    found = _move(run_cli, folder, "N225", "--in", "EUR")
    # 39,000 / 157.5 after 40,000 / 166.4.
    assert found["converted_change_pct"] == pytest.approx(100 * (39 * 166.4 / 40 / 157.5 - 1))
    rows = run_cli("session", "2025-02-14", "-l", folder, "--in", "USD", "-f", "csv").stdout
    assert [row["symbol"] for row in csv.DictReader(rows.splitlines())] == ["N225"]


@pytest.mark.parametrize(
    ("rates", "session", "prior"),
    [
        # A holiday where the rate is from: that of the day before, said with its date.
        ("2025-02-13,USDJPY,160\n", "2025-02-13", "2025-02-13"),
        # Three days back at most: the tenth is three before the thirteenth.
        ("2025-02-10,USDJPY,160\n2025-02-14,USDJPY,150\n", "2025-02-14", "2025-02-10"),
        ("2025-02-11,USDJPY,150\n", "2025-02-11", "2025-02-11"),
    ],
)
def test_the_last_rate_before_serves_for_three_days(
    rates: str, session: str, prior: str, run_cli: RunCli, write: Write
) -> None:
    path = write("a.csv", HEAD + NIKKEI + rates)
    found = _move(run_cli, path, "N225", "--in", "USD")
    assert (found["fx_rate_session"], found["prior_fx_rate_session"]) == (session, prior)
    expected = 4.0 if session == "2025-02-14" else -2.5
    assert found["converted_change_pct"] == pytest.approx(expected, abs=1e-12)
    text = run_cli("session", "2025-02-14", "-l", path, "--in", "USD").stdout
    shown = " ".join(text.split())
    for rate, day in ((session, "2025-02-14"), (prior, "2025-02-13")):
        assert (f"JPY of {rate} for {day}" in shown) == (rate != day)


@pytest.mark.parametrize(
    ("rows", "reason", "said"),
    [
        ("", "no_rates", "−2.50% in JPY; no rates of JPY in USD in the data"),
        (
            "2025-02-10,USDJPY,160\n",
            "no_rate",
            "no rate of JPY in USD on the day, nor in the three",
        ),
        (
            "2025-02-09,USDJPY,160\n2025-02-14,USDJPY,150\n",
            "no_prior_rate",
            "no rate of JPY in USD at the close before, nor in three days before",
        ),
        # A later rate is none of the session's.
        ("2025-02-13,USDJPY,160\n2025-02-17,USDJPY,150\n", None, ""),
        ("2025-02-17,USDJPY,150\n", "no_rate", "no rate of JPY in USD on the day"),
        # What is called yen for a dollar, and is dollars for a yen.
        (
            "2025-02-13,USDJPY,0.00625\n2025-02-14,USDJPY,0.00667\n",
            "other_way",
            "the rates of JPY are quoted the other way round than their name says",
        ),
        # Where the quoting changes midway, nothing is a move of the currency.
        ("2025-02-13,USDJPY,160\n2025-02-14,USDJPY,15\n", "jump", "the rates of JPY in USD jump"),
    ],
)
def test_without_a_rate_there_is_a_reason_and_no_figure(
    rows: str, reason: str | None, said: str, run_cli: RunCli, write: Write
) -> None:
    path = write("a.csv", HEAD + NIKKEI + rows + "2025-02-13,SPX,6000\n2025-02-14,SPX,6060\n")
    found = _move(run_cli, path, "N225", "--in", "USD")
    assert found["converted_reason"] == reason
    assert (found["converted_change_pct"] is None) == (reason is not None)
    assert (found["status"], found["change_pct"]) == ("ok", -2.5)
    table = " ".join(run_cli("session", "2025-02-14", "-l", path, "--in", "USD").stdout.split())
    assert said in table
    other = _move(run_cli, path, "SPX", "--in", "USD")
    assert (other["converted_change_pct"], other["fx_change_pct"]) == (1.0, 0.0)
    document = run_cli("session", "2025-02-14", "-l", path, "--in", "USD", "-f", "json").document
    assert document["breadth"]["no_rate"] == (reason is not None)


def test_a_fixed_peg_needs_no_rates_and_a_band_does(run_cli: RunCli, write: Write) -> None:
    rows = "2025-02-12,TASI,12000\n2025-02-13,TASI,12120\n2025-02-13,HSI,20000\n"
    path = write("a.csv", HEAD + rows + "2025-02-12,HSI,20000\n")
    asked = ("session", "2025-02-13", "-l", path, "--in", "USD", "-f", "json")
    document = run_cli(*asked).document
    moves = {move["symbol"]: move for move in document["moves"]}
    assert (moves["TASI"]["converted_change_pct"], moves["TASI"]["fx_rate"]) == (1.0, 1 / 3.75)
    assert moves["HSI"]["converted_reason"] == "no_rates"
    assert "in USD by SAR at 3.75" in [note["text"] for note in document["notes"]]
    # Rates that the data has go before the peg; in euros it is the dollar's way there.
    rates = "2025-02-12,USDSAR,3.75\n2025-02-13,USDSAR,3.7575\n2025-02-12,EURUSD,1.04\n"
    path = write("b.csv", HEAD + rows + rates + "2025-02-13,EURUSD,1.04\n")
    found = run_cli("session", "2025-02-13", "-l", path, "--in", "USD", "-f", "json").document
    moves = {move["symbol"]: move for move in found["moves"]}
    # 12,120 / 3.7575 after 12,000 / 3.75: 1.01 / 1.002.
    expected = 100 * (1.01 / 1.002 - 1)
    assert moves["TASI"]["converted_change_pct"] == pytest.approx(expected, abs=1e-12)


def test_a_new_unit_of_a_currency_is_no_move(run_cli: RunCli, write: Write) -> None:
    """On 2005-01-01 a new lira was a million old ones: 1,350,000 before is 1.35 after."""
    rows = "2004-12-31,XU100,25000\n2005-01-03,XU100,25250\n"
    rates = "2004-12-31,USDTRY,1350000\n2005-01-03,USDTRY,1.35\n"
    path = write("a.csv", HEAD + rows + rates)
    asked = ("session", "2005-01-03", "-l", path, "--in", "USD", "-f", "json")
    (move,) = run_cli(*asked).document["moves"]
    assert move["converted_change_pct"] == pytest.approx(1.0, abs=1e-12)


# The last closes of 2021 and 2022, and rates of these days in round figures: yen for a dollar,
# dollars for a euro and for an Australian dollar.
YEARS = {
    "N225": ("2021-12-30", "28791.71", "26094.50", "USDJPY", ("115", "131")),
    "GDAXI": ("2021-12-30", "15884.86", "13923.59", "EURUSD", ("1.13", "1.07")),
    "AXJO": ("2021-12-31", "7444.6", "7038.7", "AUDUSD", ("0.73", "0.68")),
}


def test_the_yen_of_2022(run_cli: RunCli, write: Write) -> None:
    """A year in which the Nikkei lost 9.4% in yen and a fifth in dollars."""
    rows, expected = [], {}
    for symbol, (day, before, after, series, (first, last)) in YEARS.items():
        rows += [f"{day},{symbol},{before}", f"2022-12-30,{symbol},{after}"]
        rows += [f"{day},{series},{first}", f"2022-12-30,{series},{last}"]
        local, rate = Decimal(after) / Decimal(before), Decimal(last) / Decimal(first)
        expected[symbol] = 100 * (local / rate if series == "USDJPY" else local * rate) - 100
    path = write("closes.csv", HEAD + "\n".join(rows) + "\n")
    asked = ("session", "2022-12-30", "-l", path, "--in", "USD", "--period", "ytd", "-f", "json")
    moves = {move["symbol"]: move for move in run_cli(*asked).document["moves"]}
    for symbol, pct in expected.items():
        found = moves[symbol]["ytd_converted_change_pct"]
        assert found == pytest.approx(float(pct), abs=1e-11)
    assert {s: round(float(pct), 1) for s, pct in expected.items()} == {
        "N225": -20.4,
        "GDAXI": -17.0,
        "AXJO": -11.9,
    }
    assert round(moves["N225"]["ytd_change_pct"], 1) == -9.4


def test_the_configuration_names_the_series(run_cli: RunCli, write: Write) -> None:
    path = write("a.csv", HEAD + NIKKEI + YEN.replace("USDJPY", "yen"))
    assert _move(run_cli, path, "N225", "--in", "USD")["converted_reason"] == "no_rates"
    own = write("own.yaml", "fx: {JPY: {series: yen, quoted: USDJPY}}\n")
    found = _move(run_cli, path, "N225", "--in", "USD", "-c", str(own))
    assert found["converted_change_pct"] == pytest.approx(4.0, abs=1e-12)
    # What is a rate is no index, in one currency or not.
    for arguments in (("--in", "USD"), ()):
        text = run_cli(
            "session", "2025-02-14", "-l", path, "-c", own, *arguments, "-f", "csv"
        ).stdout
        assert [row["symbol"] for row in csv.DictReader(text.splitlines())] == ["N225"]
    # Of two series of the same rate the one that is named counts.
    both = write(
        "b.csv", HEAD + NIKKEI + YEN + YEN.replace("USDJPY", "JPY=X").replace("150", "155")
    )
    named = write("named.yaml", "fx: {JPY: JPY=X}\n")
    found = _move(run_cli, both, "N225", "--in", "USD", "-c", str(named))
    assert found["fx_rate"] == pytest.approx(1 / 155)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fx: [USDJPY]", "fx: expected currencies with their series, such as {JPY: USDJPY}"),
        ("fx: {JYP: USDJPY}", "fx: JYP is not a known currency, such as JPY"),
        ("fx: {JPY: yen}", "{series: yen, quoted: USDJPY}"),
        ("fx: {JPY: EURUSD}", "fx: JPY: EURUSD is not a rate of it"),
        ("fx: {JPY: {name: yen}}", "fx: JPY: expected series, and quoted"),
    ],
)
def test_a_wrong_series_is_refused(text: str, said: str, run_cli: RunCli, write: Write) -> None:
    own = write("own.yaml", text + "\n")
    ran = run_cli("session", "2025-02-14", "-l", SAMPLE_CLOSES, "-c", own)
    assert (ran.status, ran.stdout) == (3, "")
    assert said in ran.stderr


def test_a_currency_that_is_not_known_is_refused(run_cli: RunCli) -> None:
    ran = run_cli("session", "2025-02-14", "-l", SAMPLE_CLOSES, "--in", "UDS")
    assert (ran.status, ran.stdout) == (2, "")
    assert "--in: UDS is an unknown currency; did you mean USD?" in ran.stderr
    ran = run_cli(
        "session", "2025-02-14", "-l", SAMPLE_CLOSES, "--columns", "symbol,fx_rate", "-f", "csv"
    )
    assert "fx_rate is a column of --in, such as --in USD" in ran.stderr
    (sample,) = SAMPLE_CLOSES.parent.glob("published/2025-02-04.yaml")
    assert (
        "--in needs closes" in run_cli("session", "2025-02-04", "-l", sample, "--in", "USD").stderr
    )


def test_an_index_without_a_currency_has_none(run_cli: RunCli, write: Write) -> None:
    path = write("a.csv", HEAD + "2025-02-13,MYX,100\n2025-02-14,MYX,101\n" + NIKKEI + YEN)
    assert _move(run_cli, path, "MYX", "--in", "USD")["converted_reason"] == "no_currency"
    own = write("own.yaml", "indices: {MYX: {name: Mine, currency: JPY}}\n")
    found = _move(run_cli, path, "MYX", "--in", "USD", "-c", str(own))
    assert found["converted_change_pct"] == pytest.approx(100 * (1.01 * 160 / 150 - 1), abs=1e-12)
    vix = write("b.csv", HEAD + "2025-02-13,VIX,15\n2025-02-14,VIX,16\n" + NIKKEI + YEN)
    assert _move(run_cli, vix, "VIX", "--in", "USD")["converted_reason"] == "not_money"


def test_pairs_in_one_currency_are_marked_everywhere(run_cli: RunCli, write: Write) -> None:
    rows = "2025-02-13,SPX,6000\n2025-02-14,SPX,5940\n"
    path = write("a.csv", HEAD + NIKKEI + YEN + rows)
    base = ("-l", path, "--in", "USD")
    # Both fell; in dollars they parted.
    assert "Divergent pairs" not in run_cli("session", "2025-02-14", "-l", path).stdout
    table = run_cli("session", "2025-02-14", *base).stdout
    assert "Divergent pairs in USD" in table
    assert "Nikkei 225 +4.00% versus S&P 500 −1.00% 5.00 pp" in " ".join(table.split())
    assert (
        "Divergent pairs in USD" in run_cli("session", "2025-02-14", *base, "-f", "markdown").stdout
    )
    document = run_cli("session", "2025-02-14", *base, "-f", "json").document
    (pair,) = document["divergences"]
    assert (pair["up"], pair["in_currency"], document["in_currency"]) == ("N225", "USD", "USD")
    assert pair["spread_pp"] == pytest.approx(5.0, abs=1e-12)
    for output in ("text", "markdown", "html", "json"):
        text = run_cli("summary", "2025-02-14", *base, "-f", output).stdout
        assert "In USD: " in text
        assert "Divergent pairs in USD" in text
    text = run_cli("pair", "N225", "SPX", *base).stdout
    assert text.startswith("Nikkei 225 versus S&P 500 in USD · ")
    assert "of which Nikkei 225 −2.50%, JPY +6.67%; S&P 500 −1.00%, USD 0.00%" in text
    assert run_cli("pair", "N225", "SPX", *base, "-f", "json").document["in_currency"] == "USD"
    series = run_cli("pair", "N225", "SPX", *base, "-f", "csv").stdout
    (row,) = csv.DictReader(series.splitlines())
    assert (row["in_currency"], row["local_change_pct"]) == ("USD", "-2.5")
    assert float(row["spread_pp"]) == pytest.approx(5.0, abs=1e-12)
    for kind in (
        ("session", "2025-02-14"),
        ("pair", "N225", "SPX"),
        ("heatmap", "2025-02-14", "latest"),
    ):
        assert " in USD " in run_cli("chart", *kind, *base).stdout.splitlines()[0]
    lacking = run_cli("pair", "N225", "SPX", "-l", path, "--in", "CHF")
    assert lacking.status == 4
    assert "no rates of JPY in CHF in the data" in lacking.stderr


def test_the_api_takes_a_currency() -> None:
    closes = pd.DataFrame(
        {
            "date": ["2025-02-13", "2025-02-14"],
            "N225": [40000.0, 39000.0],
            "SPX": [6000.0, 5940.0],
            "USDJPY": [160.0, 150.0],
        }
    )
    day = marketmove.session(closes, "2025-02-14", in_currency="USD")
    by_symbol = day.moves.set_index("symbol")
    assert by_symbol.loc["N225", "converted_change_pct"] == pytest.approx(4.0, abs=1e-12)
    assert by_symbol["fx_rate"].dtype == "float64"
    assert day.divergences["in_currency"].tolist() == ["USD"]
    moves = marketmove.history(closes, "2025-02-14", in_currency="USD").frame
    assert moves["converted_change_pct"].round(9).tolist() == [4.0, -1.0]
    both = marketmove.pair(closes, "N225", "SPX", in_currency="USD").frame
    assert both["spread_pp"].round(9).tolist() == [5.0]
    with pytest.raises(WrongUsageError, match="in_currency: XXX is an unknown currency"):
        marketmove.session(closes, "2025-02-14", in_currency="XXX")


def test_every_index_is_of_a_currency_that_is_known() -> None:
    from marketmove.config import load

    registry, known = load(None).registry, currencies()
    used = {index.currency for index in registry.indices.values()} - {""}
    assert used <= known.keys()
    assert [code for code in known if not known[code].name] == []
    # No name of an index is that of a rate.
    names = [n for i in registry.indices.values() for n in (i.symbol, i.name, *i.aliases)]
    assert [name for name in names if quote_of(name)] == []
    for code in known:
        assert (peg := known[code].peg) is None or (peg.to in known and peg.low <= peg.high)


def _rates(days: list[dt.date], start: str, seed: int) -> dict[dt.date, Decimal]:
    """Rates of most days, weekends apart, going this way and that."""
    chance, rate, found = random.Random(seed), Decimal(start), {}  # noqa: S311
    for n in range((days[-1] - days[0]).days + 1):
        day = days[0] + dt.timedelta(n)
        rate = (rate * Decimal(str(round(1 + chance.uniform(-0.01, 0.01), 4)))).quantize(
            Decimal("1e-4")
        )
        if day.weekday() < 5 and chance.random() > 0.15:
            found[day] = rate
    return found


def _last(rates: dict[dt.date, Decimal], day: dt.date) -> Decimal | None:
    return next((rates[d] for n in range(4) if (d := day - dt.timedelta(n)) in rates), None)


def _dollars(
    close: Decimal, series: str, rates: dict[str, dict[dt.date, Decimal]], day: dt.date
) -> Decimal | None:
    rate = _last(rates[series], day) if series else Decimal(1)
    if rate is None:
        return None
    return close / rate if series.startswith("USD") else close * rate


def _held(
    row: dict[str, str],
    written: dict[str, dict[dt.date, Decimal]],
    dollars: Callable[[str, dt.date], Decimal | None],
) -> bool:
    """Hold a row against the closes and rates as written; tell whether it has a figure."""
    symbol, day = row["symbol"], dt.date.fromisoformat(row["session"])
    prior = dt.date.fromisoformat(row["prior_session"])
    # A row that repeats the close on a day without a session is none.
    between = [d for d in written[symbol] if prior < d < day]
    assert all(written[symbol][d] == written[symbol][prior] for d in between)
    now, before = dollars(symbol, day), dollars(symbol, prior)
    if now is None or before is None:
        assert row["converted_change_pct"] == ""
        assert row["converted_reason"] in {"no_rate", "no_prior_rate"}
        return False
    expected = 100 * (now / before - 1)
    assert abs(Decimal(row["converted_change_pct"]) - expected) < Decimal("1e-11")
    return True


@pytest.mark.parametrize(
    "long",
    [
        False,
        pytest.param(
            True, marks=pytest.mark.skipif(not THOROUGH or not LONG.is_dir(), reason="thorough")
        ),
    ],
)
def test_random_sessions_equal_plain_loops(long: bool, write: Write, run_cli: RunCli) -> None:
    """Of the samples, and of the long series; what later rates bring changes nothing."""
    paths = [SAMPLE_CLOSES]
    if long:
        paths = [LONG / f"{symbol}.csv" for symbol in ("N225", "HSI", "GDAXI", "SPX", "SSEC")]
    written: dict[str, dict[dt.date, Decimal]] = {}
    for path in paths:
        written |= read_written(path)
    written = {s: written[s] for s in ("N225", "HSI", "GDAXI", "SPX", "SSEC")}
    days = sorted({day for own in written.values() for day in own})
    rates = {
        "USDJPY": _rates(days, "150", 1), "USDHKD": dict.fromkeys(days, Decimal("7.8")),
        "EURUSD": _rates(days, "1.1", 2), "CNYUSD": _rates(days, "0.1400", 3),
    }  # fmt: skip
    of = {"N225": "USDJPY", "HSI": "USDHKD", "GDAXI": "EURUSD", "SPX": "", "SSEC": "CNYUSD"}
    rows = [f"{d},{s},{v}\n" for s, own in (written | rates).items() for d, v in own.items()]
    path = write("all.csv", HEAD + "".join(rows))
    text = run_cli(
        "history", str(days[0]), str(days[-1]), "-l", path, "--in", "USD", "-f", "csv"
    ).stdout
    table = {(row["session"], row["symbol"]): row for row in csv.DictReader(text.splitlines())}

    def dollars(symbol: str, day: dt.date) -> Decimal | None:
        return _dollars(written[symbol][day], of[symbol], rates, day)

    with localcontext() as context:
        context.prec = 40
        found = [_held(row, written, dollars) for row in table.values() if row["status"] == "ok"]
    assert found.count(True) >= 300
    assert False in found
    # One session at a time, and without what comes after it, is the same.
    chance = random.Random(5)  # noqa: S311
    for _ in range(tried(3, 30 if long else 20)):
        day = chance.choice(days[300:])
        only = HEAD + "".join(row for row in rows if row[:10] <= str(day))
        asked = ("session", str(day), "-l", write("cut.csv", only), "--in", "USD", "-f", "json")
        for move in json.loads(run_cli(*asked, "--no-context").stdout)["moves"]:
            if move["status"] == "ok":
                value = table[str(day), move["symbol"]]["converted_change_pct"]
                assert (move["converted_change_pct"] is None) == (value == "")
                assert value == "" or float(value) == move["converted_change_pct"]
