"""What nobody writes on purpose: pipes, damaged and swollen files, results over their own input."""

from __future__ import annotations

import bz2
import datetime as dt
import io
import lzma
import os
import re
import stat
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from profiles import chosen
from program import SAMPLE_CLOSES, RunCli, Write, rows_by_symbol, run_fresh, run_process

CLOSES = b"date,symbol,close\n2025-02-13,HSI,21814.37\n2025-02-14,HSI,22620.33\n"
THE_14TH = ("session", "2025-02-14", "-f", "csv", "-l")
needs_unix = pytest.mark.skipif(os.name != "posix", reason="needs Unix")


@needs_unix
def test_a_pipe_by_name_is_read_once_to_its_end(run_cli: RunCli, tmp_path: Path) -> None:
    """Its beginning is 32 MiB; what is read of a pipe cannot be read again."""
    note = "x" * 4000
    day = dt.date(1990, 1, 2)
    rows = [f"{day + dt.timedelta(n)},HSI,2838.{n % 90 + 10},{note}\n" for n in range(9000)]
    rows += [f"{row},\n" for row in CLOSES.decode().splitlines()[1:]]
    text = "date,symbol,close,note\n" + "".join(rows)
    assert len(text) > 34 << 20
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(text,))
    writer.start()
    ran = run_cli(*THE_14TH, pipe)
    writer.join()
    assert rows_by_symbol(ran)["HSI"]["prior_session"] == "2025-02-13"
    ran = run_cli("session", "1990-01-02", "-f", "csv", "-l", "-", stdin=text.encode())
    assert rows_by_symbol(ran)["HSI"]["close"] == "2838.1"


@needs_unix
@pytest.mark.parametrize("endless", ["/dev/urandom", "/dev/zero"])
def test_what_never_ends_is_refused(endless: str, run_cli: RunCli) -> None:
    ran = run_cli(*THE_14TH, endless)
    assert (ran.stdout, ran.status) == ("", 3)
    assert ran.stderr.startswith(f"{endless}: ")


@pytest.mark.parametrize(("ending", "module"), [("xz", lzma), ("bz2", bz2)])
def test_every_stream_of_a_packed_file_is_read(
    ending: str, module: object, run_cli: RunCli, write: Write
) -> None:
    head, tail = CLOSES[:45], CLOSES[45:]
    first, second = (module.compress(part) for part in (head, tail))  # type: ignore[attr-defined]
    sound = run_cli(*THE_14TH, write(f"a.csv.{ending}", first + second))
    assert rows_by_symbol(sound)["HSI"]["prior_close"] == "21814.37"
    for n, damaged in enumerate(
        [first + second[:-5], first + b"?" + second, first + second[:9] + b"?" + second[10:]]
    ):
        ran = run_cli(*THE_14TH, write(f"b{n}.csv.{ending}", damaged))
        assert (ran.stdout, ran.status) == ("", 3)
        assert "a damaged compressed file" in ran.stderr


def test_what_is_packed_without_a_checksum_is_told(run_cli: RunCli, write: Write) -> None:
    zstandard = pytest.importorskip("zstandard")

    def xz(data: bytes, sure: bool) -> bytes:
        return lzma.compress(data, check=lzma.CHECK_CRC64 if sure else lzma.CHECK_NONE)

    def zst(data: bytes, sure: bool) -> bytes:
        return bytes(zstandard.ZstdCompressor(write_checksum=sure).compress(data))

    for name, pack in (("a.csv.xz", xz), ("a.csv.zst", zst)):
        for sure in ((True, True), (True, False), (False, False)):
            path = write(name, pack(CLOSES[:45], sure[0]) + pack(CLOSES[45:], sure[1]))
            for ran in (run_cli("check", path), run_cli(*THE_14TH, path)):
                assert ran.status == 0
                told = "compressed without a checksum" in ran.stdout + ran.stderr
                assert told == (not all(sure))


def test_one_clean_row_changes_no_other(run_cli: RunCli, write: Write) -> None:
    noisy = b"date,symbol,close\n2025-02-12,HSI,21857.919921875\n2025-02-13,HSI,21814.369140625\n"
    noisy += b"2025-02-14,HSI,22620.330078125\n"
    for more in (b"", b"2025-02-11,HSI,21294.8612\n"):
        ran = run_cli(*THE_14TH, write("a.csv", noisy + more))
        row = rows_by_symbol(ran)["HSI"]
        assert (row["close"], row["prior_close"]) == ("22620.33", "21814.37")


