"""Deliveries, by real processes, to a mail server and a web server on this machine."""

from __future__ import annotations

import email
import email.policy
import http.server
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from program import SAMPLE_CLOSES, Ran, RunCli, Write, bare_environment, command, run_process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

pytest.importorskip("apprise")

FEBRUARY_14 = ("summary", "2025-02-14", "--levels", SAMPLE_CLOSES, "-i", "HSI", "-i", "N225")
HEADLINE = (
    "Hang Seng up 3.69%, its best session since 2 October 2024; Nikkei 225 down 0.79%:"
    " the widest gap between the two since 6 November 2024."
)
SECRET = "s3cretT0ken"  # noqa: S105 - of no use to anybody


class Got(NamedTuple):
    """A request that the web server got."""

    path: str
    headers: dict[str, str]
    body: Any


class Web(NamedTuple):
    """A web server: its port, what it got, and with which status it answers."""

    port: int
    got: list[Got]
    answers: list[int]

    def url(self, path: str = SECRET) -> str:
        return f"json://127.0.0.1:{self.port}/{path}"


@pytest.fixture
def web() -> Iterator[Web]:
    got: list[Got] = []
    answers = [200]

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append(Got(self.path, dict(self.headers), json.loads(body)))
            self.send_response(answers[0])
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Web(server.server_port, got, answers)
    server.shutdown()
    thread.join()
    server.server_close()


class Mail(NamedTuple):
    """A mail server: its port, what it got, and how it answers."""

    port: int
    got: list[EmailMessage]
    answers: list[str]

    def url(self, user: str = "") -> str:
        return (
            f"mailto://{user}127.0.0.1:{self.port}/?from=markets@example.com"
            "&to=desk@example.com&mode=insecure"
        )


@pytest.fixture
def mail() -> Iterator[Mail]:
    """An SMTP server of a few lines, which takes mail and a login, and knows one password."""
    got: list[EmailMessage] = []
    answers = ["250 taken"]
    listener = socket.create_server(("127.0.0.1", 0))
    threads = [threading.Thread(target=_serve_mail, args=(listener, got, answers), daemon=True)]
    threads[0].start()
    yield Mail(listener.getsockname()[1], got, answers)
    listener.close()


def _serve_mail(listener: socket.socket, got: list[EmailMessage], answers: list[str]) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, connection.makefile("rwb") as stream:
            _talk(stream, got, answers)


def _talk(stream: Any, got: list[EmailMessage], answers: list[str]) -> None:
    def say(text: str) -> None:
        stream.write(f"{text}\r\n".encode())
        stream.flush()

    say("220 mail.example.com")
    while line := stream.readline():
        word = line[:4].upper()
        if word == b"EHLO":
            say("250-mail.example.com\r\n250 AUTH PLAIN")
        elif word == b"AUTH":
            say(f"535 5.7.8 no {SECRET} here")
        elif word == b"DATA":
            say("354 go on")
            lines = iter(stream.readline, b".\r\n")
            data = b"".join(line.removeprefix(b".") for line in lines)
            if answers[0].startswith("2"):
                policy = email.policy.default
                got.append(email.message_from_bytes(data, policy=policy))
            say(answers[0])
        elif word == b"QUIT":
            say("221 bye")
            return
        else:
            say("250 fine")


def _summary(*arguments: str | Path, **environment: str) -> Ran:
    ran = run_process(*FEBRUARY_14, *arguments, environment=environment)
    assert SECRET not in ran.stdout + ran.stderr
    return ran


def test_mail_has_text_and_html(mail: Mail) -> None:
    assert _summary("--to", "env:DESK", DESK=mail.url()) == ("", "", 0)
    (message,) = mail.got
    assert message["Subject"] == HEADLINE
    assert (message["From"], message["To"]) == ("markets@example.com", "desk@example.com")
    assert message["Date"]
    assert message["Message-ID"]
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    printed = _summary().stdout
    assert plain.get_content().splitlines() == printed.splitlines()
    assert "−0.79%" in printed
    written = _summary("-f", "html").stdout
    assert html.get_content().splitlines() == written.splitlines()
    assert max(map(len, printed.splitlines())) <= 72


