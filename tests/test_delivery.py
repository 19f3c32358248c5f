"""Deliveries, by real processes, to a mail server and a web server on this machine."""

from __future__ import annotations

import re
import socket
import threading
import time
from pathlib import Path

import pytest

from program import SAMPLE_CLOSES, RunCli, Write, run_process
from servers import FEBRUARY_14, HEADLINE, SECRET, Mail, Web, summary

pytest.importorskip("apprise")


def test_mail_has_text_and_html(mail: Mail) -> None:
    assert summary("--to", "env:DESK", DESK=mail.url()) == ("", "", 0)
    (message,) = mail.got
    assert message["Subject"] == f"14 Feb: {HEADLINE}"
    assert (message["From"], message["To"]) == ("markets@example.com", "desk@example.com")
    assert message["Date"]
    assert message["Message-ID"]
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    printed = summary().stdout
    assert plain.get_content().splitlines() == printed.splitlines()
    assert "−0.79%" in printed
    written = summary("-f", "html").stdout
    assert html.get_content().splitlines() == written.splitlines()
    assert max(map(len, printed.splitlines())) <= 72


def test_mail_says_in_its_subject_that_an_alert_is_met(mail: Mail) -> None:
    ran = summary("--to", mail.url(), "--alert", "HSI: 3")
    assert (ran.stdout, ran.status) == ("", 5)
    assert mail.got[0]["Subject"] == "Alert 14 Feb: Hang Seng up 3.69%"
    plain = next(mail.got[0].iter_parts()).get_content()
    assert plain.startswith("Alert: Hang Seng up 3.69%: at least 3%\r\n")


def test_mail_has_all_signs_under_any_locale(mail: Mail) -> None:
    assert summary("--to", mail.url(), LANG="C").status == 0
    assert "−0.79%" in next(mail.got[0].iter_parts()).get_content()
    assert summary("--to", mail.url(), "--ascii").status == 0
    assert next(mail.got[1].iter_parts()).get_content().isascii()


@pytest.mark.parametrize(
    ("output_format", "begins"), [("text", HEADLINE[:40]), ("markdown", f"*{HEADLINE[:40]}")]
)
def test_a_webhook_gets_the_format_asked_for(output_format: str, begins: str, web: Web) -> None:
    assert summary("--to", web.url(), "-f", output_format) == ("", "", 0)
    (got,) = web.got
    assert got.path == f"/{SECRET}"
    assert got.headers["User-Agent"] == "marketmove"
    assert got.body["title"] == "Session of Fri 14 Feb 2025"
    assert got.body["message"].startswith(begins)
    assert got.body["message"].rstrip() == summary("-f", output_format).stdout.rstrip()


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
    ran = summary(*typed, HOOK=web.url())
    assert ran.stderr.splitlines() == [
        "marketmove: not delivered to env:HOOK: its server answered 500 (Internal Server Error)",
        "marketmove: not delivered to mailto://… (2): its server answered 535",
    ]
    assert ran.status == 6
    assert ran.stdout == summary().stdout
    assert len(mail.got) == 1


def test_standard_output_beside_a_target(web: Web, write: Write) -> None:
    ran = summary("--to", "-", "--to", web.url())
    assert (ran.stdout, ran.status, len(web.got)) == (summary().stdout, 0, 1)
    config = write("own.yaml", "to: env:HOOK\n")
    assert summary("-c", config, "--to", "-").stdout == ran.stdout
    assert len(web.got) == 1


def test_refused_connections_and_wrong_urls() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    typed = (f"json://127.0.0.1:{port}/{SECRET}", f"nonsense://{SECRET}", f"slack://{SECRET}")
    ran = summary(*(part for url in typed for part in ("--to", url)))
    assert ran.status == 6
    assert ran.stderr.splitlines() == [
        "marketmove: not delivered to json://…: the connection was refused",
        "marketmove: not delivered to nonsense://…: apprise does not know this kind of URL",
        "marketmove: not delivered to slack://…: apprise does not know this kind of URL",
    ]
    assert ran.stdout == summary().stdout


