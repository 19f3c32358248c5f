"""Market reports in prose: what is read of them, and what is refused, through the command line."""

from __future__ import annotations

import json
import re
import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketmove import config
from marketmove.published.prose.grammar import language
from marketmove.published.prose.reading import read_prose
from marketmove.published.prose.results import ProseFigure
from marketmove.resources import root
from profiles import chosen, tried
from program import DATA

if TYPE_CHECKING:
    from program import Ran, RunCli, Write

REGISTRY = config.load(None).registry
SAMPLE = root() / "samples" / "reports" / "2025-02-04.txt"
_BOUNDS = {"over": ">", "under": "<", "about": "~"}


def _drawer(name: str) -> list[tuple[str, str, str]]:
    """The language, the sentence, and what it says, of every sentence in a drawer."""
    cases: list[tuple[str, str, str]] = []
    language = ""
    for line in (DATA / "prose" / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            language = line.strip("[]")
        elif line.startswith("="):
            cases[-1] = (*cases[-1][:2], line[1:].strip())
        elif line and not line.startswith("#"):
            cases.append((language, line, ""))
    return cases


DRAWER, TEXTS = _drawer("drawer.txt"), _drawer("texts.txt")


def _said(figure: ProseFigure) -> str:
    """A figure as the drawer writes it."""
    parts = []
    for field, form in (("close", "{}"), ("change_pts", "{:+}p"), ("change_pct", "{:+}%")):
        value = getattr(figure, field)
        if value is not None:
            bound = _BOUNDS.get(figure.bound, "") if figure.bound_of == field else ""
            parts.append(bound + form.format(value))
    kind = "" if figure.kind == "session" else f" @{figure.kind}"
    return f"{figure.symbol or figure.name} {' '.join(parts) or figure.direction}{kind}"


def _sorted(said: str) -> list[list[str]]:
    return sorted(sorted(one.split()) for one in said.split(";") if one.strip())


def test_the_drawer_has_ten_languages() -> None:
    assert len(DRAWER) >= 150
    assert {language for language, _, _ in DRAWER} == {
        *("en", "de", "fr", "es", "it", "pt", "ja", "zh", "ko")
    }


@pytest.mark.parametrize(
    ("spoken", "sentence", "wanted"), DRAWER + TEXTS, ids=range(len(DRAWER + TEXTS))
)
def test_sentence(spoken: str, sentence: str, wanted: str) -> None:
    figures = read_prose(sentence, REGISTRY).figures
    shown = [f for f in figures if f.kind == "session" or "@" in wanted]
    assert _sorted(" ; ".join(map(_said, shown))) == _sorted(wanted), spoken


# What the command writes.


def test_the_bundled_report(run_cli: RunCli) -> None:
    ran = run_cli("read", SAMPLE, "--format", "json")
    assert (ran.stderr, ran.status) == ("", 0)
    document = ran.document
    assert (document["session"], document["dated_by"]) == ("2025-02-04", "text")
    rows = {row["symbol"]: row for row in document["figures"]}
    assert [*rows] == ["HSI", "HSTECH", "SSEC", "N225", "TWII"]
    assert (rows["N225"]["close"], rows["N225"]["change_pts"]) == (39149.43, -311.74)
    assert (rows["HSTECH"]["bound"], rows["HSTECH"]["change_pct"]) == ("over", 5)
    assert [row["sure"] for row in rows.values()] == [True, False, True, True, True]
    assert "22,579.05" in rows["HSI"]["quote"]


def test_digits_stay_as_printed(run_cli: RunCli, write: Write) -> None:
    path = write("r.txt", "The Dow rose 0.10 percent to 40,000.50 on Monday.\n")
    assert '"change_pct": 0.10,' in run_cli("read", path, "--format", "json").stdout
    (row,) = run_cli("read", path, "--format", "csv").rows
    assert (row["change_pct"], row["close"]) == ("0.10", "40000.50")
    assert "close: 40000.50, change_pct: +0.10" in run_cli("read", path, "--format", "yaml").stdout


def test_the_table_names_line_and_doubt(run_cli: RunCli, write: Write) -> None:
    path = write("r.txt", "Stocks fell.\n\nThe Dow lost 1.2%.\nThe FTSE 100 fell 0.5% to 8,000.\n")
    table = run_cli("read", path).stdout
    assert re.search(r"Dow Jones .* −1\.2%  +unsure: no level with it +3 ", table)
    assert re.search(r"FTSE 100 .* −0\.5%  +sure +4 ", table)


def test_other_kinds_are_shown_on_request(run_cli: RunCli, write: Write) -> None:
    path = write("r.txt", "For the week, the Dow lost 2%. The Nasdaq fell 1% on Friday.\n")
    assert "2%" not in run_cli("read", path).stdout
    assert re.search(r"Dow Jones .* −2%  +week", run_cli("read", path, "--all").stdout)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("HONG KONG, Feb 14, 2025: The Hang Seng rose 1%.", "2025-02-14"),
        ("LONDON, 3 March 2025 - The FTSE 100 fell 1%.", "2025-03-03"),
        ("2025年2月14日 恒生指数涨1%。", "2025-02-14"),
        ("25-Feb-25 Market close\nThe Dow closed 1% lower.", "2025-02-25"),
        ("<p>The Dow rose 1%.</p><time datetime='2025-02-13T21:00Z'>", "2025-02-13"),
        ("It was the lowest close since March 9, 2009. The Dow fell 1%.", None),
    ],
)
def test_the_day_of_a_report(text: str, day: str | None, run_cli: RunCli, write: Write) -> None:
    assert run_cli("read", write("r.txt", text), "--format", "json").document["session"] == day


