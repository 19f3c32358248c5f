"""What a file may be packed in, made of and encoded as; several files; times of day."""

from __future__ import annotations

import bz2
import datetime as dt
import gzip
import io
import json
import lzma
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from program import Ran, RunCli, Write, bare_environment, command, rows_by_symbol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SESSION = "2025-02-14"
CLOSES = [("2025-02-12", 21857.92), ("2025-02-13", 21814.37), ("2025-02-14", 22620.33)]
TIDY = "date,symbol,close\n" + "".join(f"{day},HSI,{close}\n" for day, close in CLOSES)
MOVE = ("HSI", "22620.33", "2025-02-13", "21814.37")


def _moves(ran: Ran) -> list[tuple[str, str, str, str]]:
    """Symbol, close, prior session and prior close of each row; the run has to be a clean one."""
    assert (ran.stderr, ran.status) == ("", 0)
    return [(r["symbol"], r["close"], r["prior_session"], r["prior_close"]) for r in ran.rows]


def _session(run_cli: RunCli, *paths: Path, options: tuple[str, ...] = ()) -> Ran:
    named = [argument for path in paths for argument in ("--levels", path)]
    return run_cli("session", SESSION, *named, "--format", "csv", *options)


def _refused(ran: Ran, *texts: str) -> None:
    assert (ran.stdout, ran.status) == ("", 3)
    for text in texts:
        assert text in ran.stderr


def _zipped(*names: str, text: str = TIDY) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, text)
    return buffer.getvalue()


# Packed files.

PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zip": lambda data: _zipped("closes.csv", text=data.decode()),
}


@pytest.mark.parametrize("ending", PACKED)
def test_a_packed_file_is_read(ending: str, run_cli: RunCli, write: Write) -> None:
    path = write(f"closes.csv.{ending}", PACKED[ending](TIDY.encode()))
    ran = _session(run_cli, path)
    assert _moves(ran) == [MOVE]
    assert ran.rows[0]["source"] == f"{path}:4"
    piped = run_cli("session", SESSION, "-l", "-", "-f", "csv", stdin=path.read_bytes())
    assert _moves(piped) == [MOVE]


@pytest.mark.parametrize("ending", PACKED)
def test_a_packed_file_may_name_its_index(ending: str, run_cli: RunCli, write: Write) -> None:
    text = "Date,Close\n" + "".join(f"{day},{close}\n" for day, close in CLOSES)
    data = _zipped("HSI.csv", text=text) if ending == "zip" else PACKED[ending](text.encode())
    assert _moves(_session(run_cli, write(f"HSI.csv.{ending}", data))) == [MOVE]


def _zstandard(data: bytes) -> bytes:
    packed: bytes = (
        pytest.importorskip("zstandard").ZstdCompressor(write_checksum=True).compress(data)
    )
    return packed


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, _zstandard])
def test_packed_parts_one_after_another_are_one_file(
    pack: Callable[[bytes], bytes], run_cli: RunCli, write: Write
) -> None:
    data = TIDY.encode()
    path = write("closes.csv.packed", pack(data[:60]) + pack(data[60:]))
    assert _moves(_session(run_cli, path)) == [MOVE]