def test_mail_says_in_its_subject_that_an_alert_is_met(mail: Mail) -> None:
    ran = _summary("--to", mail.url(), "--alert", "HSI: 3")
    assert (ran.stdout, ran.status) == ("", 5)
    assert mail.got[0]["Subject"] == f"Alert: {HEADLINE}"
    plain = next(mail.got[0].iter_parts()).get_content()
    assert plain.startswith("Alert: Hang Seng up 3.69%: at least 3%\r\n")


def test_mail_has_all_signs_under_any_locale(mail: Mail) -> None:
    assert _summary("--to", mail.url(), LANG="C").status == 0
    assert "−0.79%" in next(mail.got[0].iter_parts()).get_content()
    assert _summary("--to", mail.url(), "--ascii").status == 0
    assert next(mail.got[1].iter_parts()).get_content().isascii()


@pytest.mark.parametrize(
    ("output_format", "begins"), [("text", HEADLINE[:40]), ("markdown", f"*{HEADLINE[:40]}")]
)
def test_a_webhook_gets_the_format_asked_for(output_format: str, begins: str, web: Web) -> None:
    assert _summary("--to", web.url(), "-f", output_format) == ("", "", 0)
    (got,) = web.got
    assert got.path == f"/{SECRET}"
    assert got.headers["User-Agent"] == "marketmove"
    assert got.body["title"] == "Session of Fri 14 Feb 2025"
    assert got.body["message"].startswith(begins)
    assert got.body["message"].rstrip() == _summary("-f", output_format).stdout.rstrip()


def test_a_webhook_gets_json(web: Web) -> None:
    assert _summary("--to", web.url(), "-f", "json") == ("", "", 0)
    assert json.loads(web.got[0].body["message"]) == _summary("-f", "json").document


def test_a_large_summary_arrives_whole(mail: Mail, web: Web, write: Write) -> None:
    """A library may have limits of its own; of 180 indices none is cut off."""
    rows = "".join(
        f"2025-02-{day},INDEX{n:03},{100 + n}\n" for day in (13, 14) for n in range(1, 181)
    )
    asked = ("summary", "2025-02-14", "-l", write("closes.csv", "date,symbol,close\n" + rows))
    ran = run_process(*asked, "--to", mail.url(), "--to", web.url())
    assert (ran.stdout, ran.stderr, ran.status) == ("", "", 0)
    for part in mail.got[0].iter_parts():
        assert len(set(re.findall(r"INDEX\d{3}", part.get_content()))) >= 180
    sent = "".join(got.body["message"] for got in web.got)
    assert len(set(re.findall(r"INDEX\d{3}", sent))) >= 180


def test_several_targets_and_what_is_not_delivered_is_printed(web: Web, mail: Mail) -> None:
    web.answers[0] = 500
    typed = ("--to", "env:HOOK", "--to", mail.url(), "--to", mail.url("me:x@"))
    ran = _summary(*typed, HOOK=web.url())
    assert ran.stderr.splitlines() == [
        "marketmove: not delivered to env:HOOK: its server answered 500 (Internal Server Error)",
        "marketmove: not delivered to mailto://… (2): its server answered 535",
    ]
    assert ran.status == 6
    assert ran.stdout == _summary().stdout
    assert len(mail.got) == 1


def test_standard_output_beside_a_target(web: Web, write: Write) -> None:
    ran = _summary("--to", "-", "--to", web.url())
    assert (ran.stdout, ran.status, len(web.got)) == (_summary().stdout, 0, 1)
    config = write("own.yaml", "to: env:HOOK\n")
    assert _summary("-c", config, "--to", "-").stdout == ran.stdout
    assert len(web.got) == 1


def test_refused_connections_and_wrong_urls() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    typed = (f"json://127.0.0.1:{port}/{SECRET}", f"nonsense://{SECRET}", f"slack://{SECRET}")
    ran = _summary(*(part for url in typed for part in ("--to", url)))
    assert ran.status == 6
    assert ran.stderr.splitlines() == [
        "marketmove: not delivered to json://…: the connection was refused",
        "marketmove: not delivered to nonsense://…: its URL is not one that apprise knows",
        "marketmove: not delivered to slack://…: its URL is not one that apprise knows",
    ]
    assert ran.stdout == _summary().stdout


