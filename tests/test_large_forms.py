"""Large tables of the forms that people have are read by blocks, with the outcome of small ones."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lanes import CONTEXT, ODD_CLOSES, ODD_DATES, ODD_NAMES, alike, outcome
from marketmove.sources import BLOCKS_WIN, ReadOptions, Source, by_lines, large
from marketmove.sources.large import read_large
from profiles import THOROUGH, tried

if TYPE_CHECKING:
    from pathlib import Path

    from program import RunCli


WEEKDAYS = [d for n in range(1, 90) if (d := dt.date(2025, 1, 1) + dt.timedelta(n)).weekday() < 5]


class Form(NamedTuple):
    """How a file writes its rows; ``row`` has places for the date, the name and the close."""

    header: str
    row: str
    dates: str = "%Y-%m-%d"
    mark: str = "."
    group: str = ""

    def line(self, day: dt.date | str, name: str, close: float | str) -> str:
        """Give a row of a date, a name and a close: a value, or what the cell is to be."""
        if isinstance(day, dt.date):
            since = (day - dt.date(1970, 1, 1)).days
            day = day.strftime(self.dates).format(seconds=86_400 * since, serial=since + 25_569)
        if isinstance(close, float):
            close = f"{close:,.2f}".translate({ord(","): self.group, ord("."): self.mark})
        return self.row.format(day, name, close) + "\n"

    def start(self) -> str:
        """Give sound rows that settle the form, with levels of four digits and more."""
        rows = (self.line(day, "SURE", 9_000.5 + 100 * day.day) for day in WEEKDAYS[:21])
        return self.header + "".join(rows)


_OHLC = "Date,Symbol,Open,High,Low,Close,Adj Close,Volume\n"
FORMS = {
    "prices": Form(_OHLC, "{0},{1},1.5,9999999.5,0.5,{2},{2},123"),
    "prices in quotes": Form(_OHLC, '{0},{1},"1,100.5","9,999,999.5",-,{2},x,"1,234,567"'),
    "changes": Form("date,symbol,close,prior close,change %\n", "{0},{1},{2},+9000.25,-1.25"),
    "days first": Form("date,symbol,close\n", "{0},{1},{2}", "%d.%m.%Y"),
    "months first": Form("date,symbol,close\n", "{0},{1},{2}", "%m/%d/%Y"),
    "short years": Form("date\tsymbol\tclose\n", "{0}\t{1}\t{2}", "%d/%m/%y"),
    "digits": Form("date,symbol,close\n", "{0},{1},{2}", "%Y%m%d"),
    "words": Form("date|symbol|close\n", "{0}|{1}|{2}", "%d %b %Y"),
    "midnight": Form("date,symbol,close\n", "{0},{1},{2}", "%Y-%m-%d 00:00:00"),
    "afternoons": Form("date,symbol,close\n", "{0},{1},{2}", "%Y-%m-%dT16:00"),
    "commas": Form("Datum;Symbol;Close\n", "{0};{1};{2}", "%d.%m.%Y", ",", "."),
    "commas in quotes": Form("date,symbol,close\n", '{0},"{1}","{2}"', "%Y-%m-%d", ","),
    "thousands": Form("date,symbol,close,note\n", '{0},{1},"{2}","a, b"', group=","),
    "thousands apart": Form("date;symbol;low;high;close\n", "{0};{1};1;9,000;{2}", group=","),
    "lines above": Form("Closing levels\nSource;x\n\ndate;symbol;close\n", "{0};{1};{2}"),
    "two lines of header": Form(",,Price\ndate,symbol,close\n", "{0},{1},{2}"),
}
# What all rows tell, and no beginning does.
WHOLE = {
    name: Form("date,symbol,close\n", "{0},{1},{2}", dates)
    for name, dates in {"seconds": "{seconds}", "serials": "{serial}", "digits": "%y%m%d"}.items()
}
WHOLE["wide"] = Form("date,symbol,HSI,N225\n", "{0},{1},{2},{2}")
WHOLE["two closes"] = Form("date,symbol,close,settle\n", "{0},{1},{2},9123.25")
DAY = dt.date(2025, 2, 14)
FEW_CLOSES = [
    "",
    "N/A",
    "0",
    "-5",
    "+1.5",
    "1.",
    "1,5",
    "1.234",
    "1,234",
    "12.345,678",
    "1,23,456.7",
]
ODD_CELLS: list[tuple[dt.date | str, str, float | str]] = [
    *((date, "HSI", 9123.25) for date in (*ODD_DATES, "14/02/2025", "02/14/2025", "14.02.2025")),
    *((date, "HSI", 9123.25) for date in ("13/13/2025", "02.2025", "14.02.25", "2025-02-14 09:30")),
    *((DAY, name, 9123.25) for name in (*ODD_NAMES, "1", "Feb")),
    *((DAY, "HSI", close) for close in (*FEW_CLOSES, *ODD_CLOSES)),
]
ODD_LINES = [
    "14.02.2025\n",
    "2025-02-14;HSI\n",
    "2025-02-14,HSI,1.5,2.5,0.5,1.5\n",
    "Source: x\n",
    "\n",
]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """What is looked at beforehand, and read at once, is little."""
    monkeypatch.setattr(by_lines, "_BLOCK_BYTES", 600)
    monkeypatch.setattr(by_lines, "_ODD_BYTES", 150)
    return monkeypatch


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_sound_rows_are_read_by_blocks(
    form: Form, tmp_path: Path, small: pytest.MonkeyPatch
) -> None:
    small.setattr(large, "_SAMPLE_BYTES", len(form.start()))
    rows = [form.line(day, f"IX{n}", 950.25 * n + 1) for n, day in enumerate(WEEKDAYS[21:61])]
    text = form.start() + "".join(rows)
    source = Source("closes.csv", "closes", text.encode())
    small.setattr("marketmove.sources.fractions.SAMPLE_ROWS", 20)
    block = read_large(source, ReadOptions(), CONTEXT, None)
    assert block is not None
    assert len(block.frame) == 21 + 40
    (whole,) = alike(tmp_path / "closes.csv", text)
    assert outcome(tmp_path / "closes.csv", text, "vast") == (whole,)


@pytest.mark.parametrize("form", [*FORMS.values(), *WHOLE.values()], ids=[*FORMS, *WHOLE])
def test_odd_cells_by_blocks_as_cell_by_cell(
    form: Form, tmp_path: Path, small: pytest.MonkeyPatch
) -> None:
    small.setattr(large, "_SAMPLE_BYTES", len(form.start()))
    small.setattr("marketmove.sources.fractions.SAMPLE_ROWS", 20)
    lines = [*(form.line(*cells) for cells in ODD_CELLS), *ODD_LINES]
    after = ["", *(form.line(dt.date(2025, 2, 17), "HSI", close) for close in (9_001.0, "1.234"))]
    # By default each form tries others of them.
    own = [*FORMS.values(), *WHOLE.values()].index(form)
    for n in range(len(lines)) if THOROUGH else range(own, len(lines), len(FORMS) + len(WHOLE)):
        line = lines[n]
        text = (form.start() + line + after[n % 3]).removesuffix("\n") + "\n" * (n // 2 % 2)
        whole = alike(tmp_path / "closes.csv", text)
        assert outcome(tmp_path / "closes.csv", text, "vast") == whole


def test_row_numbers_without_a_name_are_passed_over(
    tmp_path: Path, small: pytest.MonkeyPatch
) -> None:
    rows = [f"{n},2025-01-{1 + n % 28:02d},IX{n // 28},{1000 + n}.5\n" for n in range(280)]
    text = ",date,symbol,close\n" + "".join(rows)
    small.setattr(large, "_SAMPLE_BYTES", len(text) // 2)
    assert read_large(Source("c.csv", "c", text.encode()), ReadOptions(), CONTEXT, None)
    alike(tmp_path / "closes.csv", text)


@pytest.mark.parametrize("far", ["05/13/2025", "13/05/2025", "11/05/2025", "05.13.2025"])
def test_all_rows_settle_which_of_day_and_month_comes_first(
    far: str, tmp_path: Path, small: pytest.MonkeyPatch
) -> None:
    """Of the beginning nothing is certain, and the one date that is stands where nobody looks."""
    days = [f"0{1 + n // 12}/{1 + n % 12:02d}/2025" for n in range(60)]
    text = "date,symbol,close\n" + "".join(
        f"{day},HSI,9{n + 100}.5\n" for n, day in enumerate(days)
    )
    small.setattr(large, "_SAMPLE_BYTES", 400)
    small.setattr(large, "_LOOKS", 3)
    whole = alike(
        tmp_path / "closes.csv", text + f"{far},HSI,9300.5\n" + text[18:].replace("HSI", "N225")
    )
    assert ("say --date-format" in str(whole)) == (far in {"11/05/2025", "05.13.2025"})


def test_a_session_of_a_large_file_of_another_form(run_cli: RunCli, tmp_path: Path) -> None:
    """The figures by hand: 1,010.50 after 1,000.25 is +10.25, or +1.0247 %."""
    path = tmp_path / "levels.csv"
    days = [d for d in WEEKDAYS if d <= dt.date(2025, 2, 14)]
    rows = [f"{d:%d.%m.%Y};IX{n:04d};1.000,25\n" for d in days[:-1] for n in range(800)]
    rows += [f"{days[-1]:%d.%m.%Y};IX{n:04d};1.010,50\n" for n in range(800)]
    path.write_text("Closing levels\n\nDatum;Symbol;Schlusskurs\n" + "".join(rows))
    assert path.stat().st_size > BLOCKS_WIN
    ran = run_cli(
        "session", str(days[-1]), "--levels", path, "--format", "csv", "-i", "IX0003", "-q"
    )
    assert ran.status == 0
    (row,) = ran.rows
    assert (row["close"], row["prior_close"], row["change_pts"]) == ("1010.5", "1000.25", "10.25")
    assert row["source"] == f"{path}:{3 + 800 * (len(days) - 1) + 4}"


TOLD = [
    *3 * [ReadOptions()],
    *(ReadOptions(decimal=mark) for mark in ".,"),
    *(ReadOptions(date_format=order) for order in ("dmy", "%d.%m.%Y")),
]
DATES = st.one_of(
    st.dates(dt.date(2025, 2, 1), dt.date(2025, 3, 12)),
    st.dates(dt.date(2025, 2, 1), dt.date(2025, 3, 12)),
    st.sampled_from(["02/03/2025", "14/02/2025", "02/14/2025", "3.2.25", "05/06/07", "2025-02-30"]),
)
CLOSES = st.one_of(
    st.floats(1, 1e6).map(lambda close: round(close, 2)),
    st.sampled_from(FEW_CLOSES),
    st.from_regex(
        r"[0-9]{1,4}[.,][0-9]{3}([.,][0-9]{1,3})?", fullmatch=True, alphabet="0123456789.,"
    ),
)


@settings(max_examples=tried(20, 300), deadline=None)
@given(
    form=st.sampled_from([*FORMS.values(), *WHOLE.values()]),
    cells=st.lists(st.tuples(DATES, st.sampled_from(["HSI", "N225", "a"]), CLOSES), max_size=12),
    odd=st.lists(st.sampled_from(ODD_LINES), max_size=1),
    looks=st.sampled_from([0, 40]),
    sample=st.sampled_from([1, 8, 21]),
    told=st.sampled_from(TOLD),
)
def test_rows_of_any_form_by_blocks_as_cell_by_cell(
    form: Form,
    cells: list[tuple[dt.date | str, str, float | str]],
    odd: list[str],
    looks: int,
    sample: int,
    told: ReadOptions,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    start = form.start()
    text = start + "".join([*(form.line(*row) for row in cells[:6]), *odd])
    text += "".join(form.line(*row) for row in cells[6:])
    end = sum(map(len, start.splitlines(keepends=True)[: sample - 21 or None]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large, "_SAMPLE_BYTES", end)
        patch.setattr(large, "_LOOKS", looks)
        patch.setattr(by_lines, "_BLOCK_BYTES", 300)
        patch.setattr(by_lines, "_ODD_BYTES", 150)
        alike(tmp_path_factory.mktemp("forms") / "closes.csv", text, told)
