"""What only a real machine shows: cron fetches and mails, a browser shows the page, Spark recovers.

    python .ci/for_real.py

Where cron, Chromium or Spark are not there it says what it skips.
"""

import contextlib
import functools
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from cluster import main as by_spark

from servers import serve_mail

PROGRAM = Path(sys.executable).with_name("marketmove")
CLOSES = Path(__file__).parents[1] / "samples" / "closes.csv"
SUMMARY = [str(PROGRAM), "summary", "2025-02-14", "--levels", str(CLOSES)]
PLAIN = {"PATH": "/usr/bin:/bin", "LANG": "C"}
WIDTHS = (360, 1200)
LONGEST_WAIT = 150
# Opens a page in frames of several widths, and tells how wide its content gets.
FRAMES = """<!DOCTYPE html><meta charset="utf-8"><body><script>
const widths = %s, found = [];
for (const width of widths) {
  const frame = document.createElement("iframe");
  frame.style.cssText = `border: 0; height: 900px; width: ${width}px`;
  frame.onload = () => {
    found.push([width, frame.contentDocument.documentElement.scrollWidth]);
    if (found.length == widths.length) document.body.dataset.found = JSON.stringify(found);
  };
  frame.src = "summary.html";
  document.body.append(frame);
}
</script>"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        by_cron(Path(folder))
        by_feed(Path(folder))
        by_browser(Path(folder))
    by_spark()


def by_cron(folder: Path) -> None:
    """Let the cron daemon run a line of a crontab, and compare what it wrote."""
    if not shutil.which("cron") or os.geteuid() != 0:
        print("for real: skipped cron, which is not here or not ours to start")
        return
    out, err, done = folder / "out", folder / "err", folder / "done"
    line = f"* * * * * root {' '.join(SUMMARY)} > {out} 2> {err}; echo $? > {done}\n"
    with cron(line):
        wait_for(done)
    expected = subprocess.run(SUMMARY, env=PLAIN, capture_output=True, check=True).stdout
    written = out.read_bytes()
    assert done.read_text(encoding="ascii").strip() == "0", err.read_text(encoding="utf-8")
    assert written == expected, "cron wrote something else"
    assert written.isascii(), "cron wrote signs that are not ASCII"
    assert b"\x1b" not in written, "cron wrote escape codes"
    assert not err.read_bytes(), err.read_text(encoding="utf-8")
    print(f"for real: cron wrote the summary, {len(written):,} bytes")


@contextlib.contextmanager
def cron(line: str) -> Iterator[None]:
    """Let the cron daemon run a line."""
    table = Path("/etc/cron.d/marketmove-for-real")
    table.write_text(f"LANG=C\nPATH={PLAIN['PATH']}\n{line}", encoding="ascii")
    table.chmod(0o644)
    daemon = subprocess.Popen(["cron", "-f"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        table.unlink()
        daemon.terminate()
        # Another daemon does not start while this one has its lock.
        daemon.wait(10)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        return


def by_feed(folder: Path) -> None:
    """Let cron fetch from a provider on this machine and mail the summary; the next day too."""
    if not shutil.which("cron") or os.geteuid() != 0:
        print("for real: skipped the feed, which needs cron")
        return
    served = folder / "served"
    served.mkdir()
    handler = functools.partial(Quiet, directory=str(served))
    provider = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    listener = socket.create_server(("127.0.0.1", 0))
    mails: list[EmailMessage] = []
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    taking = threading.Thread(target=serve_mail, args=(listener, mails, ["250 ok"]), daemon=True)
    taking.start()
    desk = f"mailto://127.0.0.1:{listener.getsockname()[1]}/?from=a@example.com&to=b@example.com"
    config = folder / "own.yaml"
    config.write_text(
        f"archive: closes\nto: [env:DESK]\n"
        f"feeds: {{HSI: 'http://127.0.0.1:{provider.server_port}/hsi.csv'}}\n",
        encoding="ascii",
    )
    done, said = folder / "done", folder / "said"
    common = f"--as-of $(cat {folder}/moment) --config {config}"
    script = folder / "run.sh"
    script.write_text(
        f"#!/bin/sh\nexport HOME={folder} DESK='{desk}&mode=insecure'\n"
        f"{PROGRAM} fetch --quiet {common} > {said} 2>&1; {PROGRAM} summary --once {common}"
        f" >> {said} 2>&1; echo $? > {done}\n",
        encoding="ascii",
    )
    script.chmod(0o755)
    closes = {"2025-02-12": "21857.92", "2025-02-13": "21814.37"}
    days = (
        ("2025-02-13T20:00+08:00", {}),
        ("2025-02-14T20:00+08:00", {"2025-02-13": "21814.99", "2025-02-14": "22620.33"}),
    )
    for number, (moment, came) in enumerate(days, start=1):
        closes |= came
        rows = "".join(f"{day},{close}\n" for day, close in closes.items())
        (served / "hsi.csv").write_text(f"Date,Close\n{rows}", encoding="ascii")
        (folder / "moment").write_text(moment, encoding="ascii")
        done.unlink(missing_ok=True)
        with cron(f"* * * * * root {script}\n"):
            wait_for(done)
        assert done.read_text(encoding="ascii").strip() == "0", said.read_text(encoding="utf-8")
        assert len(mails) == number, "cron mailed another number of summaries"
    first, second = (mail.get_body(("plain",)).get_content() for mail in mails)
    assert "21,814.37" in first, first
    assert "revised from 21,814.37 to 21,814.99" in second, second
    assert "22,620.33" in second, second
    provider.shutdown()
    listener.close()
    print("for real: cron fetched and mailed two days, and told what was revised between them")


def wait_for(path: Path) -> None:
    for _ in range(LONGEST_WAIT):
        if path.exists() and path.read_bytes():
            return
        time.sleep(1)
    raise SystemExit(f"for real: cron did not run its line within {LONGEST_WAIT} seconds")


def by_browser(folder: Path) -> None:
    """Open the page of a summary at the widths of a phone and a desk."""
    browser = shutil.which("chromium")
    if browser is None:
        print("for real: skipped the browser, which is not here")
        return
    # The path of a file may be wider than a phone.
    closes = folder / f"{'closes_of_all_' * 5}indices.csv"
    shutil.copy(CLOSES, closes)
    page = [*SUMMARY[:-1], str(closes), "--format", "html"]
    page += ["--output", str(folder / "summary.html")]
    subprocess.run(page, check=True)
    frames = folder / "frames.html"
    frames.write_text(FRAMES % json.dumps(WIDTHS), encoding="utf-8")
    shown = subprocess.run(
        [
            *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *("--allow-file-access-from-files", f"--user-data-dir={folder / 'profile'}"),
            *("--enable-logging=stderr", "--virtual-time-budget=5000", "--dump-dom"),
            frames.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    said = [line for line in shown.stderr.splitlines() if "CONSOLE" in line]
    assert not said, "\n".join(said)
    text = shown.stdout.partition('data-found="')[2].partition('"')[0].replace("&quot;", '"')
    found = json.loads(text)
    assert sorted(width for width, _ in found) == sorted(WIDTHS)
    assert all(content <= width for width, content in found), f"wider than its window: {found}"
    print(f"for real: the page fits windows of {' and '.join(map(str, WIDTHS))} pixels")


if __name__ == "__main__":
    main()