def test_levels_of_six_decimals_are_left_as_they_are(run_cli: RunCli, write: Write) -> None:
    text = b"date,symbol,close\n2025-02-12,X,22620.330078\n2025-02-13,X,21814.371234\n"
    ran = run_cli(*THE_14TH, write("a.csv", text + b"2025-02-14,X,22620.123456\n"))
    assert rows_by_symbol(ran)["X"]["close"] == "22620.123456"


def test_one_bad_byte_makes_no_other_encoding(run_cli: RunCli, write: Write) -> None:
    rows = "日付,銘柄,終値\n2025-02-13,日経平均株価,39461.47\n2025-02-14,日経平均株価,39149.43\n"
    data = rows.encode()
    place = data.index("平".encode()) + 1
    ran = run_cli(*THE_14TH, write("a.csv", data[:place] + b"\xe4" + data[place + 1 :]))
    assert (ran.stdout, ran.status) == ("", 3)
    assert re.search(r"a\.csv:2: byte 0x.. is not UTF-8 text, which the rest", ran.stderr)


def test_no_result_over_what_it_is_of(run_cli: RunCli, write: Write) -> None:
    closes, config = write("data/closes.csv", CLOSES), write("c.yaml", "top: 3\n")
    journal = write("j.sqlite", b"")
    link = closes.parent.parent / "link.csv"
    link.hardlink_to(closes)
    for arguments in (
        (*THE_14TH, closes, "-o", closes),
        (*THE_14TH, closes, "-o", link),
        (*THE_14TH, closes.parent, "-o", closes),
        (*THE_14TH, closes, "-c", config, "-o", config),
        ("check", closes, "-o", closes),
        ("journal", "--journal", journal, "-o", journal),
        ("chart", "session", "2025-02-14", "-l", closes, "-o", write("data/x.svg", CLOSES)),
    ):
        ran = run_cli(*arguments)
        if arguments[0] != "chart":
            assert (ran.stdout, ran.status) == ("", 2), arguments
            assert "which this run uses" in ran.stderr
    assert closes.read_bytes() == CLOSES
    assert config.read_bytes() == b"top: 3\n"
    assert run_cli(*THE_14TH, closes, "-o", closes.with_name("new.csv")).status == 0
    assert run_cli(*THE_14TH, closes, "-o", os.devnull).status == 0


SECRET = "s3cretT0ken"  # noqa: S105 - of no use to anybody
URLS = (f"slack://{SECRET}/hook", f"https://example.org/{SECRET}")
TYPED_ANYWHERE = (
    *("--alert", "--on-alert", "--output", "--config", "--journal", "--index", "--group"),
    *("--period", "--symbol", "--encoding", "--date-format", "--as-of", "--palette", "--top"),
)


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("option", TYPED_ANYWHERE)
def test_a_misplaced_address_is_never_named(option: str, url: str, run_cli: RunCli) -> None:
    given = ("summary", "2025-02-14", "-l", SAMPLE_CLOSES, "--once")
    for typed in ([option, url], [f"{option}={url}"], [option, f"HSI:{url}"]):
        for form in ("text", "json"):
            ran = run_cli(*given, *typed, "-f", form)
            assert ran.status in {2, 3}
            assert SECRET not in ran.stdout + ran.stderr


@pytest.mark.parametrize("url", URLS)
def test_an_address_among_words_is_never_named(url: str, run_cli: RunCli) -> None:
    for typed in (
        *(("session", url), ("history", url, "latest"), ("pair", "HSI", url), ("indices", url)),
        *((url,), ("session", f"--{url}"), ("calc", "--close", url), ("schedule", url)),
        *(("session", "--pair", url), ("session", "latest", f"--config={url}")),
    ):
        ran = run_cli(*typed)
        assert ran.status == 2
        assert SECRET not in ran.stdout + ran.stderr