def test_the_day_that_is_said_wins(run_cli: RunCli, write: Write) -> None:
    path = write("2025-01-02.txt", "The Dow rose 1% on Tuesday.")
    document = run_cli("read", path, "--format", "json").document
    assert (document["session"], document["dated_by"]) == ("2025-01-02", "name")
    ran = run_cli("read", path, "--date", "16 June 2026", "--format", "json")
    assert ran.document["session"] == "2026-06-16"
    assert ran.document["figures"][0]["session"] == "2026-06-16"
    bad = run_cli("read", path, "--date", "02/03/2025")
    assert (bad.status, bad.stdout) == (2, "")
    assert "02/03/2025 may be 2025-02-03 or 2025-03-02" in bad.stderr


# Forms of text.


def test_html_and_markdown(run_cli: RunCli, write: Write) -> None:
    html = (
        "<html><head><title>Dow 99,999 up 9%</title><script>Dow rose 7%</script></head><body>\n"
        "<nav>Nasdaq up 5% to 20,000</nav>\n<p>The <b>Dow</b> rose 1.5%\nto 40,000.25.</p></body>"
    )
    (row,) = run_cli("read", write("r.html", html), "--format", "csv").rows
    assert (row["close"], row["place"].rpartition(":")[2]) == ("40000.25", "3")
    markdown = "## Japan\n\nThe **Nikkei 225** fell [0.5%](https://example.com) to *39,000.10*.\n"
    (row,) = run_cli("read", write("r.md", markdown), "--format", "csv").rows
    assert (row["symbol"], row["close"], row["change_pct"]) == ("N225", "39000.10", "-0.5")


def test_wrapped_lines_are_one_sentence(run_cli: RunCli, write: Write) -> None:
    text = (
        "Shares in Asia were mixed on a quiet day of trading, with little news to go by. The\n"
        "Hang Seng closed 0.5 percent higher at 22,000.10, helped by the technology shares of\n"
        "the city, while the Nikkei 225 dropped 1.1 percent to 39,000.50 as the yen grew firm.\n"
    )
    rows = run_cli("read", write("r.txt", text), "--format", "csv").rows
    assert [(row["symbol"], row["close"]) for row in rows] == [
        ("HSI", "22000.10"),
        ("N225", "39000.50"),
    ]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("日経平均株価は前日比312円04銭安の3万9149円43銭だった。", "cp932"),
        ("恒生指数收报22620.33点，升805.96点或3.69%。", "gb18030"),
        ("台股今日終場下跌246.8點，收23152.61點，跌幅1.05%。", "cp950"),
        ("코스피지수는 7.88포인트(0.31%) 오른 2591.05에 거래를 마쳤다.", "cp949"),
        ("Der MDax schloss 0,3 Prozent höher bei 27.512,11 Zählern.", "cp1252"),
        ("The Dow rose 1% to 40,000.", "utf-16"),
        ("The Dow rose 1% to 40,000.", "utf-8-sig"),
    ],
)
def test_encodings(text: str, encoding: str, run_cli: RunCli, write: Write) -> None:
    path = write("r.txt", text.encode(encoding))
    rows = run_cli("read", path, "--format", "csv").rows
    assert rows[0]["sure"] == "true"
    page = f'<meta charset="{encoding}"><p>{text}</p>'.encode(encoding)
    if encoding.startswith("cp"):
        assert run_cli("read", write("p.html", page), "--format", "csv").rows[0]["sure"] == "true"


# Bad input.


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"%PDF-1.7 ...", "a PDF; save the text"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a picture; save the text"),
        (b"ab\0\1\2\0cd", "a binary file; save the text"),
        (b"x" * (5 << 20), "larger than 4 MB"),
        (b"", "an empty file"),
    ],
)
def test_what_is_no_text_is_refused(
    data: bytes, message: str, run_cli: RunCli, write: Write
) -> None:
    ran = run_cli("read", write("r.bin", data))
    assert (ran.stdout, ran.status) == ("", 3)
    assert message in ran.stderr


def test_a_text_without_figures(run_cli: RunCli, write: Write) -> None:
    ran = run_cli("read", write("r.txt", "Nothing of note happened today.\n"))
    assert (ran.stdout, ran.status) == ("", 4)
    assert "has no figure of a known index" in ran.stderr
    futures = write("f.txt", "Dow futures rose 1%.\n")
    assert "--all shows 1 figure of other kinds" in run_cli("read", futures).stderr
    document = run_cli("read", write("r.txt", "None."), "--format", "json").document
    assert document["error"]["status"] == 4


