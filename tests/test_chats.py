"""What chats get: the summary whole, each in its own markup, and names that are only data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from marketmove.delivery.chats import DIALECTS, Limits, pieces
from marketmove.delivery.targets import Block, Message
from profiles import chosen, tried
from program import RunCli, Write
from servers import FEBRUARY_14, SECRET, Mail, Web
from services import SERVICES, Sent, beside_blocks, messages, record, seen
from services import blocks as blocks_of

pytest.importorskip("apprise")

# Names that are markup, or call somebody, in one service or another.
MARKUP = (
    *("@everyone", "@here <!channel>", "<@U024BE7LH>", "<b>bold</b> AT&T &copy; Co"),
    *("A*B* _c_ ~d~", "`code` ```x", "[text](https://example.com)", "MY_INDEX*[x]"),
    *("www.example.com", "# head", "- item", ":smile: ||spoiler||", "@room:example.com"),
)
MANY = [f"INDEX {number:03}" for number in range(1, 61)]


def _closes(*names: str) -> str:
    rows = [
        f'2025-02-{day},"{name}",{level}\n'
        for number, name in enumerate(names)
        for day, level in ((13, 1_000 + number), (14, 1_000 + number + (number % 7 - 3)))
    ]
    return "".join(["date,symbol,close\n", *rows])


def test_every_service_gets_all_of_it(
    write: Write, tmp_path: Path, run_cli: RunCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows whole, in blocks with their heads, and each sentence; nothing beyond the limit."""
    write("closes.csv", _closes("SPX", *MARKUP, *MANY))
    monkeypatch.chdir(tmp_path)
    asked = ("summary", "2025-02-14", "-l", "closes.csv")
    services = dict([*SERVICES.items()][: tried(5, len(SERVICES))])
    to = [part for service in services.values() for part in ("--to", service.url)]
    ran, requests = record(tmp_path, *asked, *to)
    assert (ran.stdout, ran.stderr, ran.status) == ("", "", 0)
    paragraphs = run_cli(*asked).stdout.strip("\n").split("\n\n")
    (table,) = [one for one in paragraphs if one.startswith("  Index ")]
    paragraphs.remove(table)
    heads, *rows = table.split("\n")
    assert len(rows) >= len(MARKUP) + len(MANY)
    for name, service in services.items():
        sent = messages(requests, service)
        assert sent, name
        tables = [table for one in sent for table in blocks_of(one, service.markup)]
        assert [table[0] for table in tables] == [heads] * len(tables), name
        assert [line for table in tables for line in table[1:]] == rows, name
        told = " ".join(beside_blocks(one, service.markup) for one in sent)
        assert not set(" ".join(paragraphs).split()) - set(told.split()), name
        for one in sent:
            assert one.body.strip(), name
            assert len(one.whole) <= service.limit, name
            assert "&amp;amp;" not in one.whole, name
            assert "S&amp;P" not in seen(one.whole, service.markup), name
        _is_only_data(name, sent, service.markup)


def _is_only_data(name: str, sent: list[Sent], markup: str) -> None:
    """No name calls, links or marks: what would do that has a sign in it, or is escaped."""
    text = "\n".join(one.whole for one in sent)
    assert not re.search(r"@(?:everyone|here|room|U0)", text), name
    assert not re.search(r"https?://|www\.", text), name
    if markup == "html":
        tags = set(re.findall(r"<[^>]*>", text))
        assert tags <= {f"<{end}{tag}>" for tag in _TAGS for end in ("", "/")} | {"<br/>"}, name
        assert not re.search(r"&(?!amp;|lt;|gt;)", text), name
    else:
        assert not re.search(r"<[!@#/A-Za-z]", text), name
        # Fences are ours, each on a line of its own.
        assert text.count("```") == len(re.findall(r"(?m)^```$", text)), name
    if name == "slack":
        assert not re.search(r"&(?!amp;|lt;|gt;)|[<>]", text)


_TAGS = ("b", "p", "pre", "code", "h1")