@pytest.mark.parametrize("url", URLS)
def test_an_address_among_settings_is_never_named(url: str, run_cli: RunCli, write: Write) -> None:
    keys = (
        *("sessions", "archive", "levels", "palette", "floor_pct", "top", "sort", "pairs"),
        *("alerts", "groups", "indices", "columns", "prefer", "nothing"),
    )
    settings = [f"{key}: {url}" for key in keys]
    settings += [f"{url}: 3", f"alerts: {{HSI: {url}}}", f"alerts: {{{url}: 3}}", f"a: !{url} x"]
    settings += [f"{url}: 3\n{url}: 4", f"groups: {{mine: [{url}]}}", f"feeds: {{{url}: yahoo}}"]
    for text in settings:
        config = write("c.yaml", text)
        for command in (("session", "2025-02-14", "-f", "json"), ("closes",)):
            ran = run_cli(*command, "-c", config)
            assert ran.status == 3, text
            assert "c.yaml:" in ran.stderr
            assert SECRET not in ran.stdout + ran.stderr, text


def test_files_that_crashed(run_cli: RunCli, write: Write) -> None:
    head = "date,symbol,close\n"
    for close in ("1.234e-300", "1.000E-7", "1e300", "1e-320"):
        text = f"{head}2025-02-13,HSI,{close}\n2025-02-14,HSI,{close}\n"
        for told in ((), ("--decimal", "."), ("--decimal", ",")):
            # With a comma 1.000E-7 is a ten thousandth.
            read = close == "1.000E-7" and "," in told
            assert run_cli(*THE_14TH, write("a.csv", text), *told).status == 3 * (not read)
    short = "symbol,low,high,close,date\n" + "".join(
        f"HSI,{level},{level},{level}{date}\n"
        for level, date in ((21814.37, ",2025-02-13"), (22620.33, ",2025-02-14"), (22620.33, ""))
    )
    assert "mend the row" in run_cli(*THE_14TH, write("b.csv", short)).stderr
    for encoding in ("hex", "zlib", "", "undefined", "rot13"):
        assert run_cli(*THE_14TH, SAMPLE_CLOSES, "--encoding", encoding).status == 2
    for name in ("x" * 300, f"{SAMPLE_CLOSES}/x"):
        ran = run_cli(*THE_14TH, name)
        assert ran.status == 3
        assert ran.stderr.startswith(name)
    assert run_cli(*THE_14TH, "").status == 2


def test_one_damaged_date_moves_no_other(run_cli: RunCli, write: Write) -> None:
    """What most rows say decides: the years, and that there is no header."""
    closes = (20138.70, 20106.55, 19778.77, 19700.56, 20066.19)
    for damaged in range(5):
        days = [f"25.01.{20 + n}" for n in range(5)]
        days[damaged] = "114/01/2" + str(damaged)
        rows = "".join(f"{day},{close}\n" for day, close in zip(days, closes, strict=True))
        ran = run_cli("check", write("roc.csv", f"Date,Close\n{rows}"), "--symbol", "HSI")
        assert ran.status in {1, 3}
        assert "1936" not in ran.stdout + ran.stderr
        assert f"roc.csv:{damaged + 2}: " in ran.stdout + ran.stderr
    rows = "2025-0x-20,20138.70\n2025-01-21,20106.55\n2025-01-22,19778.77\n2025-01-23,19700.56\n"
    ran = run_cli("session", "2025-01-23", "-l", write("first.csv", rows), "--symbol", "HSI")
    assert "20138.70" not in ran.stdout
    assert "first.csv:1: " in ran.stderr
    assert run_cli("check", write("hsi.csv", rows)).status in {1, 3}


def test_rows_cut_within_quotes_are_not_lost(run_cli: RunCli, write: Write) -> None:
    ran = run_cli(*THE_14TH, write("a.csv", CLOSES + b'2025-02-14,"N2'))
    assert (ran.stdout, ran.status) == ("", 3)
    assert "a.csv:4: " in ran.stderr


def test_a_file_cut_within_its_last_number(run_cli: RunCli, write: Write) -> None:
    rows = b"date,symbol,close\n2025-02-11,HSI,21294.86\n2025-02-12,HSI,21857.92\n" + CLOSES[18:]
    for cut, told in ((0, False), (1, False), (2, True), (4, True)):
        ran = run_cli(*THE_14TH, write("a.csv", rows[: len(rows) - cut]))
        assert ("may be cut within that number" in ran.stderr) == told
        assert ran.status == 0


@needs_unix
def test_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"A\xe4.csv")
    path.write_bytes(CLOSES)
    ran = run_process(*THE_14TH, path)
    assert (ran.status, rows_by_symbol(ran)["HSI"]["close"]) == (0, "22620.33")