def test_a_mail_server_that_refuses_a_message(mail: Mail) -> None:
    mail.answers[0] = f"554 5.7.1 spam, {SECRET}"
    ran = _summary("--to", mail.url())
    assert ran.status == 6
    assert ran.stderr == "marketmove: not delivered to mailto://…: its server answered 554\n"


@pytest.mark.parametrize("scheme", ["json", "mailto"])
def test_a_server_that_hangs(scheme: str) -> None:
    """It takes the connection and says nothing; the limit ends it."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/{SECRET}"
        url += "?from=a@example.com&to=b@example.com&mode=insecure" if scheme == "mailto" else ""
        started = time.monotonic()
        ran = _summary("--to", url, "--to-timeout", "4")
        assert time.monotonic() - started < 30
    assert ran.status == 6
    assert ran.stderr in {
        f"marketmove: not delivered to {scheme}://…: its server did not answer in time\n",
        f"marketmove: not delivered to {scheme}://…: not done within 4 s (--to-timeout)\n",
    }
    assert ran.stdout == _summary().stdout


def test_a_server_that_drips_is_ended_too() -> None:
    """A line each half second never runs into the limit of one answer, but into that of all."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = threading.Event()
        dripping = threading.Thread(target=_drip, args=(listener, done))
        dripping.start()
        url = f"json://127.0.0.1:{listener.getsockname()[1]}/"
        ran = _summary("--to", url, "--to-timeout", "4")
        done.set()
        dripping.join()
    assert ran.status == 6
    assert (
        ran.stderr == "marketmove: not delivered to json://…: not done within 4 s (--to-timeout)\n"
    )


def _drip(listener: socket.socket, done: threading.Event) -> None:
    connection, _ = listener.accept()
    with connection:
        try:
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while not done.wait(0.5):
                connection.sendall(b"X-Patience: more\r\n")
        except OSError:
            return


def test_a_secret_file(web: Web, write: Write) -> None:
    path = write("hook.url", f"# The desk.\n{web.url()}\n")
    path.chmod(0o600)
    assert _summary("--to", f"file:{path}") == ("", "", 0)
    # As an editor of Windows writes it.
    path.write_bytes(b"\xef\xbb\xbf" + web.url("other").encode() + b"\r\n")
    assert _summary("--to", f"file:{path}") == ("", "", 0)
    assert web.got.pop().path == "/other"
    path.write_text(web.url(), encoding="utf-8")
    config = write("own.yaml", "to: [file:hook.url, env:HOOK]\n")
    config.chmod(0o644)
    assert _summary("-c", config, HOOK=web.url("other")) == ("", "", 0)
    assert sorted(got.path for got in web.got) == ["/other", f"/{SECRET}", f"/{SECRET}"]
    for mode in (0o640, 0o604, 0o660):
        path.chmod(mode)
        ran = _summary("--to", f"file:{path}")
        assert (ran.stdout, ran.status) == ("", 2)
        assert ran.stderr == (
            f"marketmove: file:{path}: others can read {path}, which has a secret;"
            f" type: chmod 600 {path}\n"
        )


def test_a_url_in_the_configuration_makes_it_a_secret_file(web: Web, write: Write) -> None:
    config = write("own.yaml", f"palette: none\nto:\n  - {web.url()}\n")
    config.chmod(0o600)
    assert _summary("-c", config) == ("", "", 0)
    config.chmod(0o644)
    ran = _summary("-c", config)
    assert (ran.stdout, ran.status) == ("", 2)
    assert ran.stderr == (
        f"{config}:3: json://…: others can read {config}, which has a secret;"
        f" type: chmod 600 {config}\n"
    )


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (f"mailto:me:{SECRET}@example.com", "--to: target 1 is not one; expected a URL such as"),
        (SECRET, "--to: target 1 is not one; expected a URL such as"),
        (f"file:mailto://me:{SECRET}@example.com", "--to: target 1 is not one; expected a URL"),
        (f"env:{SECRET}!", "--to: target 1 is not one; expected"),
        ("env:NOWHERE", "env:NOWHERE: the environment has no NOWHERE"),
        ("env:EMPTY", "env:EMPTY: the environment has no EMPTY"),
        ("env:WRONG", "env:WRONG: expected one URL there, such as mailtos://…"),
        ("file:no such file", "file:no such file: it cannot be read: no such file or directory"),
    ],
)
def test_what_is_no_target(target: str, said: str) -> None:
    ran = _summary("--to", target, EMPTY=" ", WRONG=f"not {SECRET}")
    assert (ran.stdout, ran.status) == ("", 2)
    assert said in ran.stderr