def test_a_dry_run_says_what_would_go_where(
    web: Web, mail: Mail, write: Write, run_cli: RunCli, path: Path
) -> None:
    """And sends, prints, runs and records nothing."""
    write("closes.csv", _closes("SPX", *MANY))
    closes = path.parent.parent / "closes.csv"
    to = [part for url in (web.url(), mail.url(), "-") for part in ("--to", url)]
    chat, none = ("--to", SERVICES["discord"].url), ("--to", f"nonsense://{SECRET}")
    alerts = ("--alert", "SPX: 0.1", "--on-alert", "touch done")
    once = ("summary", "2025-02-14", "-l", closes, "--once", "--journal", path)
    asked: list[str | Path] = [*once, *to]
    ran = run_cli(*asked, *chat, *none, *alerts, "--dry-run")
    subject = "Alert 14 Feb: S&P 500 down 0.30%"
    first, *lines, last = ran.stdout.splitlines()
    assert first == "dry run: nothing is printed, sent, run or recorded"
    assert sorted(lines)[0].startswith(f"discord://…: {subject} (")
    assert sorted(lines)[1:] == [
        f"json://…: {subject}",
        f"mailto://…: {subject}",
        "nonsense://…: could not be sent: apprise does not know this kind of URL",
        f"standard output: {subject}",
    ]
    assert last == "--on-alert: would run touch"
    assert (ran.stderr, ran.status, web.got, mail.got, path.exists()) == ("", 0, [], [], False)
    # What is out already would not go again.
    assert run_cli(*asked).status == 0
    again = run_cli(*asked, *chat, "--dry-run").stdout.splitlines()
    nothing = "nothing, it has this summary"
    assert [line for line in again if line.endswith(nothing)] == [
        f"{place}: {nothing}" for place in ("standard output", "json://…", "mailto://…")
    ]
    assert len(web.got) == 1


def test_no_page_for_what_shows_none(
    web: Web, write: Write, run_cli: RunCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = write("own.yaml", "to: [env:CHAT, env:HOOK]\n")
    monkeypatch.setenv("CHAT", SERVICES["telegram"].url.replace("AbcDef", SECRET))
    monkeypatch.setenv("HOOK", web.url())
    ran = run_cli(*FEBRUARY_14, "-c", config, "--format", "html")
    assert (ran.stdout, ran.status, web.got) == ("", 2, [])
    assert ran.stderr == (
        f"{config}:1: --format html: env:CHAT takes no HTML page; leave --format out, and its text"
        " is made for it, or send the page by mail (mailtos://…)\n"
    )
    for url in (SERVICES["slack"].url, SERVICES["ntfy"].url, "pover://user@token"):
        ran = run_cli(*FEBRUARY_14, "--to", url, "-f", "html")
        assert (ran.stdout, ran.status) == ("", 2)
        assert "takes no HTML page" in ran.stderr
    # A program takes one, as mail does.
    assert run_cli(*FEBRUARY_14, "--to", web.url(), "--format", "html") == ("", "", 0)
    assert web.got[0].body["message"].startswith("<!DOCTYPE html>")


def test_a_program_gets_the_document_itself(web: Web, run_cli: RunCli) -> None:
    printed = run_cli(*FEBRUARY_14, "-f", "json").document
    # Where the URL names what stands beside it, it stands under the name of the message.
    named = web.url("?:desk=asia&:message=summary")
    ran = run_cli(*FEBRUARY_14, "--to", web.url(), "--to", named, "-f", "json")
    assert ran == ("", "", 0)
    plain, within = sorted((one.body for one in web.got), key=lambda body: "desk" in body)
    assert plain == printed
    assert (within["summary"], within["desk"]) == (printed, "asia")


@pytest.mark.parametrize("most", chosen([*range(100, 400, 7)], 2))
@pytest.mark.parametrize("name", [*DIALECTS])
def test_pieces_of_any_size(name: str, most: int) -> None:
    """Where a row and a word have room, none is split; and no piece is empty or too long."""
    rows = tuple(f"  NAME {number:02}  1,0{number:02}.00  +0.{number:02}%" for number in range(40))
    words = " ".join(f"word{number}" for number in range(60))
    blocks = (
        *(Block("lead", ("One & only.",)), Block("text", (words,)), Block("table", rows)),
        *(Block("head", ("Also",)), Block("item", (words,)), Block("item", ("The end.",))),
    )
    message = Message("", "The day", "", "text", "", "", blocks)
    dialect = DIALECTS[name]
    found = pieces(message, dialect, Limits(most, 0))
    markup = {"html": "html", "NotifySlack": "slack"}.get(
        dialect.body_format if dialect.body_format == "html" else name,
        "markdown" if dialect.bold("x") == "**x**" else "stars",
    )
    sent = [Sent(*piece) for piece in found]
    assert all(dialect.size(one.body) <= most for one in sent)
    assert all(beside_blocks(one, markup).strip() or blocks_of(one, markup) for one in sent)
    lines = [line for one in sent for table in blocks_of(one, markup) for line in table]
    told = " ".join(beside_blocks(one, markup) for one in sent)
    assert list(dict.fromkeys(lines)) == [*rows]
    assert [word for word in told.split() if word.startswith("word")] == words.split() * 2
    assert "One & only." in told
