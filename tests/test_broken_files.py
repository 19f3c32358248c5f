"""Files that are broken, cut off, endless or bombs: read or refused, in bounded time and memory."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from marketmove.errors import MarketMoveError
from profiles import tried
from program import bare_environment
from tables import DELIMITERS, SETTLED, Convention, as_read, file_of, read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from marketmove.closes.levels import Levels


# Nothing that is read ends in another failure than our own.


def _read_or_refuse(data: bytes, label: str = "AAA.csv") -> Levels | None:
    try:
        return read_bytes(data, label)
    except MarketMoveError as error:
        return None if str(error) else pytest.fail("an error without a word")


labels = st.sampled_from(["AAA.csv", "AAA.yaml", "AAA.json", "AAA.xlsx", "AAA.gz"])
magics = st.sampled_from(
    [b"", b"PK\x03\x04", b"PAR1", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\x00", b"\xff\xfe", b"[{"]
)


@settings(max_examples=tried(60, 250))
@given(magics, st.binary(max_size=300), labels)
def test_random_bytes_are_refused(start: bytes, rest: bytes, label: str) -> None:
    _read_or_refuse(start + rest, label)


text_of_tables = st.text(
    "0123456789,;.|\t\n\r\"' -/:+%ABe年月日終値\u00a0\ufeff\x00[]{}", max_size=200
)


@settings(max_examples=tried(60, 300))
@given(st.sampled_from(["", "Date,Close\n", "date;HSI;N225\n", "closes:\n", "[{"]), text_of_tables)
@example("Date,Close\n", "99999999999999,1\n")
@example("Date,Close\n", "9999999999999,1\n")
@example("Date,Close\n", "9999-99-99T99:99:99+99:99,1\n")
@example("Date,Close\n", "2025-02-14T10:00:00+99:99,1\n2025-02-15T10:00:00+99:99,1\n")
@example("Date,Close\n", "0001-01-01T10:00:00+09:00,1\n")
@example("Date,Close\n", "2025-02-14," + "9" * 400 + "\n")
@example("Date,Close\n", "2025-02-14,1e999\n2025-02-15,1e-999\n")
@example("", "\n\n\n,,,\n,,,\n")
def test_random_text_is_read_or_refused(start: str, rest: str) -> None:
    _read_or_refuse((start + rest).encode())


cells = st.sampled_from(
    [
        "2025-02-14",
        "14/02/25",
        "Feb 14",
        "12:30",
        "1.234",
        "1,5",
        "-3%",
        "x",
        "",
        "HSI",
        "1739491200",
    ]
)


@settings(max_examples=tried(60, 300))
@given(st.lists(st.lists(cells, max_size=4), max_size=8), st.sampled_from(DELIMITERS))
def test_tables_of_any_cells_are_read_or_refused(rows: list[list[str]], delimiter: str) -> None:
    header = delimiter.join(("Date", "Close", "Ticker", "Low"))
    _read_or_refuse("\n".join([header, *map(delimiter.join, rows), ""]).encode())


# A file that was cut off: rows before the cut are as they were, or it is refused.

_PLAIN = Convention("single", "iso", (".", ","), 2, ",", "utf-8", "oldest first")
_SINGLE = {key: units for key, units in SETTLED.items() if key[0] == "AAA"}


def _zip(data: bytes, method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("AAA.csv", data)
    return buffer.getvalue()


def _file(**changes: Any) -> bytes:
    how = Convention(**(_PLAIN._asdict() | changes))
    written = file_of(_SINGLE, how)
    assert written is not None
    return written


_RECORDS = [{"date": str(day), "symbol": s, "close": u / 100} for (s, day), u in SETTLED.items()]
CUT = {
    "plain": _file(),
    "german": _file(layout="prices", dates="dotted", number=(",", "."), delimiter=";"),
    "wide": _file(layout="wide", dates="mdy", encoding="utf-16", delimiter="\t"),
    "named": _file(dates="named_two_digits", order="newest first", encoding="utf-8-sig"),
    "chinese": "日期,收盘\n2025年2月13日,21814.37\n2025年2月14日,22620.33\n".encode("gbk"),
    "json": json.dumps(_RECORDS[:4]).encode(),
    "yaml": ("closes:\n" + "".join(f"  - {json.dumps(r)}\n" for r in _RECORDS[:4])).encode(),
}
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zip": _zip,
}


@pytest.mark.parametrize("name", CUT)
def test_a_file_that_was_cut_off(name: str) -> None:
    data = CUT[name]
    whole = as_read(read_bytes(data, f"AAA.{name if name == 'yaml' else 'csv'}"))
    for end in range(len(data)):
        read = _read_or_refuse(data[:end], f"AAA.{name if name == 'yaml' else 'csv'}")
        if read is None:
            continue
        # Of the last row alone no one can know that it was longer.
        before = read.frame.take(read.frame["line"] < read.frame["line"].max())
        found = as_read(read)
        certain = {(row.symbol, row.session) for row in before.rows()}
        assert {key: found[key] for key in certain}.items() <= whole.items(), data[:end]


@pytest.mark.parametrize("name", PACKED)
def test_a_packed_file_that_was_cut_off_is_refused(name: str) -> None:
    data = PACKED[name](CUT["plain"] * 2)
    for end in range(1, len(data)):
        assert _read_or_refuse(data[:end]) is None, end


# Endless lines, depths and bombs.

_LONG = 2_000_000
ENDLESS = {
    "digits": b"1" * _LONG,
    "commas": b"," * _LONG,
    "quote": b'Date,Close\n"' + b"a" * _LONG,
    "columns": b"Date,Close\n" + b"2025-02-14,1," * (_LONG // 13),
    "spaces": b"Date,Close\n2025-02-14," + b" " * _LONG + b"5\n",
    "points": b"Date,Close\n2025-02-14," + b"1." * (_LONG // 2),
    "groups": b"Date,Close\n2025-02-14," + b"1 111" * (_LONG // 5),
    "returns": b"\r" * _LONG,
    "json": b'{"date": "' + b"2" * _LONG,
    "open_brackets": b"[" * _LONG,
    "open_braces": b'{"a":' * (_LONG // 5),
    "yaml": b"closes: " + b"[" * 5_000,
    "yaml_block": b"closes:\n" + b"- " * 5_000,
    "yaml_line": b"closes: " + b"a" * _LONG,
}


@pytest.mark.parametrize("name", ENDLESS)
def test_an_endless_line_is_read_or_refused(name: str) -> None:
    _read_or_refuse(ENDLESS[name])


_BOMB = bytes(64 << 20)
# Zeros, packed to a thousandth or less: 3 GB of them or, where packing is slow, 128 MB.
BOMBS: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda data: gzip.compress(data) * 48,
    "bz2": lambda data: bz2.compress(data) * 48,
    "xz": lambda data: lzma.compress(data) * 48,
    "zst": lambda data: pytest.importorskip("zstandard").compress(data) * 48,
    "zip": lambda data: _zip(data * 2, zipfile.ZIP_DEFLATED),
}
# Runs the program and says, last on stderr, how many kilobytes of memory it took at most; what
# getrusage says of it would count the process that started it too.
_MEASURED = r"""
import re, sys
from marketmove import cli
status = cli.run(sys.argv[1:])
print(re.search(r"VmHWM:\s*(\d+)", open("/proc/self/status").read())[1], file=sys.stderr)
sys.exit(status)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux counts it")
@pytest.mark.parametrize("pack", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_in_bounded_memory(
    pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "HSI.csv.packed"
    path.write_bytes(pack(_BOMB))
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, "session", "latest", "--levels", path],
        capture_output=True,
        env=bare_environment(),
        check=False,
        timeout=60,
    )
    message, peak = done.stderr.decode().strip().split("\n")
    assert (done.stdout, done.returncode) == (b"", 3)
    assert message.startswith(f"{path}: ")
    assert int(peak) < 300_000