def test_a_wrong_target_in_the_configuration(write: Write, run_cli: RunCli) -> None:
    for text in (f"to: {SECRET}\n", f"to: [env:A, {SECRET}]\n", "to: {a: b}\n"):
        config = write("own.yaml", text)
        ran = run_cli(*FEBRUARY_14, "-c", config)
        assert (ran.stdout, ran.status) == ("", 3)
        assert ran.stderr.startswith(f"{config}:1: to: ")
        assert SECRET not in ran.stderr


def test_no_secret_where_a_url_stands_in_a_wrong_place(run_cli: RunCli, write: Write) -> None:
    """An option left out, or a key for a value: what is wrong is said without the URL."""
    url = f"mailto://me:{SECRET}@example.com"
    for typed in ((url,), ("latest", url), ("--format", url), ("-i", url)):
        ran = run_cli("summary", "-l", SAMPLE_CLOSES, *typed)
        assert (ran.stdout, ran.status) == ("", 2)
        assert ran.stderr
        assert SECRET not in ran.stderr
    config = write("own.yaml", f"{url}: 4\n")
    ran = run_cli(*FEBRUARY_14, "-c", config, "-f", "json")
    assert ran.status == 3
    assert ran.stderr.startswith(f"{config}:1: mailto://… is not a setting")
    assert SECRET not in ran.stdout + ran.stderr


def test_no_secret_where_a_bug_is_shown(web: Web, write: Write) -> None:
    """Neither a traceback nor a failure as JSON has the URL."""
    broken = write("closes.csv", "date,symbol,close\n2025-02-14,HSI,zero\n")
    asked = ("summary", "2025-02-14", "-l", broken, "--to", web.url())
    for more in (("-f", "json"), ()):
        ran = run_process("--debug", *asked, *more)
        assert ran.status == 3
        assert SECRET not in ran.stdout + ran.stderr
    assert web.got == []


def test_no_secret_in_the_list_of_processes() -> None:
    """Where the URL came from the environment or a file; nothing else can be hidden."""
    if not Path("/proc/self/cmdline").is_file():
        pytest.skip("no /proc")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"json://127.0.0.1:{silent.getsockname()[1]}/{SECRET}"
        seen: list[str] = []
        stop = threading.Event()
        watching = threading.Thread(target=_watch, args=(seen, stop))
        watching.start()
        _summary("--to", "env:HOOK", "--to-timeout", "3", HOOK=url)
        stop.set()
        watching.join()
    assert any("marketmove.cli.courier" in line for line in seen)
    assert not [line for line in seen if SECRET in line]


def _watch(seen: list[str], stop: threading.Event) -> None:
    while not stop.wait(0.05):
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                seen.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
            except OSError:
                continue


def test_nothing_of_the_current_folder_runs(web: Web, write: Write) -> None:
    """The process that delivers takes no module from where the program happens to be run."""
    folder = write("apprise.py", "raise SystemExit('not this one')\n").parent
    ran = run_process(*FEBRUARY_14, "--to", web.url(), cwd=folder, environment={})
    assert (ran.stderr, ran.status, len(web.got)) == ("", 0, 1)