def test_a_mail_server_that_refuses_a_message(mail: Mail) -> None:
    mail.answers[0] = f"554 5.7.1 spam, {SECRET}"
    ran = summary("--to", mail.url())
    assert ran.status == 6
    assert ran.stderr == "marketmove: not delivered to mailto://…: its server answered 554\n"


@pytest.mark.parametrize("scheme", ["json", "mailto"])
def test_a_server_that_hangs(scheme: str) -> None:
    """It takes the connection and says nothing; the limit ends it."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/{SECRET}"
        url += "?from=a@example.com&to=b@example.com&mode=insecure" if scheme == "mailto" else ""
        started = time.monotonic()
        ran = summary("--to", url, "--to-timeout", "4")
        assert time.monotonic() - started < 30
    assert ran.status == 6
    assert ran.stderr in {
        f"marketmove: not delivered to {scheme}://…: its server did not answer in time\n",
        f"marketmove: not delivered to {scheme}://…: not finished within 4 s (--to-timeout)\n",
    }
    assert ran.stdout == summary().stdout


def test_a_server_that_drips_is_ended_too() -> None:
    """A line each half second never runs into the limit of one answer, but into that of all."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = threading.Event()
        dripping = threading.Thread(target=_drip, args=(listener, done))
        dripping.start()
        url = f"json://127.0.0.1:{listener.getsockname()[1]}/"
        ran = summary("--to", url, "--to-timeout", "4")
        done.set()
        dripping.join()
    assert ran.status == 6
    assert (
        ran.stderr
        == "marketmove: not delivered to json://…: not finished within 4 s (--to-timeout)\n"
    )


def _drip(listener: socket.socket, done: threading.Event) -> None:
    # Where the machine is so busy that nobody has come by then, nobody does.
    listener.settimeout(30)
    try:
        connection, _ = listener.accept()
    except TimeoutError:
        return
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
    assert summary("--to", f"file:{path}") == ("", "", 0)
    # As an editor of Windows writes it.
    path.write_bytes(b"\xef\xbb\xbf" + web.url("other").encode() + b"\r\n")
    assert summary("--to", f"file:{path}") == ("", "", 0)
    assert web.got.pop().path == "/other"
    path.write_text(web.url(), encoding="utf-8")
    config = write("own.yaml", "to: [file:hook.url, env:HOOK]\n")
    config.chmod(0o644)
    assert summary("-c", config, HOOK=web.url("other")) == ("", "", 0)
    assert sorted(got.path for got in web.got) == ["/other", f"/{SECRET}", f"/{SECRET}"]
    for mode in (0o640, 0o604, 0o660):
        path.chmod(mode)
        ran = summary("--to", f"file:{path}")
        assert (ran.stdout, ran.status) == ("", 2)
        assert ran.stderr == (
            f"marketmove: file:{path}: others can read {path}, which has a secret;"
            f" type: chmod 600 {path}\n"
        )


def test_a_url_in_the_configuration_makes_it_a_secret_file(web: Web, write: Write) -> None:
    config = write("own.yaml", f"palette: none\nto:\n  - {web.url()}\n")
    config.chmod(0o600)
    assert summary("-c", config) == ("", "", 0)
    config.chmod(0o644)
    ran = summary("-c", config)
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
    ran = summary("--to", target, EMPTY=" ", WRONG=f"not {SECRET}")
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
        asked = (*FEBRUARY_14, "--to", "env:HOOK", "--to-timeout", "3")
        ran = run_process(*asked, environment={"HOOK": url}, fresh=True)
        assert SECRET not in ran.stdout + ran.stderr
        stop.set()
        watching.join()
    assert any("marketmove.cli.send_process" in line for line in seen)
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
    monkeypatch.setattr("marketmove.cli.delivery.find_spec", lambda _: None)
    asked = ("summary", "2025-02-14", "-l", "no such file.csv", "--to", f"slack://{SECRET}")
    ran = run_cli(*asked)
    assert (ran.stdout, ran.status) == ("", 2)
    assert ran.stderr == (
        "marketmove: delivery to slack://… needs apprise;"
        " type: python3 -m pip install 'marketmove[notify]'\n"
    )
