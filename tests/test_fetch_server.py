"""How a server of closes is asked: its faults, its manners, keys that nobody sees."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk import KEY, N225, Desk, csv_of, desk
from marketmove.feeds.state import State
from provider import Provider, Reply, hang_up, provider, providers

__all__ = ["desk", "provider", "providers"]


def test_an_answer_without_a_length_may_have_been_cut_off(desk: Desk, provider: Provider) -> None:
    body = csv_of(N225).encode()[:-4]
    desk.feeds(f"  N225: {provider.serve('/n225.csv', Reply(body, sized=False))}\n")
    index = desk.report()
    assert index["newest"] == "2025-02-13"
    assert "may have been cut off" in index["feeds"][0]["left_out"][0]["text"]


def _announce_more(handler: Any) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(csv_of(N225).encode())
    handler.wfile.flush()
    handler.connection.close()


def _drip(handler: Any) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b"D")
        handler.wfile.flush()
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("replies", "said"),
    [
        ([Reply(status=404)], "its server answered 404 (Not Found)"),
        ([Reply(status=401)], "its server answered 401 (Unauthorized): is the key right?"),
        ([Reply(act=_announce_more)], "the answer was cut off"),
        ([Reply(act=_drip)], "not finished within 2 s (--timeout)"),
        ([Reply(status=302, headers={"Location": "/n225.csv"})], "without end"),
        ([Reply(status=302, headers={"Location": "http://example.org/"})], "is not https"),
        ([Reply(gzip.compress(b"0" * (40 << 20)), headers={"Content-Encoding": "gzip"})], "32 MB"),
        ([Reply(gzip.compress(b"x,y")[:-9], headers={"Content-Encoding": "gzip"})], "cut off"),
        ([Reply(status=429, headers={"Retry-After": "300"})], "answered 429 (Too Many Requests)"),
        ([Reply(status=500)], "its server answered 500 (Internal Server Error)"),
    ],
    ids=[
        *("404", "401", "truncated", "drip", "loop", "plain", "bomb", "half-gzip", "429", "500"),
    ],
)
def test_faults_of_a_server(
    replies: list[Reply], said: str, desk: Desk, provider: Provider
) -> None:
    desk.feeds(f"  N225: {provider.serve('/n225.csv', *replies)}\n")
    started = time.monotonic()
    assert said in desk.failure("--timeout", "2" if "2 s" in said else "30")
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(
    "first",
    [
        Reply(status=500),
        Reply(status=429, headers={"Retry-After": "1"}),
        Reply(act=hang_up),
        Reply(act=_announce_more),
    ],
    ids=["500", "429", "reset", "truncated"],
)
def test_what_may_be_better_a_moment_later_is_tried_again(
    first: Reply, desk: Desk, provider: Provider
) -> None:
    desk.feeds(f"  N225: {provider.serve('/n225.csv', first, csv_of(N225))}\n")
    assert desk.fetch().status == 0
    assert len(provider.asked) == 2


def test_a_host_has_a_turn_a_second(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.prepare()
    waits = [State(tmp_path).turn("example.org", now, 1.0) for now in (100.0, 100.25, 100.5, 107.0)]
    assert waits == [0.0, 0.75, 1.5, 0.0]
    assert state.turn("example.com", 100.5, 1.0) == 0.0


def test_a_server_that_wants_no_request_gets_none(desk: Desk, provider: Provider) -> None:
    reply = Reply(status=429, headers={"Retry-After": "300"})
    desk.feeds(f"  N225: {provider.serve('/n225.csv', reply)}\n")
    desk.fetch()
    assert "accepts no request before 20" in desk.failure()
    assert len(provider.asked) == 1


def test_a_known_answer_is_not_sent_again(desk: Desk, provider: Provider) -> None:
    tagged = Reply(csv_of(N225).encode(), headers={"ETag": '"v1"'})
    url = provider.serve("/n225.csv", tagged, Reply(status=304), tagged)
    desk.feeds(f"  N225: {url}\n")
    assert desk.fetch().status == 0
    ran = desk.report()
    assert ran["feeds"][0]["unchanged"]
    assert ran["current"]
    assert provider.asked[1].headers["If-None-Match"] == '"v1"'
    (desk.archive / "N225.csv").unlink()
    assert desk.fetch().status == 0
    assert "If-None-Match" not in provider.asked[2].headers
    assert desk.closes()["2025-02-14"] == "39149.43"


def test_an_answer_of_which_something_was_left_out_is_sent_again(
    desk: Desk, provider: Provider
) -> None:
    tagged = Reply(csv_of(N225).encode(), headers={"ETag": '"v1"'})
    desk.feeds(f"  N225: {provider.serve('/n225.csv', tagged)}\n")
    desk.fetch(as_of="2025-02-14T12:00+09:00")
    desk.fetch()
    assert "If-None-Match" not in provider.asked[1].headers
    assert desk.closes()["2025-02-14"] == "39149.43"


def test_a_key_is_sent_and_never_shown(
    desk: Desk, providers: Callable[[], Provider], monkeypatch: pytest.MonkeyPatch
) -> None:
    there = providers()
    here = providers()
    text = f"We have detected your API key as {KEY}"
    here.serve("/ok", csv_of(N225))
    here.serve("/told", text)
    here.serve("/away", Reply(status=302, headers={"Location": there.serve("/", csv_of(N225))}))
    feed = "  {}: {{url: '{}?k={{key}}', key: env:MY_KEY, headers: {{X-Key: '{{key}}'}}}}\n"
    base = f"http://127.0.0.1:{here.port}"
    desk.feeds(
        feed.format("N225", f"{base}/ok")
        + feed.format("HSI", f"{base}/told")
        + feed.format("SPX", f"{base}/away")
    )
    ran = desk.fetch()
    assert ran.status == 3
    assert "its key env:MY_KEY: the environment has no MY_KEY" in ran.stdout
    assert not here.asked
    monkeypatch.setenv("MY_KEY", KEY)
    for words in ([], ["--explain"], ["-f", "json"]):
        ran = desk.fetch(*words)
        assert KEY not in ran.stdout + ran.stderr
    assert not there.asked, "no other host gets the key"
    assert "must not get the key" in ran.stdout
    assert f"k={KEY}" in here.asked[0].path
    assert here.asked[0].headers["X-Key"] == KEY
    assert KEY.encode() not in b"".join(p.read_bytes() for p in desk.archive.iterdir())


def test_a_redirect_is_followed_where_there_is_no_key(
    desk: Desk, providers: Callable[[], Provider]
) -> None:
    there = providers().serve("/n225.csv", csv_of(N225))
    url = providers().serve("/old", Reply(status=301, headers={"Location": there}))
    desk.feeds(f"  N225: {url}\n")
    assert desk.fetch().status == 0