def test_a_contradiction_is_said(run_cli: RunCli, write: Write) -> None:
    text = "Nikkei ends up 0.72%\n\nThe Nikkei rose 0.73% to close at 38,798.37.\n"
    ran = run_cli("read", write("r.txt", text), "--format", "csv")
    assert [row["change_pct"] for row in ran.rows] == ["0.72", "0.73"]
    assert "Nikkei 225 has two figures for its change in percent: 0.72 on line 1" in ran.stderr
    rounded = "Nikkei ends up 0.7%\n\nThe Nikkei rose 0.73% to close at 38,798.37.\n"
    assert run_cli("read", write("q.txt", rounded), "--format", "csv").stderr == ""


def test_a_large_page_takes_no_longer_than_its_size() -> None:
    one = (
        "Home Markets 12 Login The Dow rose 18.43 points, or 0.1 percent, to 16,717.17. Subscribe\n"
    )
    started = time.process_time()
    figures = read_prose(one * 3_000, REGISTRY).figures
    assert len(figures) == 3_000
    assert time.process_time() - started < 3


# No figure is invented.

_DIGIT = re.compile(r"\d")
_REPORTS = [sentence for _, sentence, wanted in DRAWER if wanted and _DIGIT.search(sentence)]


def _stands_in(value: Decimal, text: str, code: str) -> bool:
    digits = re.sub(r"\D", "", f"{abs(value):f}").lstrip("0")
    if digits in re.sub(r"\D", "", text):
        return True
    # In words: half a percent, ein Prozent. In parts: 3万4279円92銭, 58 mil 711.87.
    words = [word for word, number in language(code).numbers.items() if number == abs(value)]
    return any(word in text.lower() for word in (*words, "万", "萬", "만", " mil ", "円", "ドル"))


@settings(max_examples=tried(60, 600), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_number_stands_in_its_sentence(data: st.DataObject) -> None:
    sentence = data.draw(st.sampled_from(_REPORTS))
    words = sentence.split(" ")
    damage = data.draw(st.sampled_from(["none", "swap", "cut", "digit", "join"]))
    if damage == "swap" and len(words) > 2:
        one, other = (data.draw(st.integers(0, len(words) - 1)) for _ in range(2))
        words[one], words[other] = words[other], words[one]
        sentence = " ".join(words)
    elif damage == "cut":
        sentence = sentence[: data.draw(st.integers(1, len(sentence)))]
    elif damage == "digit":
        places = [match.start() for match in _DIGIT.finditer(sentence)]
        at = data.draw(st.sampled_from(places))
        sentence = sentence[:at] + data.draw(st.sampled_from("123456789")) + sentence[at + 1 :]
    elif damage == "join":
        sentence = f"{sentence} {data.draw(st.sampled_from(_REPORTS))}"
    prose = read_prose(sentence, REGISTRY)
    for figure in prose.figures:
        assert figure.quote in sentence
        for value in (figure.close, figure.change_pts, figure.change_pct):
            assert value is None or _stands_in(value, figure.sentence, prose.language)


@settings(max_examples=tried(40, 400), deadline=None)
@given(
    level=st.decimals(2000, 60_000, places=2),
    points=st.decimals("0.01", 300, places=2),
    up=st.booleans(),
)
def test_the_answer_changes_with_the_numbers(level: Decimal, points: Decimal, up: bool) -> None:
    change = points if up else -points
    pct = (change / (level - change) * 100).quantize(Decimal("0.01"))
    verb = "rose" if up else "fell"
    text = f"The Dow {verb} {points} points, or {abs(pct)} percent, to close at {level:,}."
    (figure,) = read_prose(text, REGISTRY).figures
    assert (figure.close, figure.change_pts, abs(figure.change_pct or 0)) == (
        level,
        change,
        abs(pct),
    )
    assert figure.sure or not pct
    wrong = text.replace(f"{abs(pct)} percent", f"{abs(pct) + 3} percent")
    (figure,) = read_prose(wrong, REGISTRY).figures
    assert not figure.sure


def test_yaml_is_what_verify_takes(run_cli: RunCli, write: Write) -> None:
    text = run_cli("read", SAMPLE, "--format", "yaml").stdout
    ran = run_cli("verify", write("f.yaml", text), "--format", "csv")
    assert [row["symbol"] for row in ran.rows] == ["HSI", "HSTECH", "SSEC", "N225", "TWII"]


def _units(ran: Ran) -> list[Any]:
    return [(f["symbol"], f["close"]) for f in json.loads(ran.stdout)["figures"]]


def test_standard_input(run_cli: RunCli) -> None:
    ran = run_cli("read", "-", "--format", "json", stdin=b"The Dow rose 1% to 40,000.")
    assert _units(ran) == [("DJI", 40000)]


def test_the_samples_of_the_drawer_are_read_in_any_order() -> None:
    english = [sentence for language, sentence, _ in DRAWER if language == "en"]
    together = read_prose("\n\n".join(chosen(english, 12)), REGISTRY)
    assert together.language == "en"