def test_without_apprise(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said before any work: the file of closes is not even looked for."""
    monkeypatch.setattr("marketmove.cli.delivering.find_spec", lambda _: None)
    asked = ("summary", "2025-02-14", "-l", "no such file.csv", "--to", f"slack://{SECRET}")
    ran = run_cli(*asked)
    assert (ran.stdout, ran.status) == ("", 2)
    assert ran.stderr == (
        "marketmove: delivery to slack://… needs apprise;"
        " type: python3 -m pip install 'marketmove[notify]'\n"
    )


def test_what_was_not_delivered_is_tried_again_and_printed_once(web: Web, tmp_path: Path) -> None:
    kept = ("--once", "--journal", tmp_path / "journal.sqlite", "--to", "env:DESK")
    web.answers[0] = 500
    first = _summary(*kept, DESK=web.url())
    assert first.stdout.startswith("Hang Seng up 3.69%")
    assert (first.stderr.count("not delivered to env:DESK"), first.status) == (1, 6)
    again = _summary(*kept, DESK=web.url())
    assert (again.stdout, again.stderr.count("not delivered"), again.status) == ("", 1, 6)
    web.answers[0] = 200
    assert _summary(*kept, DESK=web.url()) == ("", "", 0)
    assert len(web.got) == 3
    assert _summary(*kept, DESK=web.url()) == ("", "", 0)
    assert len(web.got) == 3
    ran = run_process("journal", "--journal", tmp_path / "journal.sqlite", "-f", "json")
    assert SECRET not in ran.stdout
    results = [
        [(one["target"], one["result"]) for one in entry["deliveries"]]
        for entry in ran.document["summaries"]
    ]
    assert results == [
        [("env:DESK", "failed"), ("standard output", "printed")],
        [("env:DESK", "failed")],
        [("env:DESK", "delivered")],
    ]


def test_a_new_target_is_owed_what_another_has(web: Web, tmp_path: Path) -> None:
    kept = ("--once", "--journal", tmp_path / "journal.sqlite", "--to", "env:DESK")
    assert _summary(*kept, DESK=web.url("one")) == ("", "", 0)
    both = (*kept, "--to", web.url("two"))
    assert _summary(*both, DESK=web.url("one")) == ("", "", 0)
    assert [got.path for got in web.got] == ["/one", "/two"]
    forced = _summary(*both, "--force", DESK=web.url("one"))
    assert (forced.stdout, forced.status, len(web.got)) == ("", 0, 4)


def test_an_alert_is_met_once(web: Web, tmp_path: Path) -> None:
    kept = ("--once", "--journal", tmp_path / "journal.sqlite", "--alert", "HSI: 3")
    assert _summary(*kept, "--to", web.url("one")).status == 5
    assert _summary(*kept, "--to", web.url("one")) == ("", "", 0)


def test_revisions_are_delivered(web: Web, write: Write, tmp_path: Path) -> None:
    kept = ("--once", "--journal", tmp_path / "journal.sqlite", "--to", web.url("one"))
    text = SAMPLE_CLOSES.read_text(encoding="utf-8")
    before = write("before.csv", text)
    asked = ("summary", "2025-02-14", "-i", "HSI", "-i", "N225", *kept)
    assert run_process(*asked, "-l", before) == ("", "", 0)
    after = write("after.csv", text.replace("2025-02-14,N225,39149.43", "2025-02-14,N225,39150"))
    assert run_process(*asked, "-l", after) == ("", "", 0)
    assert (
        web.got[1].body["message"].startswith("N225 2025-02-14 revised from 39,149.43 to 39,150.00")
    )


def _kept(folder: Path, *targets: str) -> tuple[str | Path, ...]:
    to = (part for target in targets for part in ("--to", target))
    return ("--once", "--journal", folder / "journal.sqlite", *to)


def _deliveries(folder: Path) -> list[list[tuple[str, str]]]:
    ran = run_process("journal", "--journal", folder / "journal.sqlite", "-f", "json")
    assert (ran.stderr, ran.status) == ("", 0)
    return [
        [(one["target"], one["result"]) for one in entry["deliveries"]]
        for entry in ran.document["summaries"]
    ]


def test_what_is_delivered_is_not_sent_again_where_printing_fails(web: Web, tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    kept = _kept(tmp_path, "-", web.url("one"))
    for _ in range(2):
        done = subprocess.run(
            ["/bin/sh", "-c", 'exec "$@" > /dev/full', "sh", *command(*FEBRUARY_14, *kept)],
            env=bare_environment(),
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 3
        assert len(web.got) == 1
    assert _summary(*kept).stdout == _summary().stdout
    assert len(web.got) == 1
    assert _deliveries(tmp_path) == [[("json://…", "delivered")], [("standard output", "printed")]]


@pytest.mark.skipif(os.name != "posix", reason="needs Unix signals")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_what_is_delivered_is_not_sent_again_after_a_kill(
    how: signal.Signals, web: Web, tmp_path: Path
) -> None:
    """One target has it, the other hangs: what is owed then is the other, and the alert."""
    journal = tmp_path / "state"
    journal.mkdir()
    raised = tmp_path / "raised"
    alert = ("--alert", "HSI: 3", "--on-alert", f"sh -c 'echo met >> {raised}'")
    kept = (*_kept(journal, "env:ONE", "env:TWO"), *alert)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hanging = f"json://127.0.0.1:{silent.getsockname()[1]}/"
        asked = (*FEBRUARY_14, *kept, "--to-timeout", "20")
        names = {"ONE": web.url("one"), "TWO": hanging}
        with subprocess.Popen(
            command(*asked),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=bare_environment() | names,
        ) as process:
            while not web.got:
                time.sleep(0.05)
            time.sleep(2)
            assert process.poll() is None
            process.send_signal(how)
            process.communicate(timeout=60)
        assert process.returncode == (130 if how is signal.SIGINT else -how)
    names["TWO"] = web.url("two")
    assert not raised.exists()
    assert _summary(*kept, **names) == ("", "", 5)
    assert raised.read_text(encoding="utf-8") == "met\n"
    assert [got.path for got in web.got] == ["/one", "/two"]
    assert _deliveries(journal) == [[("env:ONE", "delivered")], [("env:TWO", "delivered")]]
    assert [path.name for path in journal.iterdir()] == ["journal.sqlite"]


def test_ten_runs_at_once_deliver_once(web: Web, tmp_path: Path) -> None:
    kept = _kept(tmp_path, "-", "env:ONE")
    runs = [
        subprocess.Popen(
            command(*FEBRUARY_14, *kept),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=bare_environment() | {"ONE": web.url("one")},
        )
        for _ in range(10)
    ]
    outputs = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0] * 10
    assert sorted(outputs) == [(b"", b"")] * 9 + [(_summary().stdout.encode(), b"")]
    assert len(web.got) == 1


def test_a_revision_is_told_to_each_target_that_had_the_summary(
    web: Web, write: Write, tmp_path: Path
) -> None:
    """Also to the one that could not be reached at first, after others have it."""
    text = SAMPLE_CLOSES.read_text(encoding="utf-8")
    after = write("after.csv", text.replace("2025-02-14,N225,39149.43", "2025-02-14,N225,39150"))
    revised = (*FEBRUARY_14[:3], after, *FEBRUARY_14[4:])
    line = "N225 2025-02-14 revised from 39,149.43 to 39,150.00"
    with socket.create_server(("127.0.0.1", 0)) as free:
        nowhere = f"json://127.0.0.1:{free.getsockname()[1]}/"
    names = {"ONE": web.url("one"), "TWO": web.url("two"), "NEW": web.url("new")}
    printed: list[str] = []

    def sent(*targets: str, **environment: str) -> dict[str, bool]:
        web.got.clear()
        kept = _kept(tmp_path, *targets)
        printed.append(run_process(*revised, *kept, environment=names | environment).stdout)
        return {got.path: got.body["message"].startswith(line) for got in web.got}

    assert _summary(*_kept(tmp_path, "env:ONE", "env:TWO"), **names).status == 0
    assert sent("env:ONE", "env:TWO", TWO=nowhere) == {"/one": True}
    assert printed[-1].startswith(line)
    assert sent("env:ONE", "env:TWO", "env:NEW") == {"/two": True, "/new": False}


THE_13TH = ("summary", "2025-02-13", *FEBRUARY_14[2:])


def test_what_was_not_delivered_is_tried_again_after_the_next_session(
    web: Web, tmp_path: Path
) -> None:
    kept = _kept(tmp_path, "env:DESK")
    names = {"DESK": web.url("desk")}
    web.answers[0] = 500
    assert run_process(*THE_13TH, *kept, environment=names).status == 6
    ran = _summary(*kept, **names)
    assert ran.status == 6
    assert ran.stderr.count("not delivered") == 1
    web.got.clear()
    web.answers[0] = 200
    assert _summary(*kept, **names) == ("", "", 0)
    titles = [got.body["title"] for got in web.got]
    assert titles == ["Session of Fri 14 Feb 2025", "Session of Thu 13 Feb 2025"]
    assert web.got[1].body["message"].rstrip() == run_process(*THE_13TH).stdout.rstrip()
    assert _summary(*kept, **names) == ("", "", 0)
    assert len(web.got) == 2
    assert _deliveries(tmp_path) == [
        [("env:DESK", "delivered"), ("standard output", "printed")],
        [("env:DESK", "failed"), ("standard output", "printed")],
        [("env:DESK", "delivered")],
    ]


def test_what_is_tried_again_belongs_to_the_same_line(web: Web, tmp_path: Path) -> None:
    """Another line, of other indices or another format, may have another desk of that name."""
    kept = _kept(tmp_path, "env:DESK")
    names = {"DESK": web.url("desk")}
    web.answers[0] = 500
    assert run_process(*THE_13TH, *kept, environment=names).status == 6
    web.answers[0] = 200
    web.got.clear()
    for other in (("-i", "SPX"), ("-f", "markdown")):
        assert _summary(*kept, *other, **names).status == 0
    assert [got.body["title"] for got in web.got] == ["Session of Fri 14 Feb 2025"] * 2
    assert _summary(*kept, **names).status == 0
    assert web.got[3].body["title"] == "Session of Thu 13 Feb 2025"


def test_a_close_that_is_as_it_was_again_leaves_nothing_to_be_sent(
    web: Web, write: Write, tmp_path: Path
) -> None:
    """What was not delivered of closes that nobody stands by any more is not delivered later."""
    kept = _kept(tmp_path, "env:DESK")
    names = {"DESK": web.url("desk")}
    text = SAMPLE_CLOSES.read_text(encoding="utf-8")
    after = write("after.csv", text.replace("2025-02-13,N225,39461.47", "2025-02-13,N225,39461"))
    assert run_process(*THE_13TH, *kept, environment=names).status == 0
    web.answers[0] = 500
    wrong = (*THE_13TH[:3], after, *THE_13TH[4:])
    assert run_process(*wrong, *kept, environment=names).status == 6
    web.answers[0] = 200
    assert run_process(*THE_13TH, *kept, environment=names) == ("", "", 0)
    assert _summary(*kept, **names) == ("", "", 0)
    assert [got.body["title"] for got in web.got[2:]] == ["Session of Fri 14 Feb 2025"]


def test_an_alert_is_raised_once_where_delivery_is_tried_again(web: Web, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    alerts = ("--alert", "HSI: 3", "--on-alert", f"sh -c 'echo met >> {seen}'")
    kept = (*_kept(tmp_path, web.url("one")), *alerts)
    web.answers[0] = 500
    assert [_summary(*kept).status for _ in range(2)] == [6, 6]
    web.answers[0] = 200
    assert _summary(*kept).status == 0
    assert seen.read_text(encoding="utf-8") == "met\n"
    assert _summary(*kept, "--force").status == 5
    assert seen.read_text(encoding="utf-8") == "met\n" * 2


def test_a_journal_that_cannot_serve_has_all_printed(web: Web, write: Write) -> None:
    path = write("journal.sqlite", "no journal")
    ran = _summary("--once", "--journal", path, "--to", web.url())
    assert (ran.stdout, ran.status, web.got) == (_summary().stdout, 3, [])
    assert ran.stderr.splitlines()[1] == (
        "marketmove: the summary is printed, not sent, and not recorded;"
        " a run with --once will send it"
    )