def _workbook(rows: str) -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    buffer = io.BytesIO()
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    book.save(buffer)
    swollen = io.BytesIO()
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(swollen, "w", 8) as new:
        for name in old.namelist():
            data = old.read(name)
            if "worksheets/" in name:
                data = re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData>" + rows.encode()
                              + b"</sheetData>", data)  # fmt: skip
            new.writestr(name, data)
    return swollen.getvalue()


def test_what_a_library_warns_of_is_not_said(run_cli: RunCli, tmp_path: Path) -> None:
    """Of a workbook without styles, and with what came after the library; and of any other."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for line in CLOSES.decode().split():
        book.active.append(line.split(","))
    book.save(tmp_path / "a.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "a.xlsx") as old,
        zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/styles.xml":
                main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
                data = b'<styleSheet xmlns="' + main + b'"><cellXfs><xf/></cellXfs></styleSheet>'
            more = (
                b'</sheetData><extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst>'
            )
            new.writestr(name, data.replace(b"</sheetData>", more))
    ran = run_cli(*THE_14TH, tmp_path / "b.xlsx")
    assert (rows_by_symbol(ran)["HSI"]["close"], ran.stderr) == ("22620.33", "")
    program = "import sys, warnings; from marketmove import cli; sys.argv[1:] = ['--version']\n"
    program += "cli.run = lambda typed: warnings.warn('of another', FutureWarning) or 0; cli.main()"
    assert run_fresh([sys.executable, "-c", program]).stderr == ""
    assert "of another" in run_fresh([sys.executable, "-W", "default", "-c", program]).stderr


@pytest.mark.parametrize("kind", ["far", "many"])
def test_a_workbook_of_endless_rows(kind: str, run_cli: RunCli, write: Write) -> None:
    rows = '<row r="999999999"><c r="A999999999"><v>1</v></c></row>'
    if kind == "many":
        rows = "<row><c><v>22620.33</v></c></row>" * 7_000_000
    ran = run_cli(*THE_14TH, write("a.xlsx", _workbook(rows)))
    assert (ran.stdout, ran.status) == ("", 3)
    assert "too large to read" in ran.stderr


def test_a_parquet_file_of_endless_rows(run_cli: RunCli, tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    column = pyarrow.repeat(pyarrow.scalar(22620.33), 6_000_000)
    parquet.write_table(pyarrow.table({"close": column}), tmp_path / "a.parquet")
    ran = run_cli(*THE_14TH, tmp_path / "a.parquet")
    assert (ran.stdout, ran.status) == ("", 3)
    assert "too large to read whole" in ran.stderr


@needs_unix
def test_a_file_that_is_replaced_keeps_its_mode_and_owner(run_cli: RunCli, write: Write) -> None:
    """Its owner where we may give files away, as root may; and no right to run as that one."""
    output = write("out.csv", "before")
    if os.geteuid() == 0:
        os.chown(output, 1234, 1235)
    output.chmod(0o4640)
    before = output.stat()
    assert run_cli(*THE_14TH, SAMPLE_CLOSES, "-o", output).status == 0
    after = output.stat()
    assert stat.S_IMODE(after.st_mode) == 0o640
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)


@needs_unix
def test_too_little_memory_is_a_message(write: Write) -> None:
    """Wherever it ends: while a library is loaded, or in the work."""
    rows = "".join(f"{dt.date(1990, 1, 1) + dt.timedelta(n)},HSI,{n}.25\n" for n in range(1, 9_000))
    closes = write("a.csv", "date,symbol,close\n" + rows)
    sizes = (200, 150, 180, 220, 240, 260, 280, 320, 360, 420, 500, 300)
    ran = 0
    for megabytes in chosen(sizes, 2):
        line = f'ulimit -v {megabytes << 10}; exec "$0" -m marketmove "$@"'
        typed = ("history", "1990", "latest", "-l", closes)
        names = {"OPENBLAS_NUM_THREADS": "1"}
        done = run_fresh(["/bin/sh", "-c", line, sys.executable, *typed], environment=names)
        # A library in C that ends by itself says so itself.
        if "OpenBLAS" in done.stderr or done.status < 0:
            continue
        ran += 1
        if done.status:
            assert (done.stdout, done.status) == ("", 3)
            assert done.stderr.startswith("marketmove: there is not enough memory for this; ")
    assert ran