@pytest.mark.parametrize("ending", PACKED)
def test_a_damaged_packed_file_is_refused(ending: str, run_cli: RunCli, write: Write) -> None:
    rows = "".join(f"2025-01-{n % 28 + 1:02},X{n},{n * 7919 % 10007}.5\n" for n in range(200))
    data = PACKED[ending]((TIDY + rows).encode())
    for end in (12, len(data) // 2, len(data) - 3):
        path = write(f"closes.csv.{ending}", data[:end])
        _refused(_session(run_cli, path), str(path))


def test_the_first_half_of_a_packed_file_is_refused(run_cli: RunCli, write: Write) -> None:
    rows = "".join(
        f"{1801 + n // 336}-{n // 28 % 12 + 1:02}-{n % 28 + 1:02},X,{n * n + 1}.5\n"
        for n in range(40_000)
    )
    data = _zstandard(TIDY.encode() + rows.encode())
    path = write("closes.csv.zst", data[: len(data) // 2])
    _refused(_session(run_cli, path), str(path))


def test_a_zip_of_two_files_is_refused(run_cli: RunCli, write: Write) -> None:
    path = write("two.zip", _zipped("a.csv", "b.csv"))
    _refused(_session(run_cli, path), f"{path}: a zip of 2 files; unpack it and name one")
    _refused(_session(run_cli, write("none.zip", _zipped())), "none.zip")


def test_a_zip_with_a_password_is_refused(run_cli: RunCli, write: Write) -> None:
    data = bytearray(_zipped("closes.csv"))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(magic) + offset] |= 1  # the flag of an encrypted entry
    _refused(_session(run_cli, write("closes.zip", bytes(data))), "a zip with a password")


# Extras.


def _parquet() -> bytes:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    columns = {
        "date": [dt.date.fromisoformat(day) for day, _ in CLOSES],
        "symbol": ["HSI"] * 3,
        "close": [close for _, close in CLOSES],
    }
    buffer = io.BytesIO()
    parquet.write_table(arrow.table(columns), buffer)
    return buffer.getvalue()


def _workbook(dates: Callable[[str], object] = dt.datetime.fromisoformat) -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["Date", "Hang Seng"])
    for day, close in CLOSES:
        book.active.append([dates(day), close])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


EXTRAS: dict[str, Callable[[], bytes]] = {
    "parquet": _parquet,
    "xlsx": _workbook,
    "csv.zst": lambda: _zstandard(TIDY.encode()),
}


@pytest.mark.parametrize("ending", EXTRAS)
def test_a_file_of_an_extra_is_read(ending: str, run_cli: RunCli, write: Write) -> None:
    ran = _session(run_cli, write(f"closes.{ending}", EXTRAS[ending]()))
    assert _moves(ran) == [MOVE]
    assert ran.rows[0]["source"].endswith(f"closes.{ending}:4")


@pytest.mark.parametrize("dates", [str, dt.date.fromisoformat])
def test_a_workbook_may_have_dates_of_any_kind(
    dates: Callable[[str], object], run_cli: RunCli, write: Write
) -> None:
    assert _moves(_session(run_cli, write("x.xlsx", _workbook(dates)))) == [MOVE]


@pytest.mark.parametrize("ending", EXTRAS)
def test_a_damaged_file_of_an_extra_is_refused(ending: str, run_cli: RunCli, write: Write) -> None:
    data = EXTRAS[ending]()
    path = write(f"closes.{ending}", data[: len(data) * 2 // 3])
    _refused(_session(run_cli, path), str(path))


# How each begins is enough for the message: the module is asked for before the file is looked at.
MISSING = {
    "parquet": ("pyarrow", b"PAR1 and so on", "pip install 'marketmove[parquet]'"),
    "xlsx": ("openpyxl", _zipped("[Content_Types].xml"), "pip install 'marketmove[excel]'"),
    "csv.zst": ("zstandard", b"\x28\xb5\x2f\xfd and so on", "pip install 'marketmove[zst]'"),
}


@pytest.mark.parametrize("ending", MISSING)
def test_a_missing_extra_is_named_with_its_command(
    ending: str, write: Write, tmp_path: Path
) -> None:
    module, data, message = MISSING[ending]
    path = write(f"closes.{ending}", data)
    start = (
        f"import sys; sys.modules[{module!r}] = None\nfrom marketmove.__main__ import main; main()"
    )
    arguments = command("session", SESSION, "--levels", path)[3:]
    done = subprocess.run(
        [sys.executable, "-c", start, *arguments],
        capture_output=True,
        cwd=tmp_path,
        env=bare_environment(),
        check=False,
        timeout=60,
    )
    assert (done.stdout, done.returncode) == (b"", 3)
    assert message in done.stderr.decode()
    assert str(path) in done.stderr.decode()


# JSON.

RECORDS = [{"date": day, "symbol": "HSI", "close": close} for day, close in CLOSES]
JSON = {
    "lines": "".join(json.dumps(record) + "\n" for record in RECORDS),
    "list": json.dumps(RECORDS),
    "indented": json.dumps(RECORDS, indent=2),
    "wide": json.dumps([{"Date": day, "HSI": close} for day, close in CLOSES]),
    "gap": json.dumps([{"date": "2025-02-11", "symbol": "HSI", "close": None}, *RECORDS]),
}


@pytest.mark.parametrize("name", JSON)
def test_json_records_are_read(name: str, run_cli: RunCli, write: Write) -> None:
    assert _moves(_session(run_cli, write("closes.json", JSON[name]))) == [MOVE]


@pytest.mark.parametrize(
    "text",
    ['{"date": ', '[{"date": "2025-02-14"', "[1, 2]", "{}\n{}\n", "[]", "[[]]", '{"a": 1} x'],
)
def test_other_json_is_refused(text: str, run_cli: RunCli, write: Write) -> None:
    path = write("closes.json", text)
    _refused(_session(run_cli, path), str(path))


# Bytes: the same three rows under headers of many languages.

HEADERS = {
    "gb18030": "日期,收盘",
    "gbk": "交易日期,收盘价",
    "big5": "日期,收盤指數",
    "shift-jis": "日付,終値",
    "cp949": "날짜,종가",
    "cp1250": "Data,Zamknięcie",
    "cp1251": "Дата,Цена закрытия",
    "cp1252": "Séance,Clôture",
    "cp1253": "Ημερομηνία,Κλείσιμο",
    "cp1254": "Tarih,Kapanış",
}
WIDE_BYTES = ("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32")


def _single(header: str) -> str:
    return f"{header}\n" + "".join(f"{day},{close}\n" for day, close in CLOSES)


@pytest.mark.parametrize("encoding", HEADERS)
def test_a_header_tells_the_encoding(encoding: str, run_cli: RunCli, write: Write) -> None:
    path = write("HSI.csv", _single(HEADERS[encoding]).encode(encoding))
    assert _moves(_session(run_cli, path)) == [MOVE]
    assert _moves(_session(run_cli, path, options=("--encoding", encoding))) == [MOVE]


@pytest.mark.parametrize("encoding", WIDE_BYTES)
@pytest.mark.parametrize("header", ["Date,Close", "日期,收盘", "Tarih,Şimdi"])
def test_unicode_in_any_form_is_read(
    encoding: str, header: str, run_cli: RunCli, write: Write
) -> None:
    path = write("HSI.csv", _single(header).encode(encoding))
    assert _moves(_session(run_cli, path)) == [MOVE]


def test_an_encoding_that_is_open_is_said(run_cli: RunCli, write: Write) -> None:
    text = _single("date,自选组合")
    path = write("closes.csv", text.encode("gbk"))
    _refused(_session(run_cli, path), f"{path}:1", "--encoding")
    ((symbol, *figures),) = _moves(_session(run_cli, path, options=("--encoding", "gbk")))
    assert (symbol, *figures) == ("自选组合", *MOVE[1:])


def test_the_encoding_said_must_fit(run_cli: RunCli, write: Write) -> None:
    path = write("HSI.csv", _single("日期,收盘").encode("gbk"))
    _refused(_session(run_cli, path, options=("--encoding", "utf-8")), str(path), "utf-8")
    ran = _session(run_cli, path, options=("--encoding", "klingon"))
    assert (ran.stdout, ran.status) == ("", 2)
    assert "--encoding: klingon" in ran.stderr


@pytest.mark.parametrize(
    "ends", [["\n"], ["\r\n"], ["\r"], ["\r\r\n"], ["\r\n", "\n", "\n", "\r\n"]]
)
def test_line_ends_of_every_kind(ends: list[str], run_cli: RunCli, write: Write) -> None:
    lines = TIDY.splitlines()
    text = "".join(line + ends[n % len(ends)] for n, line in enumerate(lines))
    path = write("closes.csv", text)
    ran = _session(run_cli, path)
    assert _moves(ran) == [MOVE]
    if ends != ["\r\r\n"]:  # which an editor shows as two lines, or as one
        assert ran.rows[0]["source"] == f"{path}:4"


# Several files.


def test_a_folder_has_files_of_many_kinds(run_cli: RunCli, write: Write) -> None:
    folder = write("all/HSI.csv.gz", gzip.compress(_single("Date,Close").encode())).parent
    write("all/N225.csv", "日付,終値\n2025/02/13,39461.47\n2025/02/14,39149.43\n".encode("cp932"))
    write("all/de.csv", "Datum;GDAXI\n14.02.2025;22.513,42\n13.02.2025;22.612,02\n")
    write("all/tw.jsonl", '{"date":"2025-02-14","symbol":"TWII","close":23152.61}\n')
    write("all/closes.yaml", "closes:\n  - {date: 2025-02-14, symbol: SSEC, close: 3346.72}\n")
    write("all/.hidden", "not closes at all")
    rows = rows_by_symbol(_session(run_cli, folder))
    assert {symbol: (row["close"], row["prior_close"]) for symbol, row in rows.items()} == {
        "HSI": ("22620.33", "21814.37"),
        "N225": ("39149.43", "39461.47"),
        "GDAXI": ("22513.42", "22612.02"),
        "TWII": ("23152.61", ""),
        "SSEC": ("3346.72", ""),
    }


def test_every_file_that_cannot_be_read_is_named(run_cli: RunCli, write: Write) -> None:
    bad = [write("a.csv", "what,is\nthis,even\n"), write("b.zip", _zipped("a.csv", "b.csv"))]
    unknown = write("c.csv", _single("Date,High"))
    _refused(_session(run_cli, bad[0], unknown), str(bad[0]), str(unknown))
    _refused(_session(run_cli, bad[1], bad[1].with_name("gone.csv")), str(bad[1]), "gone.csv")


def test_an_empty_folder_is_refused(run_cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    _refused(_session(run_cli, tmp_path / "empty"), "a folder without files")


def test_one_index_in_two_files_with_equal_closes_passes(run_cli: RunCli, write: Write) -> None:
    one, two = write("a.csv", TIDY), write("HSI.csv", _single("Date,Close"))
    assert _moves(_session(run_cli, one, two)) == [MOVE]
    check = run_cli("check", one, two, "--format", "csv")
    assert [(row["severity"], row["code"]) for row in check.rows] == [("suspicion", "repeat")]


def test_one_index_in_two_files_with_other_closes_is_a_conflict(
    run_cli: RunCli, write: Write
) -> None:
    one = write("a.csv", TIDY)
    two = write("b.csv", "Datum;Hang Seng\n14.02.2025;22.620,34\n10.02.2025;21.521,98\n")
    message = f"{two}:2: HSI has two closes for 2025-02-14: 22,620.34 here and 22,620.33 at {one}:4"
    _refused(_session(run_cli, one, two), message)
    check = run_cli("check", one, two, "--format", "csv")
    assert (check.rows[0]["severity"], check.rows[0]["place"]) == ("error", f"{two}:2")
    assert check.status == 1


# Changes that a file states.


@pytest.mark.parametrize(
    ("header", "cell", "text"),
    [
        ("Change %", "+3.96%", "2025-02-14 is stated as +3.96%; the closes give +3.69%"),
        ("pre_close", "21841.37", "the prior close of 2025-02-14 is stated as 21,841.37"),
    ],
)
def test_a_stated_change_that_differs_is_warned_of(
    header: str, cell: str, text: str, run_cli: RunCli, write: Write
) -> None:
    path = write(
        "HSI.csv", f"Date,Close,{header}\n2025-02-13,21814.37,\n2025-02-14,22620.33,{cell}\n"
    )
    ran = _session(run_cli, path)
    assert ran.status == 0
    assert ran.stderr.startswith(f"{path}:3: warning: ")
    assert text in ran.stderr
    assert ran.rows[0]["change_pct"] == "3.694628815776023"  # of the closes, never as stated
    document = run_cli("session", SESSION, "-l", path, "-f", "json", "-q").document
    assert [warning["code"] for warning in document["warnings"]] == ["stated_otherwise"]
